"""What is drawn. Widgets show what they are given and emit what was asked for; they know no session."""
