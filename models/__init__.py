"""Torch modules: codec, encoder, planner, generator, discriminators. Shapes are written; no module knows the runtime."""
