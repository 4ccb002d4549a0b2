"""A multi-author blog on Quart."""

import gc

gc.disable()
try:
    from blogapp.app import create_app
finally:
    gc.freeze()
    gc.enable()
# What is imported stays: to look through it again and again while it grows took a fifth of the start and half of the end.

__all__ = ["create_app"]
