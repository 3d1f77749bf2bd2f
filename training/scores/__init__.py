"""What generated music is worth: the field's measures as published, and measures that trivial sounds do not win.

docs/evaluation.md defines them all. Audio is mono float32 [N] with its sample rate; nothing here draws or trains on a
test clip.
"""
