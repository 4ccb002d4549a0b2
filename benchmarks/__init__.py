"""How fast blogapp is, as ratios to a bare ASGI application and to a Flask application measured in the same run."""
