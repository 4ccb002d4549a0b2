"""A blog as files, and the files as a blog again."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from blogapp.infra.db import now
from blogapp.posts import authorship
from blogapp.posts.models import Post
from tests import sql
from tests.media.make import picture, send
from tests.people import bearer, resources
from tests.portability.another import another_blog
from tests.portability.commands import blogapp
from tests.posts import make
from tests.serving import serving

TEXT = """Code that looks like front matter:

---
title: no title
---

    [a link in code](media/x.jpg)

| a | b |
|--|--|
| 1 | ~~2~~ |

A note.[^1]

[^1]: See <https://example.org>, or [the first](/posts/1).
"""
TITLES = ("yes: no", "1984!", "'Quotes' and \"more\" \\ #", "- a dash: and é ✿ 漢字", "null null")
KEPT = """SELECT title, slug, content, format, html, excerpt, state, posts.created_at, posts.updated_at, published_at, username,
                 coauthors IS NOT NULL FROM posts JOIN users ON users.id = user_id WHERE trashed_at IS NULL ORDER BY title, username"""


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, Any]:
    return {"media_dir": tmp_path / "media", "media_spare": 0}


@pytest.fixture
def other_url(engine_name, request, tmp_path):
    """An empty blog on the same engine."""
    with another_blog(engine_name, request, tmp_path) as url:
        yield url


@pytest.fixture
async def blog(app, client, ada, grace, database_url, tmp_path):
    """Posts in every state and format, with a picture, of two people."""
    sent = await (await send(client, picture(), await bearer(app, ada), alt="A beach")).get_json()
    await make.post(
        app, ada, tags=["Low tide", "a: b"], content=f"{sent['markdown']}\n\n{TEXT}\n[whole]({sent['url']} 'large')"
    )
    covered = {"cover": sent["url"], "cover_alt": 'The sea: "calm"', "cover_caption": "In May"}
    await make.post(app, ada, "A post with a cover", **covered)
    await make.post(app, grace, content=f"Another's: ![again][it]\n\n[it]: {sent['url']}")
    both = await make.post(app, ada, "Of two authors")
    async with resources(app).db.transaction() as session:
        await authorship.add(session, await session.get(Post, both.id), [grace.id])
    for title, state in zip(TITLES, ("published", "draft", "unlisted", "private", "scheduled"), strict=True):
        later = now() + timedelta(days=9) if state == "scheduled" else None
        await make.post(
            app, ada, title, state=state, publish_at=later, slug="one-slug", new_series="A series", tags=["low TIDE"]
        )
    thrown = await make.post(app, ada, "In the trash")
    plain = await make.post(app, grace, "As it was taken over", "A plain *text*\n  of two lines.", format="plain")
    sql.run(
        database_url,
        f"UPDATE posts SET trashed_at = created_at WHERE id = {thrown.id}",
        f"UPDATE posts SET published_at = '2011-01-01 10:00:00.000000', created_at = '2010-01-01 10:00:00.000000', "
        f"updated_at = '2012-01-01 10:00:00.123456' WHERE id = {plain.id}",
    )
    await command(database_url, "posts", "render", "--all", media=tmp_path / "media")
    return app


async def command(url: str, *arguments: object, media: Path) -> str:
    result = await asyncio.to_thread(lambda: blogapp(url, *arguments, media=media))
    assert result.exit_code == 0, result.output
    return result.stdout


async def test_export_and_import_make_the_same_blog(blog, database_url, other_url, tmp_path):
    await command(database_url, "export", tmp_path / "out", media=tmp_path / "media")
    done = await command(
        other_url, "import", "markdown", tmp_path / "out", "--create-authors", media=tmp_path / "others"
    )
    assert "10 made, 0 updated, 0 unchanged, 0 skipped, 0 conflict, 0 refused" in done
    assert sql.rows(other_url, KEPT) == sql.rows(database_url, KEPT)
    assert await _pages(database_url, tmp_path / "media") == await _pages(other_url, tmp_path / "others")


async def test_the_export_of_a_copy_is_the_export_of_the_first_but_for_its_stamps(
    blog, database_url, other_url, tmp_path
):
    """Stable ids stay what they are from blog to blog."""
    await command(database_url, "export", tmp_path / "out", media=tmp_path / "media")
    await command(other_url, "import", "markdown", tmp_path / "out", "--create-authors", media=tmp_path / "others")
    await command(other_url, "export", tmp_path / "again", media=tmp_path / "others")
    first, second = (_files(tmp_path / name) for name in ("out", "again"))
    assert sorted(first.values()) == sorted(second.values())
    assert any(name.startswith("media/") for name in first)


async def test_an_old_export_changes_nothing_in_its_own_blog(blog, ada, database_url, tmp_path):
    await command(database_url, "export", tmp_path / "out", media=tmp_path / "media")
    sql.run(database_url, "UPDATE posts SET title = 'Changed since', version = version + 1 WHERE title = 'yes: no'")
    before = sql.everything(database_url)
    done = await command(database_url, "import", "markdown", tmp_path / "out", media=tmp_path / "media")
    assert "0 made, 0 updated, 10 unchanged" in done
    assert sql.everything(database_url) == before


async def _pages(url: str, media: Path) -> list[str]:
    """Of each post as strangers see it, without the numbers that differ from blog to blog."""
    rows = sql.rows(url, "SELECT id FROM posts WHERE state IN ('published', 'unlisted') AND trashed_at IS NULL")
    pages = []
    async with serving(url, media_dir=media, media_spare=0) as app:
        for (number,) in rows:
            answer = await app.test_client().get(f"/posts/{number}", follow_redirects=True)
            assert answer.status_code == 200
            page = await answer.get_data(as_text=True)
            pages.append(re.sub(r"/posts/\d+|(?<=data-)[a-z]+=\"[^\"]*\"", "", page.partition("<main")[2]))
    assert rows
    return sorted(pages)


def _files(folder: Path) -> dict[str, bytes]:
    found = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.*") if path.is_file()}
    return {name: re.sub(rb"\nexported: [^\n]*", b"", content) for name, content in found.items()}
