"""Databases for what concerns PostgreSQL alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.postgres import Postgres


@pytest.fixture
def empty_postgresql_url(postgres: Postgres) -> Iterator[str]:
    with postgres.database() as url:
        yield url


@pytest.fixture
def postgresql_url(postgres: Postgres, migrated_template: str) -> Iterator[str]:
    with postgres.database(migrated_template) as url:
        yield url
