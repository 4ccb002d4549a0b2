"""What stands in the way of taking over a Flask database: everything at once, a line for each row with its remedy."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, text

from blogapp.infra.progress import Progress
from blogapp.portability import flask_rows
from blogapp.portability.flask_rows import Problem, Row

LENGTHS = {"username": 80, "email": 120, "password_hash": 255, "title": 200}
"""Characters; PostgreSQL holds to them, SQLite does not."""

LARGEST_ID = 2**31 - 1
"""PostgreSQL's integer."""

NAMES = ("username", "email")
SHOWN = 60
"""Characters of a value in a message."""


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
    spelt = "" if value == holder.value else f", {_shown(holder.value)}"
    return Conflict(
        f"users {id_}",
        f"{name} {_shown(value)} {difference} {holder.place}{spelt}",
        f"give it another: UPDATE users SET {name} = {_literal(_free(id_, name, value, held))} WHERE id = {id_};",
    )


def _free(id_: int, name: str, value: str, held: Mapping[str, _Holder]) -> str:
    """The value with the row's id in it, like anna-7 or anna+7@example.org, that nobody has."""
    length = LENGTHS[name]
    printable = "".join(character for character in value if character.isprintable())
    local, at, domain = printable.rpartition("@") if name == "email" else (printable, "", "")
    for turn in range(1, len(held) + 2):
        mark = ("+" if at else "-") + (str(id_) if turn == 1 else f"{id_}-{turn}")
        candidate = local[: max(1, length - len(mark + at + domain))] + mark + at + domain
        if candidate.lower() not in held and candidate not in held:
            break
    return candidate


def _orphans(rows: Sequence[Row], known: set[int]) -> Iterator[Conflict]:
    for row in rows:
        author = row.values.get("user_id")
        if author is not None and author not in known:
            yield Conflict(f"posts {row.id}", f"its author, user_id {author}, does not exist", _adoption(row.id))


def _adoption(post_id: int) -> str:
    return (
        f"give it to another author (DELETE FROM posts WHERE id = {post_id}; to drop it): "
        f"UPDATE posts SET user_id = (SELECT min(id) FROM users) WHERE id = {post_id};"
    )


def _broken_cells(table: str, rows: Sequence[Row], *, strict: bool) -> Iterator[Conflict]:
    for row in rows:
        if strict and not -LARGEST_ID <= row.id <= LARGEST_ID:
            yield Conflict(
                f"{table} {row.id}", "the id is larger than PostgreSQL's integer", _renumbering(table, row.id)
            )
        for problem in [*row.problems, *(_postgresql_problems(row) if strict else ())]:
            seen = "" if problem.raw is None else f" {_shown(problem.raw)}"
            yield Conflict(
                f"{table} {row.id}", f"{problem.column}{seen} {problem.text}", _remedy(table, row.id, problem)
            )


def _postgresql_problems(row: Row) -> Iterator[Problem]:
    for column, value in row.values.items():
        if isinstance(value, str) and "\0" in value:
            yield Problem(column, "holds a NUL character", value)
        elif column in LENGTHS and len(value) > LENGTHS[column]:
            yield Problem(column, f"is longer than {LENGTHS[column]} characters", value)


def _remedy(table: str, id_: int, problem: Problem) -> str:
    column, raw = problem.column, problem.raw
    if column == "user_id":
        return _adoption(id_)
    words, value = "set it", "NULL"
    if isinstance(raw, bytes):
        words, value = "read it as Latin-1", _hex_literal(raw.decode("latin-1"))
    elif isinstance(raw, str) and "\0" in raw:
        words, value = "take it out", _hex_literal(raw.replace("\0", ""))
    elif column in LENGTHS and raw is not None and column != "password_hash":
        words, value = "cut it", f"substr({column}, 1, {LENGTHS[column]})"
    elif column in _STAND_INS:
        value = _literal(_STAND_INS[column].format(id_))
    return f"{words}: UPDATE {table} SET {column} = {value} WHERE id = {id_};"


_STAND_INS = {
    "username": "user-{}",
    "email": "user-{}@example.invalid",
    "password_hash": "!",
    "title": "Untitled {}",
    "content": "",
}


def _renumbering(table: str, id_: int) -> str:
    free = f"(SELECT max(id) + 1 FROM {table} WHERE id < {LARGEST_ID})"
    follow = f"UPDATE posts SET user_id = {free} WHERE user_id = {id_}; " if table == "users" else ""
    return f"give it a free one: {follow}UPDATE {table} SET id = {free} WHERE id = {id_};"


def _shown(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= SHOWN else f"{shown[:SHOWN]}…"


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _hex_literal(value: str) -> str:
    """SQLite only, where alone such values are found."""
    return f"CAST(X'{value.encode().hex()}' AS TEXT)"
