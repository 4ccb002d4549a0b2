"""How pictures are served."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from quart import Quart

from tests.media import make
from tests.people import Client


@pytest.fixture
async def sent(client: Client, token: dict[str, str]) -> dict[str, Any]:
    document: dict[str, Any] = await (await make.send(client, make.picture(), token)).get_json()
    return document


async def test_browsers_keep_it_for_a_year_and_run_nothing_in_it(client: Client, sent: dict[str, Any]):
    headers = (await client.get(sent["url"])).headers
    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers.getlist("Content-Security-Policy") == ["default-src 'none'"]
    assert headers["Content-Length"] == str(sent["bytes"])
    assert headers["Content-Type"] == "image/jpeg"


async def test_what_is_known_is_not_sent_again(client: Client, sent: dict[str, Any]):
    tag = (await client.get(sent["url"])).headers["ETag"]
    for known in (tag, f'"x", W/{tag}', "*"):
        again = await client.get(sent["url"], headers={"If-None-Match": known})
        assert (again.status_code, await again.get_data()) == (304, b"")
    assert (await client.get(sent["url"], headers={"If-None-Match": '"x"'})).status_code == 200


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [("bytes=0-9", 0, 10), ("bytes=10-", 10, None), ("bytes=-5", -5, None), ("bytes=5-999999999", 5, None)],
)
async def test_a_part_can_be_asked_for(client: Client, sent: dict[str, Any], asked: str, start: int, end: int | None):
    whole = await (await client.get(sent["url"])).get_data()
    part = await client.get(sent["url"], headers={"Range": asked})
    first, length = start % len(whole), len(whole[start:end])
    assert part.status_code == 206
    assert part.headers["Content-Range"] == f"bytes {first}-{first + length - 1}/{len(whole)}"
    assert await part.get_data() == whole[start:end]


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=-0"])
async def test_a_part_that_is_not_there_is_refused(client: Client, sent: dict[str, Any], asked: str):
    part = await client.get(sent["url"], headers={"Range": asked})
    assert part.status_code == 416
    assert part.headers["Content-Range"] == f"bytes */{sent['bytes']}"


@pytest.mark.parametrize("asked", ["bytes=9-3", "bytes=-", "bytes=0-1,4-5", "lines=1-2", "bytes=x-y"])
async def test_what_is_no_range_of_ours_gives_the_whole(client: Client, sent: dict[str, Any], asked: str):
    assert (await client.get(sent["url"], headers={"Range": asked})).status_code == 200


async def test_a_part_of_another_version_gives_the_whole(client: Client, sent: dict[str, Any]):
    other = {"Range": "bytes=0-9", "If-Range": '"other"'}
    assert (await client.get(sent["url"], headers=other)).status_code == 200
    same = {"Range": "bytes=0-9", "If-Range": (await client.get(sent["url"])).headers["ETag"]}
    assert (await client.get(sent["url"], headers=same)).status_code == 206


async def test_a_width_that_is_not_made_yet_is_the_whole_for_now(
    app: Quart, client: Client, sent: dict[str, Any], folder: Path
):
    smaller = sent["srcset"].split()[0]
    before = await client.get(smaller)
    assert before.headers["Cache-Control"] == "no-store"
    assert len(await before.get_data()) == sent["bytes"]
    await make.done(app, "shrink", sent)
    await make.done(app, "shrink", sent)
    after = await client.get(smaller)
    assert after.headers["Cache-Control"].endswith("immutable")
    assert make.opened(await after.get_data()).size == (480, 320)
    assert list((folder / "incoming").iterdir()) == []
    for address in sent["srcset"].split()[::2]:
        assert (await client.get(address)).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/media/",
        "/media/incoming/x",
        "/media/../blog.db",
        "/media/%2e%2e/blog.db",
        "/media/aa/" + "0" * 62 + ".jpg",
        "/media/aa/" + "0" * 62 + ".480.webp",
        "/media/aa/" + "0" * 62 + ".html",
        "/media/aa/" + "0" * 62,
    ],
)
async def test_nothing_else_is_there(client: Client, path: str):
    assert (await client.get(path)).status_code == 404


async def test_nothing_but_reading_is_done_there(client: Client, sent: dict[str, Any]):
    for method in (client.post, client.put, client.delete):
        assert (await method(sent["url"])).status_code in {404, 405}
    assert (await client.get(sent["url"])).status_code == 200
