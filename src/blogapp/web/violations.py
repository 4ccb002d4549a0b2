"""What pydantic found wrong, said in our words: the same sentence beside the input and in the problem document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from blogapp.errors import Violation

Say = Callable[[Mapping[str, Any]], str]


QUOTE = "'"
FILL_IN = "Please fill this in."


def _least(context: Mapping[str, Any]) -> str:
    least = context["min_length"]
    if context.get("field_type") == "List":
        return "Give at least one." if least == 1 else f"Give at least {least:,}."
    return FILL_IN if least == 1 else f"Use at least {least:,} characters."


def _most(context: Mapping[str, Any]) -> str:
    most = context["max_length"]
    return f"Give at most {most:,}." if context.get("field_type") == "List" else f"Use at most {most:,} characters."


SENTENCES: dict[str, Say] = {
    "missing": lambda _: FILL_IN,
    "string_too_short": _least,
    "string_too_long": _most,
    "too_short": _least,
    "too_long": _most,
    "extra_forbidden": lambda _: "There is no such field.",
    "string_type": lambda _: "This must be a text.",
    "string_unicode": lambda _: "This holds characters that are not valid Unicode.",
    "list_type": lambda _: "This must be a list.",
    "literal_error": lambda context: f"This must be {context['expected'].replace(QUOTE, '')}.",
    "int_type": lambda _: "This must be a whole number.",
    "int_parsing": lambda _: "This must be a whole number.",
    "int_from_float": lambda _: "This must be a whole number.",
    "int_parsing_size": lambda _: "This number is too large.",
    "bool_type": lambda _: "This must be true or false.",
    "bool_parsing": lambda _: "This must be true or false.",
    "greater_than_equal": lambda context: f"This must be at least {context['ge']}.",
    "less_than_equal": lambda context: f"This must be at most {context['le']}.",
    "model_type": lambda _: "The body must be a JSON object.",
    "model_attributes_type": lambda _: "The body must be a JSON object.",
}


SAME = {"string_too_short": "too_short", "string_too_long": "too_long"}
"""One rule has one code, wherever pydantic checks it."""


def violations(error: ValidationError) -> list[Violation]:
    """One for each field and rule. Values are left out: they may be passwords."""
    return [
        Violation(_path(problem["loc"]), _sentence(problem), SAME.get(problem["type"], problem["type"]))
        for problem in error.errors(include_input=False, include_url=False)
    ]


def _path(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location)


def _sentence(problem: Mapping[str, Any]) -> str:
    say = SENTENCES.get(problem["type"])
    return say(problem.get("ctx", {})) if say else str(problem["msg"]).removeprefix("Value error, ")
