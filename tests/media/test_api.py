"""Pictures through the API."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from quart import Quart

from blogapp.media.service import FULL, IN_USE
from blogapp.web.multipart import TWICE
from tests.media import make
from tests.people import Client, Person, bearer
from tests.posts import make as posts
from tests.posts.test_authorship import joins


def kept(folder: Path) -> list[str]:
    """Every file there is, half-written ones too."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


async def test_a_picture_is_sent_and_can_be_shown(client: Client, token: dict[str, str], folder: Path):
    response = await make.send(client, make.picture(), token, alt="  A *beach*\n at [low] tide ")
    sent = await response.get_json()
    assert response.status_code == 201
    assert response.headers["Location"] == f"/api/media/{sent['id']}"
    assert (sent["width"], sent["height"], sent["type"]) == (1200, 800, "image/jpeg")
    assert sent["alt"] == "A *beach* at [low] tide"
    assert sent["markdown"] == rf"![A \*beach\* at \[low\] tide]({sent['url']})"
    assert sent["srcset"].endswith(f"{sent['url']} 1200w")
    assert kept(folder) == [sent["url"].removeprefix("/media/")]
    shown = await client.get(sent["url"])
    assert len(await shown.get_data()) == sent["bytes"]


async def test_a_lying_name_and_type_count_for_nothing(client: Client, token: dict[str, str]):
    sent = await make.send(client, make.picture("PNG"), token, called="../../etc/x.html", said="text/html")
    document = await sent.get_json()
    assert document["type"] == "image/png"
    assert (await client.get(document["url"])).content_type == "image/png"


@pytest.mark.parametrize(
    "content",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        b"<!doctype html><script>alert(1)</script>",
        b"GIF89a<script>alert(1)</script>",
        b"%PDF-1.7",
    ],
)
async def test_what_is_no_picture_is_refused_at_its_field(
    client: Client, token: dict[str, str], folder: Path, content: bytes
):
    response = await make.send(client, content, token, called="beach.jpg", said="image/jpeg")
    problem = await response.get_json()
    assert response.status_code == 422
    assert problem["errors"][0]["field"] == "file"
    assert "JPEG, PNG, WebP, GIF and AVIF" in problem["errors"][0]["message"]
    assert kept(folder) == []


async def test_a_form_without_a_picture_is_refused_at_its_field(client: Client, token: dict[str, str]):
    response = await make.send(client, b"", token, called="")
    assert response.status_code == 422
    assert (await response.get_json())["errors"][0] == {
        "field": "file",
        "message": "Choose a picture first.",
        "rule": "missing",
    }


async def test_words_that_are_too_long_are_refused_at_their_field(client: Client, token: dict[str, str], folder: Path):
    response = await make.send(client, make.picture(), token, alt="x" * 1001)
    assert response.status_code == 422
    assert (await response.get_json())["errors"][0]["field"] == "alt"
    assert kept(folder) == []


async def test_only_a_form_with_a_file_is_taken(client: Client, token: dict[str, str]):
    assert (await client.post("/api/media", json={"file": "x"}, headers=token)).status_code == 415
    form = {"Content-Type": "multipart/form-data"}
    assert (await client.post("/api/media", data=b"x", headers=token | form)).status_code == 400
    form["Content-Type"] += "; boundary=x"
    assert (await client.post("/api/media", data=b"x", headers=token | form)).status_code == 400
    twice = b'--x\r\nContent-Disposition: form-data; name="alt"\r\n\r\na\r\n' * 2 + b"--x--\r\n"
    refused = await client.post("/api/media", data=twice, headers=token | form)
    assert (refused.status_code, (await refused.get_json())["detail"]) == (400, TWICE)


async def test_nobody_s_picture_is_refused(client: Client, folder: Path):
    assert (await make.send(client, make.picture())).status_code == 401
    assert (await make.send(client, make.picture(), {"Authorization": "Bearer guessed"})).status_code == 401
    assert kept(folder) == []


async def test_the_same_picture_again_is_the_one_that_is_there(client: Client, token: dict[str, str], folder: Path):
    first = await (await make.send(client, make.picture(), token, alt="A beach")).get_json()
    second = await (await make.send(client, make.picture(), token)).get_json()
    assert second == first
    assert len(kept(folder)) == 1


async def test_the_list_has_one_s_own_newest_first(app: Quart, client: Client, token: dict[str, str], grace: Person):
    for width in (100, 101, 102):
        await make.send(client, make.picture(size=(width, 50)), token)
    await make.send(client, make.picture(), await bearer(app, grace))
    listed = await (await client.get("/api/media?per_page=2", headers=token)).get_json()
    assert [one["width"] for one in listed["media"]] == [102, 101]
    assert (listed["total"], listed["pages"]) == (3, 2)
    assert (await client.get("/api/media?page=3&per_page=2", headers=token)).status_code == 404
    assert (await client.get("/api/media")).status_code == 401


async def test_others_are_told_nothing_of_it(
    app: Quart, client: Client, token: dict[str, str], grace: Person, root: Person
):
    sent = await (await make.send(client, make.picture(), token)).get_json()
    address, other = f"/api/media/{sent['id']}", await bearer(app, grace)
    assert (await client.get(address)).status_code == 401
    assert (await client.get(address, headers=other)).status_code == 404
    assert (await client.patch(address, json={"alt": "x"}, headers=other)).status_code == 404
    assert (await client.delete(address, headers=other)).status_code == 404
    assert (await client.get(address, headers=await bearer(app, root))).status_code == 200


async def test_its_words_can_be_changed(client: Client, token: dict[str, str]):
    sent = await (await make.send(client, make.picture(), token)).get_json()
    address = f"/api/media/{sent['id']}"
    changed = await client.patch(address, json={"alt": "The sea"}, headers=token)
    assert (await changed.get_json())["markdown"] == f"![The sea]({sent['url']})"
    unseen = await client.patch(address, json={"alt": "The\u0094 sea\x00"}, headers=token)
    assert (await unseen.get_json())["alt"] == "The sea"
    assert (await client.patch(address, json={"alt": "x" * 1001}, headers=token)).status_code == 422
    assert (await client.patch(address, json={"name": "x"}, headers=token)).status_code == 422


async def test_what_a_post_shows_is_said_and_kept(
    app: Quart, client: Client, token: dict[str, str], ada: Person, root: Person
):
    sent = await (await make.send(client, make.picture(), token)).get_json()
    post = await posts.post(app, ada, content=f"Look: {sent['markdown']}")
    address = f"/api/media/{sent['id']}"
    use = {"post_id": post.id, "title": post.title, "url": f"/posts/{post.id}/{post.slug}"}
    assert (await (await client.get(address, headers=token)).get_json())["used_in"] == [use]
    refused = await client.delete(address, headers=token)
    assert refused.status_code == 409
    assert (await refused.get_json())["detail"] == IN_USE
    await client.patch(f"/api/posts/{post.id}", json={"content": "Nothing to see here."}, headers=token)
    found = await (await client.get(address, headers=token)).get_json()
    assert (found["used_in"], found["used_elsewhere"]) == ([], 1)
    assert (await client.delete(address, headers=token)).status_code == 200
    assert (await client.get(address, headers=token)).status_code == 404


async def test_a_post_that_is_written_together_shows_pictures_of_all(
    app: Quart, client: Client, token: dict[str, str], ada: Person, grace: Person
):
    """Who no longer writes it is told no more of it than others are."""
    sent = await (await make.send(client, make.picture(), token)).get_json()
    post = await posts.post(app, grace, content=f"Look: {sent['markdown']}", state="private")
    address = f"/api/media/{sent['id']}"
    await joins(app, grace, ada, post.id)
    found = await (await client.get(address, headers=token)).get_json()
    assert ([use["title"] for use in found["used_in"]], found["used_elsewhere"]) == ([post.title], 0)
    assert (await client.delete(address, headers=token)).status_code == 409
    await client.delete(f"/api/posts/{post.id}/authors/ada", headers=token)
    found = await (await client.get(address, headers=token)).get_json()
    assert (found["used_in"], found["used_elsewhere"]) == ([], 1)
    assert (await client.delete(address, headers=token)).status_code == 200


async def test_nothing_keeps_an_administrator_from_deleting(
    app: Quart, client: Client, token: dict[str, str], ada: Person, root: Person
):
    sent = await (await make.send(client, make.picture(), token)).get_json()
    await posts.post(app, ada, content=f"Look: {sent['markdown']}")
    assert (await client.delete(f"/api/media/{sent['id']}", headers=await bearer(app, root))).status_code == 200


async def test_others_who_show_it_keep_nobody_from_deleting(
    app: Quart, client: Client, token: dict[str, str], grace: Person
):
    """Nor are their titles told."""
    sent = await (await make.send(client, make.picture(), token)).get_json()
    await posts.post(app, grace, "Not for ada's eyes", f"Look: {sent['markdown']}", state="private")
    found = await (await client.get(f"/api/media/{sent['id']}", headers=token)).get_json()
    assert (found["used_in"], found["used_elsewhere"]) == ([], 1)
    assert (await client.delete(f"/api/media/{sent['id']}", headers=token)).status_code == 200


class TestLimits:
    @pytest.fixture
    def settings(self, folder: Path) -> dict[str, Any]:
        return {
            "media_dir": folder,
            "media_spare": 0,
            "media_max_bytes": 200_000,
            "media_quota": 12_000,
            "limit_upload": "4/hour",
            "rate_limits": "on",
        }

    async def test_a_file_that_is_too_large_is_cut_off(self, client: Client, token: dict[str, str], folder: Path):
        assert (await make.send(client, bytes(300_000), token)).status_code == 413
        assert kept(folder) == []

    async def test_an_account_has_its_measure(self, client: Client, token: dict[str, str], folder: Path):
        assert (await make.send(client, make.picture(), token)).status_code == 201
        refused = await make.send(client, make.picture(size=(1210, 800)), token)
        assert refused.status_code == 422
        assert (await refused.get_json())["errors"][0] == {"field": "file", "message": FULL, "rule": "quota"}

    async def test_an_account_sends_so_many_an_hour(self, client: Client, token: dict[str, str]):
        for _ in range(4):
            await make.send(client, b"x", token)
        refused = await make.send(client, b"x", token)
        assert refused.status_code == 429
        assert refused.headers["Retry-After"]


class TestFullDisk:
    @pytest.fixture
    def settings(self, folder: Path) -> dict[str, Any]:
        return {"media_dir": folder, "media_spare": 2**60}

    async def test_room_is_left_for_the_database(self, client: Client, token: dict[str, str], folder: Path):
        refused = await make.send(client, make.picture(), token)
        assert refused.status_code == 507
        assert (await refused.get_json())["code"] == "storage_full"
        assert kept(folder) == []
