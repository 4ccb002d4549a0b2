"""What lives as long as the process is in Resources, where a test can have its own."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.architecture.sources import Module, called, modules, told

CHANGES = {"add", "append", "clear", "discard", "extend", "insert", "pop", "popitem", "remove", "setdefault", "update"}


def test_no_function_changes_what_a_module_holds() -> None:
    told(
        "Keep state in Resources (infra/resources.py), opened while the application serves.",
        [
            module.at(node)
            for module in modules()
            for function in module.functions
            for node in _changes(module, function)
        ],
    )


def test_only_the_asgi_module_holds_an_application() -> None:
    told(
        "Make it inside create_app or open_resources; blogapp.asgi is the only module that makes something at import.",
        [
            module.at(node)
            for module in modules()
            if module.path.name != "asgi.py"
            for statement in module.tree.body
            if isinstance(statement, ast.Assign | ast.AnnAssign)
            for node in ast.walk(statement)
            if called(node) in {"create_app", "Quart", "Database", "Settings", "load", "create_async_engine", "open"}
        ],
    )


def _changes(module: Module, function: ast.AST) -> Iterator[ast.AST]:
    held = {name.id for statement in module.tree.body for name in _assigned(statement)} - _locals(function)
    for node in ast.walk(function):
        changed = _changed(node)
        if isinstance(node, ast.Global) or (isinstance(changed, ast.Name) and changed.id in held):
            yield node


def _changed(node: ast.AST) -> ast.AST | None:
    """What a statement stores into, deletes from, or calls a changing method of."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
        return node.value
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and called(node) in CHANGES:
        return node.func.value
    return None


def _assigned(statement: ast.stmt) -> list[ast.Name]:
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    return [target for target in targets if isinstance(target, ast.Name)]


def _locals(function: ast.AST) -> set[str]:
    """Names that are the function's own, whatever the module calls by them."""
    stored = {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return stored | {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)}
