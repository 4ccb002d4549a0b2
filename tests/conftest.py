"""What tests ask for: a fresh database on each engine, the application on it, and the cast."""

from __future__ import annotations

import gc
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from quart import Quart

from blogapp.infra import migrations
from tests import compiled_rules, plans
from tests.accounts import make
from tests.mail_server import MailServer, mail_server
from tests.people import Client, Person
from tests.postgres import Postgres, server
from tests.redis_server import RedisServer
from tests.serving import serving

ENGINES = ("sqlite", "postgresql")
TEMPLATE = "migrated"

gc.set_threshold(20_000)
plans.watch()
compiled_rules.share()


def pytest_collection_finish() -> None:
    """What was imported stays. Looking through it again and again held the event loop up for half a second at a time, in
    which a Redis that answers at once is taken for one that is gone.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def postgres(testrun_uid: str) -> Iterator[Postgres]:
    with server(testrun_uid) as postgres:
        yield postgres


@pytest.fixture(scope="session")
def _redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    redis = RedisServer(tmp_path_factory.mktemp("redis"))
    redis.start()
    yield redis
    redis.stop()


@pytest.fixture
def redis(_redis_server: RedisServer) -> RedisServer:
    """Up and empty. A test that kills it starts it again."""
    _redis_server.empty()
    return _redis_server


@pytest.fixture
def smtp() -> Iterator[MailServer]:
    """Up and empty."""
    with mail_server() as server:
        yield server


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "migrated.db"
    migrations.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_template(postgres: Postgres) -> str:
    """Renamed when it is complete, so that no other process clones half of it."""
    with postgres.alone():
        if not postgres.has(TEMPLATE):
            migrations.upgrade(postgres.create("unfinished"))
            plans.fill(postgres.create(plans.PLENTY, "unfinished"))
            postgres.rename("unfinished", TEMPLATE)
    return TEMPLATE


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    """Every test that asks for a database runs on both."""
    return str(request.param)


@pytest.fixture
def empty_database_url(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any table."""
    if engine_name == "sqlite":
        yield f"sqlite:///{tmp_path}/empty.db"
    else:
        with request.getfixturevalue("postgres").database() as url:
            yield url


@pytest.fixture
def database_url(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database at the newest revision, without any row."""
    if engine_name == "sqlite":
        shutil.copyfile(request.getfixturevalue("migrated_file"), tmp_path / "blog.db")
        yield f"sqlite:///{tmp_path}/blog.db"
    else:
        template = request.getfixturevalue("migrated_template")
        postgres = request.getfixturevalue("postgres")
        with postgres.database(template) as url:
            yield url
        plans.check(postgres)


@pytest.fixture
def settings() -> dict[str, Any]:
    """Settings of `app` that differ from the usual; parametrize it or define it anew in a module."""
    return {}


@pytest.fixture
async def app(database_url: str, settings: dict[str, Any]) -> AsyncIterator[Quart]:
    """The application, started; rate limits are off."""
    async with serving(database_url, **settings) as app:
        yield app


@pytest.fixture
def client(app: Quart) -> Client:
    """A visitor nobody knows. It keeps cookies as a browser does."""
    return app.test_client()


@pytest.fixture
async def ada(app: Quart) -> Person:
    """An author."""
    return await make.user(app, "ada")


@pytest.fixture
async def grace(app: Quart) -> Person:
    """Another author."""
    return await make.user(app, "grace")


@pytest.fixture
async def root(app: Quart) -> Person:
    """The administrator."""
    return await make.user(app, "root", is_admin=True)
