"""Musical time, where the beats lie. Masters: the dancer (follow), the clip's audio (soundtrack), a number (fixed)."""
