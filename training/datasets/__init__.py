"""Data sets in their published formats, a folder of one's own dance videos, and what is prepared of them."""
