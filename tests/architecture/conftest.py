from __future__ import annotations

import pytest
from quart import Quart

from blogapp import create_app


@pytest.fixture(scope="session")
def unserved() -> Quart:
    """The application, not started: for what its routes say."""
    return create_app("testing")
