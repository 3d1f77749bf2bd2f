"""A small software renderer for one dancer on a stage."""
