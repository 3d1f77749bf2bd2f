"""What d2m has for DAWs: takes as projects of theirs, scripts to put into them, and a question whether they answer."""
