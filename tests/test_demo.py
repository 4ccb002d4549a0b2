"""`blogapp demo`: a blog that has something of everything."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests import sql

REPOSITORY = Path(__file__).parents[1]


def blogapp(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(REPOSITORY / "src"),
        "DATABASE_URL": f"sqlite:///{folder}/blog.db",
        "MEDIA_DIR": f"{folder}/media",
        "HASH_MEMORY": "8192",
        **settings,
    }
    command = [sys.executable, "-m", "blogapp", *arguments]
    return subprocess.run(command, check=False, cwd=folder, env=environment, capture_output=True, text=True)


def test_it_makes_a_blog_with_something_of_everything(tmp_path: Path):
    made = blogapp(tmp_path, "demo")
    assert made.returncode == 0, made.stdout + made.stderr
    assert "a long walk by the sea" in made.stdout
    again = blogapp(tmp_path, "demo")
    assert (again.returncode, again.stderr) == (
        1,
        "Error: there are accounts already: the demonstration is for a new blog\n",
    )
    url = f"sqlite:///{tmp_path}/blog.db"
    states = dict(sql.rows(url, "SELECT state, count(*) FROM posts GROUP BY state"))
    assert states == {"published": 8, "scheduled": 1, "draft": 1}
    assert sql.rows(url, "SELECT count(*) FROM posts WHERE content LIKE '%.md)%' OR html LIKE '%media/week%'") == [(0,)]
    assert sql.rows(url, "SELECT count(*) FROM posts WHERE content LIKE '%answer to half of the question. It%'") == [
        (1,)
    ]
    for table, least in (("media", 8), ("series", 1), ("tags", 8), ("liked_posts", 10), ("followed_authors", 4)):
        assert sql.rows(url, f"SELECT count(*) >= {least} FROM {table}") == [(True,)], table
    assert sql.rows(url, "SELECT count(*) FROM users WHERE profile_picture IS NOT NULL") == [(3,)]
    talk = sql.rows(url, "SELECT state, count(*) FROM post_comments GROUP BY state")
    assert talk == [("shown", 15), ("waiting", 1)]
    assert sql.rows(url, "SELECT reason FROM comment_reports") == [("It advertises something.",)]
    assert sql.rows(url, "SELECT count(*) FROM posts WHERE coauthors IS NOT NULL AND cover IS NOT NULL") == [(1,)]
    for mark in ("<table", 'class="mention"', "footnote", "<pre", 'type="checkbox"'):
        assert sql.rows(url, f"SELECT count(*) > 0 FROM posts WHERE html LIKE '%{mark}%'") == [(True,)], mark


def test_a_blog_that_serves_others_has_no_accounts_with_a_known_password(tmp_path: Path):
    strong = "7f3a9c1e5b8d2046f1e3c5a79b0d8e64a2c4f6"
    safe = {"SECRET_KEY": strong, "ALLOWED_HOSTS": "blog.example.org", "SITE_URL": "https://blog.example.org"}
    refused = blogapp(tmp_path, "demo", BLOGAPP_ENV="production", **safe)
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert "not for production" in refused.stderr
    assert not (tmp_path / "blog.db").exists()
