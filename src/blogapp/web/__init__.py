"""Quart glue: everything a door needs and no word of blogs."""
