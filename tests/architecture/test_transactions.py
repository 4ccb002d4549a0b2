"""Who opens a transaction, who commits it, and what may be waited for inside."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.architecture.sources import Module, called, modules, told

COMMITTERS = {
    "infra/db.py": "the one place for the application",
    "infra/migration_lock.py": "a migration is one transaction of its own connection",
    "infra/migrations.py": "the same for a database in memory, which has one connection only",
}
READS_ELSEWHERE = {"portability/flask.py": "one act of an operator reads another database while it writes this one"}
BELOW_THE_DOORS = {"service", "access", "links", "queries", "models", "schemas", "events"}


def test_only_the_database_module_commits() -> None:
    told(
        "Open `async with db.transaction() as session` in the handler, task or command; it commits at its end.",
        [
            module.at(node)
            for module in modules()
            if not any(module.path.match(path) for path in COMMITTERS)
            for node in ast.walk(module.tree)
            if called(node) in {"commit", "begin", "begin_nested", "async_sessionmaker"}
        ],
    )


def test_services_and_queries_open_nothing() -> None:
    told(
        "Take the session (or the connection, for reads) as the first argument: whoever calls decides what is one act.",
        [
            module.at(node)
            for module in modules()
            if module.layer in BELOW_THE_DOORS
            for node in ast.walk(module.tree)
            if called(node) in {"transaction", "read", "connect"}
        ],
    )


def test_only_the_database_is_waited_for_inside_a_transaction() -> None:
    """Every `await` in the block has to do with the block's session, or the lock is held for something else."""
    told(
        "Move this await before or after the transaction: it holds a connection, and on SQLite the writers' queue.",
        [
            module.at(waiting)
            for module in modules()
            if not any(module.path.match(path) for path in READS_ELSEWHERE)
            for block, session in _transactions(module)
            for statement in block.body
            for waiting in ast.walk(statement)
            if isinstance(waiting, ast.Await) and session not in _names(waiting)
        ],
    )


def test_relationships_never_load_by_themselves() -> None:
    told(
        'Give the relationship lazy="raise": a query says what it loads.',
        [
            module.at(node)
            for module in modules()
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Call)
            and called(node) == "relationship"
            and not any(word.arg == "lazy" and ast.unparse(word.value) == "'raise'" for word in node.keywords)
        ],
    )


def _transactions(module: Module) -> Iterator[tuple[ast.AsyncWith, str]]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.AsyncWith):
            for item in node.items:
                if called(item.context_expr) == "transaction" and isinstance(item.optional_vars, ast.Name):
                    yield node, item.optional_vars.id


def _names(node: ast.AST) -> set[str]:
    return {found.id for found in ast.walk(node) if isinstance(found, ast.Name)}
