"""What waits in the background, seen and decided on by administrators."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import CliRunner, Result
from quart import Quart

from blogapp.cli import main
from blogapp.infra import outbox
from tests import sql
from tests.people import Client, Person, resources, signed_in
from tests.reading import get, send


@pytest.fixture
async def boss(app: Quart, root: Person) -> Client:
    return await signed_in(app, root)


async def put(app: Quart, *keys: str) -> None:
    async with resources(app).db.transaction() as session:
        for key in keys:
            await outbox.put(session, "greet", key)


def states(url: str) -> list[Any]:
    return sql.rows(url, "SELECT key, state, tries FROM outbox ORDER BY id")


async def test_dead_tasks_come_first_with_what_went_wrong(app: Quart, boss: Client, database_url: str):
    await put(app, "greet.1", "greet.2", "greet.3")
    sql.run(
        database_url,
        "UPDATE outbox SET state = 'dead', tries = 30, last_error = '<b>no route</b>' WHERE id = 2",
        "UPDATE outbox SET state = 'done' WHERE id = 3",
    )
    page = await get(boss, "/admin/tasks")
    assert page.main.index("greet.2") < page.main.index("greet.1")
    assert "<b>no route</b>" in page.main
    assert "greet.3" not in page.main
    assert page.response.headers["Cache-Control"] == "no-store"


async def test_retry_and_drop_are_buttons(app: Quart, boss: Client, database_url: str):
    await put(app, "greet.1", "greet.2")
    sql.run(database_url, "UPDATE outbox SET state = 'dead', tries = 30")
    actions = (await get(boss, "/admin/tasks")).actions()
    page = await send(boss, actions["Retry: greet.1"])
    assert page.notices == [("success", "The task is done again now.")]
    page = await send(boss, actions["Drop: greet.2"])
    assert page.notices == [("success", "The task is dropped.")]
    assert states(database_url) == [("greet.1", "waiting", 0)]
    assert (await send(boss, actions["Drop: greet.2"])).status == 404


async def test_the_list_has_pages(app: Quart, boss: Client):
    await put(app, *(f"greet.{number}" for number in range(45)))
    page = await get(boss, "/admin/tasks")
    page = await get(boss, page.links["Next"])
    page = await get(boss, page.links["Next"])
    assert "Next" not in page.links
    assert (await get(boss, "/admin/tasks?page=4")).status == 404


@pytest.mark.parametrize(
    ("method", "path"), [("GET", ""), ("GET", "/tasks"), ("POST", "/tasks/1/retry"), ("POST", "/tasks/1/drop")]
)
async def test_others_see_and_change_nothing(app: Quart, ada: Person, database_url: str, method: str, path: str):
    await put(app, "greet.1")
    browser = await signed_in(app, ada)
    response = await browser.open(f"/admin{path}", method=method)
    assert response.status_code == 403
    stranger = await app.test_client().open(f"/admin{path}", method=method)
    assert stranger.status_code == (303 if method == "GET" else 401)
    assert states(database_url) == [("greet.1", "waiting", 0)]


async def test_administrators_find_it_from_their_settings(boss: Client, app: Quart, ada: Person):
    assert (await get(boss, "/settings")).links["background tasks"] == "/admin/tasks"
    assert (await boss.get("/admin")).headers["Location"] == "/admin/tasks"
    browser = await signed_in(app, ada)
    assert "background tasks" not in (await get(browser, "/settings")).links


class TestCommands:
    @pytest.fixture(autouse=True)
    def _elsewhere(self, tmp_path, monkeypatch):
        """No .env and no instance folder of the developer."""
        monkeypatch.chdir(tmp_path)

    @pytest.fixture
    def dead(self, database_url: str) -> str:
        sql.run(
            database_url,
            "INSERT INTO outbox (key, task, facts, request_id, state, tries, due_at, last_error, created_at) VALUES "
            "('greet.1', 'greet', '{}', '', 'dead', 30, '2026-01-01 00:00:00', 'no route', '2026-01-01 00:00:00')",
        )
        return database_url

    def test_a_dead_task_is_listed_retried_and_dropped(self, dead: str):
        assert tasks(dead, "list").stdout == "1\tdead\tgreet.1\t30 tries\t2026-01-01T00:00:00+00:00\tno route\n"
        assert tasks(dead, "retry", "1").stdout == "Task 1 is due now.\n"
        assert states(dead) == [("greet.1", "waiting", 0)]
        assert tasks(dead, "drop", "1").stdout == "Task 1 is dropped.\n"
        assert tasks(dead, "list").stdout == ""

    @pytest.mark.parametrize("command", ["retry", "drop"])
    def test_what_is_not_there_is_one_line(self, database_url: str, command: str):
        result = tasks(database_url, command, "7")
        assert (result.exit_code, result.stderr) == (1, "Error: There is no such task.\n")


def tasks(url: str, *arguments: str) -> Result:
    runner = CliRunner(env={"DATABASE_URL": url, "BLOGAPP_ENV": "testing"})
    return runner.invoke(main, ["tasks", *arguments])
