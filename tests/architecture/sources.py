"""The program's own text, parsed once, for tests about how it is written."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "blogapp"
TEMPLATES = PACKAGE / "templates"

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Module:
    path: Path
    text: str
    tree: ast.Module

    def __str__(self) -> str:
        return str(self.path.relative_to(ROOT))

    def at(self, node: ast.AST) -> str:
        """Where to look, as editors take it."""
        return f"{self}:{getattr(node, 'lineno', 1)}"

    @property
    def layer(self) -> str:
        """The file's name inside its package: service, queries, pages."""
        return self.path.stem

    @property
    def functions(self) -> Iterator[Function]:
        return (node for node in ast.walk(self.tree) if isinstance(node, Function))


@cache
def modules() -> tuple[Module, ...]:
    return tuple(_parsed(path) for path in sorted(PACKAGE.rglob("*.py")))


@cache
def suite() -> tuple[Module, ...]:
    return tuple(_parsed(path) for path in sorted((ROOT / "tests").rglob("*.py")))


def imported(module: Module) -> Iterator[tuple[ast.AST, str]]:
    """Every import statement with the full name of what it names."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)


def called(node: ast.AST) -> str:
    """The last name of what a call calls: `commit` of `session.commit()`."""
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def told(rule: str, places: list[str]) -> None:
    """Fails with the remedy first and every place below it."""
    assert not places, f"{rule}\n" + "\n".join(f"  {place}" for place in places)


def _parsed(path: Path) -> Module:
    text = path.read_text()
    return Module(path, text, ast.parse(text))
