"""`make demo`: a blog that has something of everything."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests import sql

REPOSITORY = Path(__file__).parents[1]


def test_it_makes_a_blog_with_something_of_everything(tmp_path: Path):
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'src'}",
        "HASH_MEMORY": "8192",
    }
    made = subprocess.run(
        [sys.executable, "-m", "demo", "--only-make"],
        check=False,
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    assert "a long walk by the sea" in made.stdout
    url = f"sqlite:///{tmp_path}/instance/demo/blog.db"
    states = dict(sql.rows(url, "SELECT state, count(*) FROM posts GROUP BY state"))
    assert states == {"published": 8, "scheduled": 1, "draft": 1}
    assert sql.rows(url, "SELECT count(*) FROM posts WHERE content LIKE '%.md)%' OR html LIKE '%media/week%'") == [(0,)]
    for table, least in (("media", 8), ("series", 1), ("tags", 8), ("liked_posts", 10), ("followed_authors", 4)):
        assert sql.rows(url, f"SELECT count(*) >= {least} FROM {table}") == [(True,)], table
    assert sql.rows(url, "SELECT count(*) FROM users WHERE profile_picture IS NOT NULL") == [(3,)]
    talk = sql.rows(url, "SELECT state, count(*) FROM post_comments GROUP BY state")
    assert talk == [("shown", 15), ("waiting", 1)]
    assert sql.rows(url, "SELECT reason FROM comment_reports") == [("It advertises something.",)]
    assert sql.rows(url, "SELECT count(*) FROM posts WHERE coauthors IS NOT NULL AND cover IS NOT NULL") == [(1,)]
    for mark in ("<table", "footnote", "<pre", 'type="checkbox"'):
        assert sql.rows(url, f"SELECT count(*) > 0 FROM posts WHERE html LIKE '%{mark}%'") == [(True,)], mark
