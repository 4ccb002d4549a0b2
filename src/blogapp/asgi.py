"""`blogapp.asgi:app`, for any ASGI server."""

import sys

from blogapp.app import create_app
from blogapp.errors import Refused

try:
    app = create_app()
except Refused as refusal:
    sys.exit(f"blogapp: {refusal}")
