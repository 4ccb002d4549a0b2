"""What to do about a row that stands in the way: words, a colon and a statement to run as it stands."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from blogapp.portability.flask_rows import Problem

LENGTHS = {"username": 80, "email": 120, "password_hash": 255, "title": 200}
"""Characters; PostgreSQL holds to them, SQLite does not."""

LARGEST_ID = 2**31 - 1
"""PostgreSQL's integer."""

SHOWN = 60
"""Characters of a value in a message."""


def free_name(id_: int, name: str, value: str, held: Collection[str]) -> str:
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


def another_author(post_id: int) -> str:
    return (
        f"give it to another author (DELETE FROM posts WHERE id = {post_id}; to drop it): "
        f"UPDATE posts SET user_id = (SELECT min(id) FROM users) WHERE id = {post_id};"
    )


def for_cell(table: str, id_: int, problem: Problem) -> str:
    column, raw = problem.column, problem.raw
    if column == "user_id":
        return another_author(id_)
    words, value = "set it", "NULL"
    if isinstance(raw, bytes):
        words, value = "read it as Latin-1", _hex_literal(raw.decode("latin-1"))
    elif isinstance(raw, str) and "\0" in raw:
        words, value = "take it out", _hex_literal(raw.replace("\0", ""))
    elif column in LENGTHS and raw is not None and column != "password_hash":
        words, value = "cut it", f"substr({column}, 1, {LENGTHS[column]})"
    elif column in _STAND_INS:
        value = literal(_STAND_INS[column].format(id_))
    return f"{words}: UPDATE {table} SET {column} = {value} WHERE id = {id_};"


_STAND_INS = {
    "username": "user-{}",
    "email": "user-{}@example.invalid",
    "password_hash": "!",
    "title": "Untitled {}",
    "content": "",
}


def another_id(table: str, id_: int) -> str:
    free = f"(SELECT max(id) + 1 FROM {table} WHERE id < {LARGEST_ID})"
    follow = f"UPDATE posts SET user_id = {free} WHERE user_id = {id_}; " if table == "users" else ""
    return f"give it a free one: {follow}UPDATE {table} SET id = {free} WHERE id = {id_};"


def shown(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= SHOWN else f"{shown[:SHOWN]}…"


def literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _hex_literal(value: str) -> str:
    """SQLite only, where alone such values are found."""
    return f"CAST(X'{value.encode().hex()}' AS TEXT)"
