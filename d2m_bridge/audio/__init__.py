"""Sound after the engine: mix, loudness, limiting, WAV files."""
