"""`blogapp users`: accounts from the command line, its one-line refusals and exit codes."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

from blogapp.cli import main
from tests import sql

PASSWORD = "a long pass phrase"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    """No .env and no instance folder of the developer."""
    monkeypatch.chdir(tmp_path)


def users(url: str, *arguments: str, typed: str = "") -> Result:
    runner = CliRunner(env={"DATABASE_URL": url, "BLOGAPP_ENV": "testing"})
    return runner.invoke(main, ["users", *arguments], input=typed)


def create(url: str, username: str, *options: str) -> Result:
    return users(url, "create", username, f"{username}@example.org", "--password-stdin", *options, typed=PASSWORD)


def listed(url: str) -> list[list[str]]:
    return [line.split("\t") for line in users(url, "list").stdout.splitlines()]


def test_a_made_account_is_listed(database_url: str):
    result = create(database_url, "root", "--admin")
    assert (result.exit_code, result.stdout) == (0, "Created root (id 1).\n")
    create(database_url, "ada")
    assert [(row[0], row[1], row[2], row[4]) for row in listed(database_url)] == [
        ("1", "root", "root@example.org", "admin"),
        ("2", "ada", "ada@example.org", ""),
    ]


def test_the_password_is_asked_for_twice_and_never_shown(database_url: str):
    result = users(database_url, "create", "ada", "ada@example.org", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert result.exit_code == 0
    assert PASSWORD not in result.output


def test_where_nobody_can_be_asked_that_is_said(database_url: str):
    result = users(database_url, "create", "ada", "ada@example.org")
    assert (result.exit_code, "--password-stdin" in result.output, "Aborted" in result.output) == (1, True, False)


def test_names_are_found_in_any_case(database_url: str):
    create(database_url, "ada")
    assert users(database_url, "promote", "ADA").stdout == "ada is now an administrator.\n"
    assert listed(database_url)[0][4] == "admin"
    assert users(database_url, "demote", "Ada").stdout == "ada is no longer an administrator.\n"
    assert listed(database_url)[0][4] == ""


def test_a_suspension_is_listed_until_it_is_lifted(database_url: str):
    create(database_url, "ada")
    users(database_url, "suspend", "ada")
    assert listed(database_url)[0][4] == "suspended"
    assert users(database_url, "suspend", "ada", "--lift").stdout == "ada may sign in again.\n"
    assert listed(database_url)[0][4] == ""


def test_another_password_has_another_hash(database_url: str):
    create(database_url, "ada")
    before = sql.rows(database_url, "SELECT password_hash FROM users")
    result = users(database_url, "set-password", "ada", "--password-stdin", typed="another long pass phrase\n")
    assert result.stdout == "ada has a new password and is signed out everywhere.\n"
    assert sql.rows(database_url, "SELECT password_hash FROM users") != before


def test_a_taken_name_is_one_line(database_url: str):
    create(database_url, "ada")
    again = users(database_url, "create", "ADA", "ida@example.org", "--password-stdin", typed=PASSWORD)
    assert (again.exit_code, again.stderr) == (1, "Error: Username already taken\n")


@pytest.mark.parametrize("command", ["promote", "demote", "suspend"])
def test_an_unknown_name_is_one_line(database_url: str, command: str):
    result = users(database_url, command, "nobody")
    assert (result.exit_code, result.stderr) == (1, "Error: There is no user named nobody.\n")


def test_every_broken_rule_is_named_at_once(database_url: str):
    result = users(database_url, "create", "x", "y", "--password-stdin", typed="z\n")
    assert result.exit_code == 1
    assert [part.split(":")[0] for part in result.stderr.removeprefix("Error: ").split("; ")] == [
        "username",
        "email",
        "password",
    ]


@pytest.mark.parametrize("arguments", [["list"], ["promote", "ada"]])
def test_a_database_that_is_not_migrated_is_one_line(empty_database_url: str, arguments: list[str]):
    result = users(empty_database_url, *arguments)
    assert result.exit_code == 1
    assert "run `blogapp db upgrade` first" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_file_that_is_no_database_is_one_line(tmp_path):
    (tmp_path / "letter.db").write_text("Dear reader, " * 100)
    result = users(f"sqlite:///{tmp_path}/letter.db", "list")
    assert (result.exit_code, result.stderr) == (1, "Error: this can't be done: file is not a database\n")
