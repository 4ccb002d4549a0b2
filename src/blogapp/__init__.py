"""A multi-author blog on Quart."""

from blogapp.app import create_app

__all__ = ["create_app"]
