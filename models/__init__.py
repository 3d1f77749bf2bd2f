"""Torch modules: codec, encoder, planner, generator, discriminators. No module knows the runtime."""
