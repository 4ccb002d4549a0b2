"""Uploads at a real server: cut off, slow, too large, and on a disk that is full."""

from __future__ import annotations

import json
import resource
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from select import select

import pytest
from PIL import Image

from tests.live import JSON, Reply, Server, get, request, running
from tests.media import make
from tests.people import PASSWORD
from tests.waiting import wait_until

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"])  # the database has no part in it

FORM = "Content-Type: multipart/form-data; boundary=line"
HEAD = b'--line\r\nContent-Disposition: form-data; name="file"; filename="beach.jpg"\r\n\r\n'
TAIL = b"\r\n--line--\r\n"


@pytest.fixture
def settings() -> dict[str, str]:
    return {}


@pytest.fixture
def server(database_url: str, tmp_path: Path, settings: dict[str, str]) -> Iterator[Server]:
    with running(tmp_path, database_url, **{"MEDIA_MAX_BYTES": "3000000", "MEDIA_SPARE": "0", **settings}) as server:
        server.register("ada")
        yield server


@pytest.fixture
def bearer(server: Server) -> str:
    asked = json.dumps({"email": "ada@example.org", "password": PASSWORD}).encode()
    reply = server.send(request("POST", "/api/tokens", JSON, body=asked))
    return f"Authorization: Bearer {json.loads(reply.body)['token']}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "instance" / "media"


def upload(bearer: str, content: bytes) -> bytes:
    return request("POST", "/api/media", FORM, bearer, body=HEAD + content + TAIL)


def left(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_picture_and_its_head_are_as_long_as_they_say(server: Server, bearer: str):
    document = json.loads(server.send(upload(bearer, make.picture())).body)
    whole = server.send(get(document["url"]))
    assert make.opened(whole.body).size == (1200, 800)
    with closing(server.connect()) as connection:
        connection.sendall(request("HEAD", document["url"]))
        head = Reply.read(connection, "HEAD")
        assert int(head.headers["content-length"]) == len(whole.body) == document["bytes"]
        connection.sendall(get(document["url"], "Range: bytes=-7"))
        assert Reply.read(connection).body == whole.body[-7:]


@pytest.mark.parametrize("settings", [{"TASKS": "on"}])
def test_the_smaller_widths_are_made_soon(server: Server, bearer: str, folder: Path, settings: dict[str, str]):
    server.send(upload(bearer, make.picture()))
    wait_until(lambda: len(list(folder.glob("??/*.webp"))) == 2)


@pytest.mark.parametrize("closing_side", [True, False])
def test_half_an_upload_leaves_nothing(server: Server, bearer: str, folder: Path, closing_side: bool):
    whole = upload(bearer, make.picture(size=(1600, 1600), quality=95) + bytes(900_000))
    with closing(server.connect()) as connection:
        connection.sendall(whole[:-400_000])
        wait_until(lambda: left(folder) != [])
        if closing_side:
            connection.shutdown(socket.SHUT_WR)
    wait_until(lambda: left(folder) == [])
    assert server.send(get("/livez")).status == 200


@pytest.mark.parametrize("settings", [{"MEDIA_TIMEOUT": "1"}])
def test_an_upload_that_never_ends_is_answered(server: Server, bearer: str, folder: Path, settings: dict[str, str]):
    with closing(server.connect()) as connection:
        connection.sendall(upload(bearer, bytes(400_000))[:-1])
        reply = Reply.read(connection)
    assert (reply.status, reply.problem["code"]) == (408, "body_timeout")
    wait_until(lambda: left(folder) == [])


def test_chunks_without_end_are_cut_off(server: Server, bearer: str, folder: Path):
    """No length is announced, so it has to be counted."""
    start = request("POST", "/api/media", FORM, bearer, "Transfer-Encoding: chunked")
    chunk = b"%x\r\n" % 500_000 + bytes(500_000) + b"\r\n"
    with closing(server.connect()) as connection:
        connection.sendall(start + b"%x\r\n" % len(HEAD) + HEAD + b"\r\n" + chunk * 7)
        reply = Reply.read(connection)
    assert (reply.status, reply.problem["code"]) == (413, "body_too_large")
    wait_until(lambda: left(folder) == [])


def test_a_stranger_fills_no_disk(server: Server, folder: Path):
    reply = server.send(request("POST", "/api/media", FORM, body=HEAD + bytes(1_000_000) + TAIL))
    assert reply.status == 401
    assert not folder.exists()


@pytest.mark.parametrize("room", [100_000, 700_000], ids=["while it arrives", "while it is written anew"])
def test_a_disk_that_is_full_harms_nothing(server: Server, bearer: str, folder: Path, room: int):
    """The system refuses to make files longer than `room`, as it refuses on a disk without any."""
    content = make.written(Image.effect_noise((1600, 1600), 100).convert("RGB"), "JPEG", quality=5)
    assert 100_000 < len(content) < 700_000
    kept = json.loads(server.send(upload(bearer, make.picture())).body)
    wait_until(lambda: len(left(folder)) == 1)
    own = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (room, own[1]))
    reply = server.send(upload(bearer, content))
    assert (reply.status, reply.problem["code"]) == (507, "storage_full")
    assert server.send(get(kept["url"])).status == 200
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, own)
    wait_until(lambda: len(left(folder)) == 1)
    assert server.send(upload(bearer, content)).status == 201


def test_others_are_served_while_a_large_picture_is_written_anew(server: Server, bearer: str):
    content = make.picture("PNG", (6000, 6000))
    with closing(server.connect()) as sending:
        began = time.monotonic()
        sending.sendall(upload(bearer, content))
        waits = []
        while not select([sending], [], [], 0)[0]:
            asked = time.monotonic()
            assert server.send(get("/livez")).status == 200
            waits.append(time.monotonic() - asked)
        whole = time.monotonic() - began
        assert Reply.read(sending).status == 201
    assert max(waits) < whole / 2
