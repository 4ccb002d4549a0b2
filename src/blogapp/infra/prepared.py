"""Statements as their driver takes them.

To make, send and read a statement takes SQLAlchemy three times what the driver takes for it. A read that is made again
and again is compiled by SQLAlchemy once; from then on the driver is handed its text and values, and what comes back passes
through SQLAlchemy's types.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Connection, CursorResult, Dialect, Executable, Select

Change = Callable[[Any], Any]


class _Value(NamedTuple):
    """What a statement is sent with: given under its name, or else its own."""

    name: str
    own: Any
    is_required: bool
    change: Change | None

    def sent(self, given: Mapping[str, object]) -> object:
        """Raises KeyError when none of the two is there."""
        value = given[self.name] if self.is_required else given.get(self.name, self.own)
        return value if self.change is None else self.change(value)


class Prepared:
    """A statement for one kind of database; `prepare` makes it."""

    def __init__(
        self,
        text: str,
        values: Sequence[_Value],
        names: Iterable[str],
        changes: Iterable[Change | None],
        *,
        is_sqlite: bool,
    ) -> None:
        """`names` and `changes` are of its columns: how what the driver gives becomes what its type promises, if not yet."""
        self._text = text
        self._values = values
        self._row = row_of(tuple(names))
        self._changes = [(place, change) for place, change in enumerate(changes) if change is not None]
        self._ask = _ask_sqlite if is_sqlite else _ask_postgresql

    async def rows(self, connection: Connection, given: Mapping[str, object]) -> Sequence[Any]:
        """Named tuples. Tells those who listen to what the connection executes, as it does. Raises what the driver raises."""
        driver = connection.connection.driver_connection
        values = [value.sent(given) for value in self._values]
        told = connection.dispatch
        if not told.before_cursor_execute:
            return self._made(await self._ask(driver, self._text, values))
        context = SimpleNamespace()
        execution = (connection, None, self._text, values, context, False)
        for tell in told.before_cursor_execute:
            tell(*execution)
        try:
            rows = await self._ask(driver, self._text, values)
        except BaseException as error:
            failed = SimpleNamespace(execution_context=context, statement=self._text, original_exception=error)
            for tell in connection.dialect.dispatch.handle_error:
                tell(failed)
            raise
        for tell in told.after_cursor_execute:
            tell(*execution)
        return self._made(rows)

    def _made(self, rows: Sequence[Sequence[Any]]) -> Sequence[Any]:
        if not self._changes:
            return [self._row(row) for row in rows]
        made = []
        for row in rows:
            values = list(row)
            for place, change in self._changes:
                values[place] = change(values[place])
            made.append(self._row(values))
        return made


class Heading(NamedTuple):
    """What a column is called, and the driver's code of its type (PEP 249, `description`), if it has codes."""

    name: str
    code: Any


def headings(result: CursorResult[Any]) -> tuple[Heading, ...]:
    return tuple(map(Heading, result.keys(), (described[1] for described in result.cursor.description)))


def prepare(statement: Executable, headings: Sequence[Heading], dialect: Dialect) -> Prepared | None:
    """None for what only SQLAlchemy can send: no SELECT, or one whose text depends on its values. `headings` are those of
    what it gave before.
    """
    if not isinstance(statement, Select):
        return None
    columns = list(statement.selected_columns)
    compiled: Any = statement.compile(dialect=dialect)
    if len(columns) != len(headings) or compiled.post_compile_params or compiled.literal_execute_params:
        return None
    changes = [
        column.type.dialect_impl(dialect).result_processor(dialect, heading.code)
        for column, heading in zip(columns, headings, strict=True)
    ]
    names = [heading.name for heading in headings]
    values = [_value(name, compiled.binds[name], dialect) for name in compiled.positiontup or ()]
    return Prepared(str(compiled), values, names, changes, is_sqlite=dialect.name == "sqlite")


@lru_cache(1000)
def row_of(names: tuple[str, ...]) -> Callable[[Iterable[Any]], Any]:
    """Makes a named tuple of a row's values: to ask a row of SQLAlchemy for a column by its name takes ten times as long."""
    kind: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]  # noqa: PYI024  # its names are known when it is made
    make: Callable[[Iterable[Any]], Any] = kind._make
    return make


def _value(name: str, bound: BindParameter[Any], dialect: Dialect) -> _Value:
    return _Value(name, bound.value, bound.required, bound.type.dialect_impl(dialect).bind_processor(dialect))


def _ask_postgresql(driver: Any, text: str, values: Sequence[object]) -> Awaitable[Sequence[Sequence[Any]]]:
    rows: Awaitable[Sequence[Sequence[Any]]] = driver.fetch(text, *values)
    return rows


def _ask_sqlite(driver: Any, text: str, values: Sequence[object]) -> Awaitable[Sequence[Sequence[Any]]]:
    rows: Awaitable[Sequence[Sequence[Any]]] = driver.execute_fetchall(text, values)
    return rows
