"""Pictures and sound out of video files."""
