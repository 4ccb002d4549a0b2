"""`blogapp db` and `blogapp import`: what an operator reads, and the exit codes."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

from blogapp.cli import main
from blogapp.infra import migrations
from tests import flask_blog, sql


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    """No .env and no instance folder of the developer."""
    monkeypatch.chdir(tmp_path)


def blogapp(url: str, *arguments: str) -> Result:
    return CliRunner(env={"DATABASE_URL": url, "BLOGAPP_ENV": "testing"}).invoke(main, arguments)


def test_upgrade_tells_the_revision(empty_database_url):
    result = blogapp(empty_database_url, "db", "upgrade")
    assert (result.exit_code, result.stdout) == (0, f"the database is at revision {migrations.head()}\n")
    assert blogapp(empty_database_url, "db", "upgrade").exit_code == 0


def test_current_before_and_after(empty_database_url):
    assert blogapp(empty_database_url, "db", "current").stdout == f"base (newest: {migrations.head()})\n"
    blogapp(empty_database_url, "db", "upgrade")
    assert blogapp(empty_database_url, "db", "current").stdout == f"{migrations.head()} (newest: {migrations.head()})\n"


def test_asking_does_not_make_a_database(tmp_path):
    url = f"sqlite:///{tmp_path}/none.db"
    assert blogapp(url, "db", "current").exit_code == 0
    assert blogapp(url, "db", "check").exit_code == 1
    assert blogapp(url, "db", "downgrade", "base").exit_code == 1
    assert not (tmp_path / "none.db").exists()


def test_check_finds_nothing_in_a_migrated_database(database_url):
    result = blogapp(database_url, "db", "check")
    assert (result.exit_code, result.stdout) == (0, "the database is as this program needs it\n")


def test_check_tells_all_that_differs(database_url):
    sql.run(
        database_url,
        "DROP INDEX uq_users_email_lower",
        "DROP INDEX ix_posts_user_id",
        "DROP TABLE throttles",
        "ALTER TABLE posts DROP COLUMN slug",
        "CREATE TABLE stranger (id INTEGER PRIMARY KEY)",
    )
    result = blogapp(database_url, "db", "check")
    assert result.exit_code == 1
    assert result.stdout == "not blogapp's, left alone: table stranger\n"
    for part in ("uq_users_email_lower of users", "ix_posts_user_id", "table throttles", "column posts.slug"):
        assert f"missing or different: {part}" in result.stderr or part in result.stderr


def test_check_sees_ids_that_would_be_given_twice(tmp_path):
    url = f"sqlite:///{tmp_path}/blog.db"
    migrations.upgrade(url)
    table = sql.rows(url, "SELECT sql FROM sqlite_master WHERE name = 'tokens'")[0][0]
    sql.run(url, "DROP TABLE tokens", table.replace(" AUTOINCREMENT", ""))
    assert "tokens.id: AUTOINCREMENT" in blogapp(url, "db", "check").stderr


def test_down_to_base_and_up_again(database_url):
    assert blogapp(database_url, "db", "downgrade", "base").stdout == "the database is at revision base\n"
    assert "taking over the Flask blog's 0 users and 0 posts" in blogapp(database_url, "db", "upgrade").stdout


def test_conflicts_are_lines_and_exit_code_1(empty_database_url):
    flask_blog.fill(empty_database_url)
    sql.run(
        empty_database_url,
        "INSERT INTO users (id, username, email, password_hash) VALUES (20, 'ANN', 'X@example.org', '!')",
    )
    result = blogapp(empty_database_url, "db", "upgrade")
    assert result.exit_code == 1
    assert "users 20: username 'ANN' differs only in case" in result.stderr
    assert "users 20: email 'X@example.org' differs only in case" in result.stderr


def test_import_tells_what_was_copied_and_how_far_it_is(tmp_path, database_url):
    flask_blog.fill(f"sqlite:///{tmp_path}/flask.db")
    result = blogapp(database_url, "import", "flask", str(tmp_path / "flask.db"))
    assert (result.exit_code, result.stdout) == (0, "copied 3 users and 3 posts\n")
    assert "copying posts: 3 of 3" in result.stderr


UNREACHABLE = "postgresql://blog:geheim@127.0.0.1:1/blog"


@pytest.mark.parametrize(
    "arguments", [("db", "upgrade"), ("db", "current"), ("db", "check"), ("db", "downgrade", "base")]
)
@pytest.mark.parametrize("url", [UNREACHABLE, "sqlite:////proc/none/blog.db", "sqlite:///nonsense.db"])
def test_a_database_that_can_not_be_used_is_one_line(tmp_path, url, arguments):
    (tmp_path / "nonsense.db").write_text("This is no database, but a text of some length." * 20)
    result = blogapp(url, *arguments)
    if url.endswith("none/blog.db") and arguments == ("db", "current"):
        assert result.stdout.startswith("base")
        return
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1
    assert "geheim" not in result.output


@pytest.mark.parametrize("source", [UNREACHABLE, "nonsense.db", "none.db", "sqlite:////proc/none/blog.db", "a://b"])
def test_a_source_that_can_not_be_used_is_one_line(tmp_path, database_url, source):
    (tmp_path / "nonsense.db").write_text("This is no database, but a text of some length." * 20)
    result = blogapp(database_url, "import", "flask", source)
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1
    assert "geheim" not in result.output


@pytest.mark.parametrize("revision", ["nonsense", "9999", "-5"])
def test_a_revision_that_is_none_is_one_line(database_url, revision):
    result = blogapp(database_url, "db", "upgrade", "--", revision)
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1


def test_a_database_of_a_newer_program_is_one_line(database_url):
    sql.run(database_url, "UPDATE alembic_version SET version_num = 'later'")
    result = blogapp(database_url, "db", "upgrade")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == ["Error: Can't locate revision identified by 'later'"]


@pytest.mark.parametrize("arguments", [("import", "flask"), ("db", "downgrade"), ("db", "nonsense")])
def test_wrong_usage_is_exit_code_2(database_url, arguments):
    assert blogapp(database_url, *arguments).exit_code == 2
