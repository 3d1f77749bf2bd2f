"""Musical time: where the beats lie. Masters: follow (the dancer), soundtrack (the clip's own audio), fixed (a number)."""
