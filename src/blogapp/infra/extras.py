"""What is only there when it was asked for: loading it takes a tenth of a second, and packages that few have."""

from __future__ import annotations

import importlib
from types import ModuleType

from blogapp.errors import Refused


def load(module: str, extra: str) -> ModuleType:
    """A module of ours that needs the packages of an extra. Raises Refused where they are not installed."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise Refused(f"{error.name} is not installed: pip install 'blogapp[{extra}]'") from None
