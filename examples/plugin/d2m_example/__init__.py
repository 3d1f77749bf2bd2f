"""An example of a d2m plug-in: docs/plugins.md describes what it shows."""
