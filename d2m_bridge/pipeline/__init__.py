"""Drivers of the engine: whole clips offline."""
