"""Hearing and seeing what was rendered: picture, sound, and everything on one time line."""
