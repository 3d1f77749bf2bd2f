"""Files that a render leaves: each appears whole or not at all."""
