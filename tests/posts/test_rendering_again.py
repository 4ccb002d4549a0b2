"""`blogapp posts render`: what an earlier renderer has made is made again, and nothing else changes."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result
from quart import Quart

from blogapp import markdown
from blogapp.cli import main
from tests import sql
from tests.people import Person
from tests.posts import make

WRITTEN = "It is *slanted*, and long enough."
MADE = "<p>It is <em>slanted</em>, and long enough.</p>\n"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    """No .env and no instance folder of the developer."""
    monkeypatch.chdir(tmp_path)


def render(url: str, *options: str) -> Result:
    runner = CliRunner(env={"DATABASE_URL": url, "BLOGAPP_ENV": "testing"})
    return runner.invoke(main, ["posts", "render", *options])


@pytest.fixture
async def _old(app: Quart, ada: Person, database_url: str) -> None:
    """Two that an earlier version has rendered, one of this version, one of plain text."""
    for number in range(3):
        await make.post(app, ada, f"Post number {number}", WRITTEN)
    await make.post(app, ada, "Plain as day", WRITTEN, format="plain")
    sql.run(database_url, "UPDATE posts SET html = 'old', excerpt = 'old'")
    sql.run(database_url, "UPDATE posts SET html = NULL, excerpt = NULL WHERE format = 'plain'")
    sql.run(database_url, "UPDATE posts SET renderer = 0 WHERE id < 3")


@pytest.mark.usefixtures("_old")
def test_what_is_old_is_made_again(database_url: str):
    before = sql.rows(database_url, "SELECT id, version, updated_at FROM posts ORDER BY id")
    result = render(database_url)
    assert (result.exit_code, result.stdout) == (0, "2 posts rendered\n")
    assert "rendering posts: 2 of 2" in result.stderr
    assert sql.rows(database_url, "SELECT html FROM posts ORDER BY id") == [(MADE,), (MADE,), ("old",), (None,)]
    assert sql.rows(database_url, "SELECT renderer FROM posts WHERE id < 3") == [(markdown.VERSION,)] * 2
    assert sql.rows(database_url, "SELECT id, version, updated_at FROM posts ORDER BY id") == before
    assert render(database_url).stdout == "0 posts rendered\n"


@pytest.mark.usefixtures("_old")
def test_all_of_it_can_be_made_again(database_url: str):
    assert render(database_url, "--all").stdout == "3 posts rendered\n"
    assert sql.rows(database_url, "SELECT html FROM posts ORDER BY id") == [(MADE,), (MADE,), (MADE,), (None,)]
