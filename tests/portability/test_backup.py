"""A whole blog in one file, and a blog out of that file."""

from __future__ import annotations

import asyncio
import gzip
import io
import tarfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from blogapp.infra.db import now
from blogapp.portability import archive
from tests import sql
from tests.media.make import picture, send
from tests.people import bearer
from tests.portability.another import another_blog
from tests.portability.commands import blogapp
from tests.posts import make


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, Any]:
    return {"media_dir": tmp_path / "media", "media_spare": 0}


@pytest.fixture
def other_url(engine_name, request, tmp_path):
    """An empty blog on the other engine: a backup is at home on both."""
    with another_blog("sqlite" if engine_name == "postgresql" else "postgresql", request, tmp_path) as url:
        yield url


@pytest.fixture
async def blog(app, client, ada, grace, database_url, tmp_path):
    """What it was saved to."""
    token = await bearer(app, ada)
    sent = await (await send(client, picture(), token, alt="A beach")).get_json()
    post = await make.post(app, ada, tags=["Low tide"], content=f"{sent['markdown']}\n\nWords ✿")
    await make.post(app, grace, state="scheduled", publish_at=now() + timedelta(days=30))
    for words in ("The first.", "Under it."):
        said = await client.post(f"/api/posts/{post.id}/comments", json={"content": words}, headers=token)
        assert said.status_code == 201
    last = await make.post(app, ada, "To be deleted")
    assert (await client.delete(f"/api/posts/{last.id}", headers=token)).status_code == 200
    media = tmp_path / "media"
    result = await asyncio.to_thread(blogapp, database_url, "backup", tmp_path / "blog.backup", media=media)
    assert result.exit_code == 0, result.output
    return tmp_path / "blog.backup"


def rows(url: str) -> list[tuple[Any, ...]]:
    query = "SELECT posts.id, title, content, html, state, username FROM posts JOIN users ON users.id = user_id"
    return sql.rows(url, f"{query} ORDER BY posts.id")


def parts(blog: Path) -> dict[str, bytes]:
    with tarfile.open(blog) as file:
        return {entry.name: file.extractfile(entry).read() for entry in file if entry.name != archive.MANIFEST}


def test_a_blog_is_whole_after_a_backup_and_on_the_other_engine(blog, database_url, other_url, tmp_path):
    assert blog.stat().st_mode & 0o077 == 0
    result = blogapp(other_url, "restore", blog, media=tmp_path / "restored")
    assert result.exit_code == 0, result.output
    assert "posts and 1 pictures are restored" in result.output
    assert rows(other_url) == rows(database_url)
    again = tmp_path / "again.backup"
    assert blogapp(other_url, "backup", again, media=tmp_path / "restored").exit_code == 0
    assert parts(again) == parts(blog)
    assert {f"rows/{name}/0.jsonl" for name in ("post_comments", "post_tags", "tokens", "revisions")} <= set(
        parts(again)
    )
    there = {path.name for path in (tmp_path / "media").rglob("*.*") if "incoming" not in path.parts}
    assert {path.name for path in (tmp_path / "restored").rglob("*.*")} == there
    assert sql.rows(other_url, "SELECT count(*) FROM post_terms") == sql.rows(
        database_url, "SELECT count(*) FROM posts"
    )
    before = sql.rows(database_url, "SELECT max(id) FROM users")[0][0]
    source = tmp_path / "more"
    source.mkdir()
    (source / "one.md").write_text("---\ntitle: Later\nauthor: newcomer\n---\nA text that is long enough.\n")
    brought = blogapp(other_url, "import", "markdown", source, "--create-authors", media=tmp_path / "restored")
    assert brought.exit_code == 0, brought.output
    assert sql.rows(other_url, "SELECT max(id) FROM users") == [(before + 1,)]


def test_a_blog_is_replaced_only_when_that_is_said(blog, database_url, tmp_path):
    before = rows(database_url)
    refused = blogapp(database_url, "restore", blog, media=tmp_path / "media")
    assert (refused.exit_code, rows(database_url)) == (1, before)
    assert "this blog is not empty" in refused.output
    sql.run(database_url, "UPDATE posts SET title = 'spoiled'")
    assert blogapp(database_url, "restore", blog, "--force", media=tmp_path / "media").exit_code == 0
    assert rows(database_url) == before


def test_a_damaged_file_changes_nothing(blog, database_url, tmp_path):
    before = rows(database_url)
    whole = blog.read_bytes()
    broken = tmp_path / "broken"
    for content in (
        whole[: len(whole) // 2],
        whole[:-4],
        b"",
        b"a text",
        gzip.compress(b"a text"),
        _of_last_year(blog),
    ):
        broken.write_bytes(content)
        result = blogapp(database_url, "restore", broken, "--force", media=tmp_path / "media")
        assert (result.exit_code, len(result.output.splitlines())) == (1, 1), result.output
    assert rows(database_url) == before


def test_no_file_is_written_over(blog, database_url, tmp_path):
    before = blog.read_bytes()
    result = blogapp(database_url, "backup", blog, media=tmp_path / "media")
    assert (result.exit_code, blog.read_bytes()) == (1, before)
    assert "is there already" in result.output
    assert blogapp(database_url, "backup", tmp_path / "no" / "folder", media=tmp_path / "media").exit_code == 1


def _of_last_year(blog: Path) -> bytes:
    written = io.BytesIO()
    with tarfile.open(blog) as old, tarfile.open(fileobj=written, mode="w:gz") as new:
        manifest = old.extractfile(archive.MANIFEST).read()
        archive.add(new, archive.MANIFEST, manifest.replace(b'"revision": "', b'"revision": "last-'))
        archive.add(new, archive.COMPLETE, b"")
    return written.getvalue()
