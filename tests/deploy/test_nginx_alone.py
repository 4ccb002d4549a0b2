"""nginx when every instance is away."""

from __future__ import annotations

import httpx
import pytest

from tests.deploy.answers import check_error
from tests.deploy.assets import hashed
from tests.deploy.recorder import Recorder, recorder


@pytest.fixture(scope="module")
def instances() -> Recorder:
    """Ports that were open once."""
    with recorder(2) as instances:
        pass
    return instances


@pytest.mark.parametrize("path", ["/", "/apiary", "/api/posts", "/api", "/api?page=1"])
@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "DELETE"])
def test_it_says_when_to_come_back(client: httpx.Client, method: str, path: str) -> None:
    response = client.request(method, path)
    assert response.headers["Retry-After"] == "10"
    check_error(response, 503, "unavailable", path)


def test_hashed_files_are_served_all_the_same(client: httpx.Client) -> None:
    assert client.get(hashed("css/blog.css")).status_code == 200
