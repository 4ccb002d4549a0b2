"""What stands in the way of taking over a Flask database: everything at once, a line for each row with its remedy."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, text

from blogapp.infra.progress import Progress
from blogapp.portability import flask_rows, remedies
from blogapp.portability.flask_rows import Problem, Row

NAMES = ("username", "email")


@dataclass(frozen=True, slots=True)
class Conflict:
    place: str
    problem: str
    remedy: str
    """In words, a colon and a statement to run as it stands."""

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}; {self.remedy}"


@dataclass(slots=True)
class Survey:
    conflicts: list[Conflict] = field(default_factory=list)
    user_ids: list[int] = field(default_factory=list)
    post_count: int = 0


@dataclass(slots=True)
class _Holder:
    """Who has a name already, in the spelling it was given."""

    place: str
    value: str


def survey(source: Connection, target: Connection, progress: Progress) -> Survey:
    """`source` is the Flask database, `target` where its rows will live: the same when it is adopted."""
    found = Survey()
    strict = target.dialect.name == "postgresql"
    holders = _holders(target) if target is not source else {name: {} for name in NAMES}
    with progress.count("checking users", flask_rows.count(source, "users")) as advance:
        for rows in flask_rows.batches(source, "users"):
            found.user_ids += [row.id for row in rows]
            found.conflicts += _broken_cells("users", rows, strict=strict)
            found.conflicts += _collisions(rows, target, holders)
            advance(len(rows))
    known = set(found.user_ids)
    with progress.count("checking posts", flask_rows.count(source, "posts")) as advance:
        for rows in flask_rows.batches(source, "posts"):
            found.post_count += len(rows)
            found.conflicts += _broken_cells("posts", rows, strict=strict)
            found.conflicts += _orphans(rows, known)
            advance(len(rows))
    return found


def lowered(connection: Connection, values: Sequence[str]) -> list[str]:
    """What the unique indexes compare: the database's own lower(), which in SQLite knows ASCII only."""
    if connection.dialect.name == "sqlite":
        query = text("SELECT lower(value) FROM json_each(:values) ORDER BY key")
        return list(connection.scalars(query, {"values": json.dumps(values)}))
    query = text("SELECT lower(value) FROM unnest(CAST(:values AS text[])) WITH ORDINALITY AS t (value, n) ORDER BY n")
    return list(connection.scalars(query, {"values": list(values)}))


def _holders(target: Connection) -> dict[str, dict[str, _Holder]]:
    held: dict[str, dict[str, _Holder]] = {name: {} for name in NAMES}
    for name in NAMES:
        for id_, value, low in target.execute(text(f"SELECT id, {name}, lower({name}) FROM users")):
            held[name][low] = _Holder(f"account {id_} of this blog", value)
    return held


def _collisions(
    rows: Sequence[Row], target: Connection, holders: Mapping[str, dict[str, _Holder]]
) -> Iterator[Conflict]:
    """The lowest id keeps a name that differs only in case."""
    for name in NAMES:
        named = [row for row in rows if "\0" not in row.values.get(name, "\0")]
        lows = lowered(target, [row.values[name] for row in named])
        for row, low in zip(named, lows, strict=True):
            value = row.values[name]
            holder = holders[name].setdefault(low, _Holder(f"users {row.id}", value))
            if holder.place != f"users {row.id}":
                yield _collision(row.id, name, value, holder, holders[name])


def _collision(id_: int, name: str, value: str, holder: _Holder, held: Mapping[str, _Holder]) -> Conflict:
    difference = "is also that of" if value == holder.value else "differs only in case from that of"
    spelt = "" if value == holder.value else f", {remedies.shown(holder.value)}"
    return Conflict(
        f"users {id_}",
        f"{name} {remedies.shown(value)} {difference} {holder.place}{spelt}",
        f"give it another: UPDATE users SET {name} = {remedies.literal(remedies.free_name(id_, name, value, held))} WHERE id = {id_};",
    )


def _orphans(rows: Sequence[Row], known: set[int]) -> Iterator[Conflict]:
    for row in rows:
        author = row.values.get("user_id")
        if author is not None and author not in known:
            yield Conflict(
                f"posts {row.id}", f"its author, user_id {author}, does not exist", remedies.another_author(row.id)
            )


def _broken_cells(table: str, rows: Sequence[Row], *, strict: bool) -> Iterator[Conflict]:
    for row in rows:
        if strict and not -remedies.LARGEST_ID <= row.id <= remedies.LARGEST_ID:
            yield Conflict(
                f"{table} {row.id}", "the id is larger than PostgreSQL's integer", remedies.another_id(table, row.id)
            )
        for problem in [*row.problems, *(_postgresql_problems(row) if strict else ())]:
            seen = "" if problem.raw is None else f" {remedies.shown(problem.raw)}"
            yield Conflict(
                f"{table} {row.id}", f"{problem.column}{seen} {problem.text}", remedies.for_cell(table, row.id, problem)
            )


def _postgresql_problems(row: Row) -> Iterator[Problem]:
    for column, value in row.values.items():
        if isinstance(value, str) and "\0" in value:
            yield Problem(column, "holds a NUL character", value)
        elif column in remedies.LENGTHS and len(value) > remedies.LENGTHS[column]:
            yield Problem(column, f"is longer than {remedies.LENGTHS[column]} characters", value)
