"""Code in texts, its parts marked by classes that a style sheet gives colours to."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

MOST_COLOURED = 20_000
"""Characters of code in one text; the rest is shown plain."""


def given(content: str, language: str, notes: MutableMapping[str, Any]) -> str | None:
    """As HTML; None where it stays plain. `notes` are those of one text, in which all its code is counted."""
    notes["coloured"] = total = notes.get("coloured", 0) + len(content)
    if total > MOST_COLOURED:
        return None
    try:
        lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None
    return str(highlight(content, lexer, HtmlFormatter(nowrap=True, classprefix="code-")))
