"""What the picture itself says, beside the dancer's pose."""
