"""`export`: what is written, where, and what is left alone."""

from __future__ import annotations

import pytest

from blogapp.portability import front_matter
from tests import sql
from tests.portability.commands import blogapp, imported


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    """No .env and no instance folder of the developer."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def blog(database_url, tmp_path):
    """Three posts of ada and one of grace."""
    source = tmp_path / "in"
    source.mkdir()
    for title, author in (
        ("First post", "ada"),
        ("Second post", "ada"),
        ("Third post", "ada"),
        ("Hers is this", "grace"),
    ):
        front = (
            f"title: {title}\ndate: 2020-01-31\nauthor: {author}\nstate: {'draft' if 'Third' in title else 'published'}"
        )
        (source / f"{title}.md").write_text(f"---\n{front}\n---\nA text that is long enough.\n")
    assert imported(database_url, source, "--create-authors")["exit_code"] == 0
    return database_url


def names(folder) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_no_slug_leads_out_of_the_folder_and_no_two_posts_share_a_file(blog, tmp_path):
    sql.run(blog, "UPDATE posts SET slug = '../../etc/cron.d/x'", "UPDATE posts SET slug = '/' WHERE id = 1")
    result = blogapp(blog, "export", tmp_path / "deep" / "out")
    assert result.exit_code == 0
    assert names(tmp_path / "deep") == [
        "out/.blogapp-export.json",
        "out/2020-01-31-etc-cron-d-x-3.md",
        "out/2020-01-31-etc-cron-d-x-4.md",
        "out/2020-01-31-etc-cron-d-x.md",
        "out/2020-01-31-post.md",
    ]


def test_a_second_run_writes_what_has_changed_and_removes_only_when_told(blog, tmp_path):
    out = tmp_path / "out"
    assert "4 written, 0 unchanged" in blogapp(blog, "export", out).stdout
    (out / "README.md").write_text("Mine.")
    (out / "media" / "ab").mkdir(parents=True)
    (out / "media" / "ab" / "mine.png").write_text("Mine.")
    (out / "media" / "ab" / f"{'0' * 62}.png").write_text("Of no post any more.")
    sql.run(
        blog,
        "UPDATE posts SET title = 'Another title' WHERE title = 'First post'",
        "UPDATE posts SET trashed_at = created_at WHERE title = 'Second post'",
    )
    told = blogapp(blog, "export", out).stdout
    assert "belongs to no post any more: 2020-01-31-second-post.md" in told
    assert "1 written, 2 unchanged" in told
    assert "2020-01-31-second-post.md" in names(out)
    assert "removed: 2020-01-31-second-post.md" in blogapp(blog, "export", out, "--delete").stdout
    assert names(out) == [
        ".blogapp-export.json",
        "2020-01-31-first-post.md",
        "2020-01-31-hers-is-this.md",
        "2020-01-31-third-post.md",
        "README.md",
        "media/ab/mine.png",
    ]


def test_fewer_posts_can_be_asked_for_but_not_in_the_folder_of_all(blog, tmp_path):
    assert blogapp(blog, "export", tmp_path / "all").exit_code == 0
    refused = blogapp(blog, "export", tmp_path / "all", "--user", "ada", "--delete")
    assert (refused.exit_code, "holds an export of other posts" in refused.stderr) == (1, True)
    assert blogapp(blog, "export", tmp_path / "some", "--user", "ADA", "--state", "published").exit_code == 0
    assert names(tmp_path / "some")[1:] == ["2020-01-31-first-post.md", "2020-01-31-second-post.md"]


def test_a_folder_of_something_else_is_refused(blog, tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "letter.txt").write_text("Dear Grace")
    for target, words in (("home", "is not empty, and no export"), ("home/letter.txt", "is no folder")):
        result = blogapp(blog, "export", tmp_path / target)
        assert (result.exit_code, words in result.stderr) == (1, True), result.output
    assert names(tmp_path / "home") == ["letter.txt"]


@pytest.mark.parametrize(
    "title", ["a: b", "- x", "'\"\\", "yes", "~", "2020-01-01", "é ✿ 漢", "#no", "x" * 200, "a\u2028b"]
)
def test_front_matter_reads_what_it_writes(title):
    parts = front_matter.read(front_matter.written({"title": title, "none": None}, "---\nText"))
    assert (parts.values, parts.body) == ({"title": title}, "\n---\nText\n")
