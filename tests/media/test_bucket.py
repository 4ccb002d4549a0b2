"""Pictures in a bucket of S3: sent, shrunk, read in parts and deleted as from a folder; and the bucket out of reach."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from quart import Quart

from blogapp.errors import Refused, Unavailable
from blogapp.infra import storage
from blogapp.infra.s3 import Bucket
from blogapp.infra.storage import Disk
from blogapp.media.names import files
from blogapp.settings import Settings
from tests.accounts.make import user
from tests.media import make
from tests.people import Client, bearer, resources
from tests.s3_server import S3Server
from tests.serving import serving

SENT = make.picture(size=(1200, 800))


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    server = S3Server()
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def app(
    server: S3Server, folder: Path, migrated_file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> AsyncIterator[Quart]:
    """On SQLite: what is tried here asks the database nothing new."""
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "blog.db").write_bytes(migrated_file.read_bytes())
    url = f"sqlite:///{tmp_path}/blog.db"
    async with serving(url, media_url="s3://blog/pictures", media_dir=folder, media_spare=0) as app:
        yield app


@pytest.fixture
async def sent(app: Quart, client: Client) -> dict[str, Any]:
    document: dict[str, Any] = await (
        await make.send(client, SENT, await bearer(app, await user(app, "ada")))
    ).get_json()
    return document


async def test_a_picture_goes_there_and_comes_back_whole_and_in_parts(
    client: Client, sent: dict[str, Any], folder: Path
):
    whole = await client.get(sent["url"])
    content = await whole.get_data()
    assert make.opened(content).size == (1200, 800)
    assert whole.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    part = await client.get(sent["url"], headers={"Range": "bytes=100-299"})
    assert (part.status_code, await part.get_data()) == (206, content[100:300])
    assert [path for path in folder.rglob("*") if path.is_file()] == []


async def test_it_is_made_smaller_and_deleted_there(app: Quart, client: Client, sent: dict[str, Any]):
    await make.done(app, "shrink", sent)
    kept = resources(app).storage
    name = sent["url"].removeprefix("/media/")
    sizes = [await kept.size(one) for one in files(name)]
    assert len([size for size in sizes if size]) > 1
    await kept.delete(*files(name))
    assert [await kept.size(one) for one in files(name)] == sizes, "what was put a moment ago stays"


async def test_a_bucket_out_of_reach_is_told_and_loses_nothing(
    app: Quart, client: Client, sent: dict[str, Any], server: S3Server, folder: Path
):
    server.stop()
    try:
        answer = await client.get(sent["url"])
        assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)
        headers = await bearer(app, await user(app, "grace"))
        refused = await make.send(client, SENT, headers)
        assert (refused.status_code, (await refused.get_json())["code"]) == (503, "unavailable")
        assert [path for path in folder.rglob("*") if path.is_file()] == []
    finally:
        server.start()
    assert (await make.send(client, SENT, headers)).status_code == 201


async def test_a_bucket_that_is_not_there_is_told(server: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    bucket = Bucket("s3://nowhere/pictures", Disk(tmp_path))
    picture = bucket.temporary()
    with pytest.raises(Unavailable):
        await bucket.put("ab/cd.png", picture)
    assert picture.is_file()


def test_a_setting_that_is_none_is_refused_in_one_line(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_VIRTUAL_HOSTED_STYLE_REQUEST", "perhaps")
    with pytest.raises(ValueError, match="media_url"):
        Settings(blogapp_env="testing", media_url="ftp://blog")
    with pytest.raises(Refused, match="MEDIA_URL or a setting of AWS"):
        storage.chosen(Settings(blogapp_env="testing", media_url="s3://blog"))
