"""The pages of the window: they lay out widgets, pass on what they want, and show what they are given."""
