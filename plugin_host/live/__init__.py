"""A live session behind the window: opening it, obeying for it, and looking at it."""
