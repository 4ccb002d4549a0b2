from __future__ import annotations

from pathlib import Path

import blogapp
from blogapp.web.assets import PREFIX, Assets

STATIC = Path(blogapp.__file__).parent / "static"


def hashed(name: str) -> str:
    """The path under which the application links the file."""
    return PREFIX + Assets(STATIC).hashed(name)
