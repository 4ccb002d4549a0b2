"""docs/settings.md has every setting as the program describes it."""

from __future__ import annotations

import re
from typing import Any

from pydantic import SecretStr

from blogapp.settings import Settings
from tests.architecture.sources import ROOT

PAGE = ROOT / "docs" / "settings.md"


def test_the_table_of_settings_is_the_program_s_own() -> None:
    written = [line for line in PAGE.read_text().splitlines() if line.startswith("| `")]
    expected = [_row(name, field) for name, field in Settings.model_fields.items()]
    assert written == expected, "Make these the rows of docs/settings.md:\n" + "\n".join(expected)


def test_the_settings_of_the_readme_exist_and_have_these_defaults() -> None:
    """The README shows the most asked for, in the same words."""
    known = {_row(name, field) for name, field in Settings.model_fields.items()}
    rows = [line for line in (ROOT / "README.md").read_text().splitlines() if re.match(r"\| `[A-Z_]+` \|", line)]
    assert rows
    unknown = [row for row in rows if row not in known]
    assert not unknown, "Copy these rows from docs/settings.md:\n" + "\n".join(unknown)


def _row(name: str, field: Any) -> str:
    return f"| `{name.upper()}` | {_default(field.default)} | {field.description} |"


def _default(value: Any) -> str:
    plain = value.get_secret_value() if isinstance(value, SecretStr) else value
    if isinstance(plain, bool):
        return "`on`" if plain else "`off`"
    if isinstance(plain, tuple):
        plain = ", ".join(map(str, plain))
    return "" if plain in {None, ""} else f"`{plain}`"
