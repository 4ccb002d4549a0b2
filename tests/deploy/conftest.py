"""nginx in front of stand-ins; two of the four ports it knows are closed, as when half of the blog is away."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.deploy.assets import STATIC
from tests.deploy.nginx import Proxy, proxy
from tests.deploy.recorder import Recorder, recorder
from tests.live import free_port


@pytest.fixture(scope="module")
def instances() -> Iterator[Recorder]:
    with recorder(2) as instances:
        yield instances


@pytest.fixture(scope="module")
def nginx(instances: Recorder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    ports = [*instances.ports, free_port(), free_port()]
    with proxy(tmp_path_factory.mktemp("nginx"), ports, STATIC, patience=1) as nginx:
        yield nginx


@pytest.fixture(params=["HTTP/1.1", "HTTP/2"])
def client(request: pytest.FixtureRequest, nginx: Proxy) -> Iterator[httpx.Client]:
    """Every test that asks for a client speaks both versions."""
    with nginx.client(http2=request.param == "HTTP/2") as client:
        yield client
