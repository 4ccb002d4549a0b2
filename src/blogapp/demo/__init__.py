"""`blogapp demo`: something to look at, in a blog that has nothing yet."""
