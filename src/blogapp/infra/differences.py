"""How a database differs from the models."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, Connection, Index, MetaData, text


@dataclass(slots=True)
class Differences:
    wanting: list[str] = field(default_factory=list)
    """What the program needs and the database has not, or has otherwise."""

    strange: list[str] = field(default_factory=list)
    """What the database has besides, like tables of another program: no harm."""

    def add(self, connection: Connection, context: MigrationContext) -> None:
        metadata: MetaData = context.opts["target_metadata"]
        with warnings.catch_warnings():
            # SQLite's indexes on expressions can't be reflected; they are compared below.
            warnings.filterwarnings("ignore", message=".*expression-based index")
            found = compare_metadata(context, metadata)
        for difference in found:
            for change in difference if isinstance(difference, list) else [difference]:
                kind, line = _worded(change)
                (self.strange if kind.startswith("remove_") else self.wanting).append(line)
        if connection.dialect.name == "sqlite":
            self.wanting += _wanting_in_sqlite(connection, metadata)


def _worded(change: tuple[Any, ...]) -> tuple[str, str]:
    """Alembic's "add" is what the database lacks, its "remove" what the models lack."""
    kind = str(change[0])
    action, _, thing = kind.partition("_")
    if action == "modify":
        _, _, table, column, _, present, wanted = change
        return kind, f"{table}.{column}: {thing} is {present}, should be {wanted}"
    if thing == "column":
        return kind, f"column {change[2]}.{change[3].name}"
    subject = change[1]
    if thing == "table":
        return kind, f"table {subject.name}"
    return kind, f"{thing} {subject.name} of {subject.table.name}"


def _wanting_in_sqlite(connection: Connection, metadata: MetaData) -> Iterator[str]:
    """What reflection does not see: indexes on expressions, and ids that are never given twice."""
    rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
    present = {row.name: row.sql.upper() for row in rows}
    for table in metadata.sorted_tables:
        if table.name not in present:
            continue
        if table.dialect_options["sqlite"]["autoincrement"] and "AUTOINCREMENT" not in present[table.name]:
            yield f"{table.name}.id: AUTOINCREMENT"
        for index in table.indexes:
            if has_expression(index) and str(index.name) not in present:
                yield f"index {index.name} of {table.name}"


def has_expression(index: Index) -> bool:
    return any(not isinstance(part, Column) for part in index.expressions)
