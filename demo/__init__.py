"""`make demo`: a blog with something in it, made anew each time, in a folder of its own."""
