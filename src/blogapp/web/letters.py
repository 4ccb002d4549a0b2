"""Letters from templates: `mail/NAME.txt`, whose first line is the subject, and `mail/NAME.html`."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from blogapp.infra.mail import Letter
from blogapp.web.rendering import TEMPLATES


def compose(name: str, *, to: str, key: str, **facts: Any) -> Letter:
    """A fact `unsubscribe` is told to mail programs as well."""
    subject, _, text = _templates().get_template(f"mail/{name}.txt").render(facts).partition("\n")
    html = _templates().get_template(f"mail/{name}.html").render(facts)
    return Letter(to, subject.strip(), text.strip() + "\n", html, key, str(facts.get("unsubscribe", "")))


@lru_cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
