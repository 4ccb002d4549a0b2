"""How large things may grow."""

from __future__ import annotations

from collections.abc import Mapping

from tests.architecture.sources import ROOT, TEMPLATES, modules, told

FILE = 350
FILE_P95 = 200
FUNCTION = 50
FUNCTION_P95 = 25
TEMPLATE_P95 = 60
"""Lines, all of them."""


def test_no_file_is_too_long() -> None:
    lengths = {str(module): len(module.text.splitlines()) for module in modules()}
    told(
        f"Split it by what it is about: a file has at most {FILE} lines.",
        [f"{name}: {length}" for name, length in lengths.items() if length > FILE],
    )
    _hold(FILE_P95, lengths, "Split a file: of 20 one may be longer than")


def test_no_function_is_too_long() -> None:
    lengths = {
        f"{module.at(function)} {function.name}": (function.end_lineno or 0) - function.lineno + 1
        for module in modules()
        for function in module.functions
    }
    told(
        f"Give its steps names and helpers below it: a function has at most {FUNCTION} lines.",
        [f"{name}: {length}" for name, length in lengths.items() if length > FUNCTION],
    )
    _hold(FUNCTION_P95, lengths, "Give steps names: of 20 functions one may be longer than")


def test_templates_stay_short() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in TEMPLATES.rglob("*.html")}
    _hold(TEMPLATE_P95, lengths, "Move parts into _partials.html or macros: of 20 templates one may be longer than")


def _hold(limit: int, lengths: Mapping[str, int], rule: str) -> None:
    """The 95th percentile of the lengths is at most `limit`."""
    ordered = sorted(lengths.items(), key=lambda one: one[1])
    beyond = ordered[int(len(ordered) * 0.95) :]
    told(f"{rule} {limit} lines.", [f"{name}: {length}" for name, length in beyond if beyond[0][1] > limit])
