"""Rendering files: a queue that survives a restart, and a process that works on it."""
