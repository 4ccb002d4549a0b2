"""A pydantic schema as an HTML form: read, refused with a message beside each field, shown again filled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Generic, TypeVar, cast
from urllib.parse import parse_qsl

from markupsafe import Markup, escape
from pydantic import BaseModel, SecretStr, ValidationError
from quart import current_app, request

from blogapp import text
from blogapp.errors import BadRequest, BlogError, UnsupportedMediaType
from blogapp.web.uploads import received
from blogapp.web.violations import violations

Model = TypeVar("Model", bound=BaseModel)
Handler = TypeVar("Handler", bound=Callable[..., Any])

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
MOST_FIELDS = 1000
MARK = "_kept_fields"


class Form(Generic[Model]):
    """`data` is the schema's instance once the input was valid; secrets are never shown again."""

    def __init__(self, model: type[Model], values: dict[str, Any] | None = None) -> None:
        self.model = model
        self.values: defaultdict[str, str] = defaultdict(str)
        self.errors: defaultdict[str, list[str]] = defaultdict(list)
        self.error = ""
        self.data: Model | None = None
        for name, value in (values or {}).items():
            if name in model.model_fields and not _is_secret(model, name):
                self.values[name] = text.visible(str(value))

    def rules(self, name: str) -> dict[str, Any]:
        """What the schema asks of a field, as HTML attributes."""
        return _rules(self.model, name)

    def attributes(self, name: str, *, pasted: bool) -> Markup:
        """The rules as written in a tag, each after a space.

        What is `pasted` gets no `maxlength`: browsers cut it off, and nobody would notice.
        """
        return _attributes(self.model, name, "maxlength" if pasted else "")

    @property
    def wrong(self) -> list[tuple[str, list[str]]]:
        """Fields with their messages."""
        return [(name, messages) for name, messages in self.errors.items() if messages]

    def refuse(self, error: BlogError) -> None:
        """Put a service's refusal beside the fields it names, or above the form."""
        for violation in error.violations:
            self.errors[violation.field].append(violation.message)
        if not any(violation.field in self.model.model_fields for violation in error.violations):
            self.error = error.detail


async def read(model: type[Model]) -> Form[Model]:
    """The submitted form. Fields the schema doesn't know are ignored: buttons, old clients' CSRF tokens.

    An empty field is as good as none, but for those in `may_be_emptied` of the schema.
    """
    given = await _pairs()
    form = Form(model, given)
    emptied: frozenset[str] = getattr(model, "may_be_emptied", frozenset())
    known = {
        name: value for name, value in given.items() if name in model.model_fields and (value != "" or name in emptied)
    }
    try:
        form.data = model.model_validate(known)
    except ValidationError as error:
        for violation in violations(error):
            form.errors[violation.field].append(violation.message)
    return form


async def fields() -> dict[str, str]:
    """The submitted form as it is, for one whose fields no schema can name. Raises as `read` does."""
    return await _pairs()


def keeps(*names: str) -> Callable[[Handler], Handler]:
    """Mark a handler whose refusals, from wherever they come, give back what was typed into these fields."""

    def mark(handler: Handler) -> Handler:
        setattr(handler, MARK, names)
        return handler

    return mark


async def kept() -> dict[str, str]:
    """What the refused request holds of the fields that its handler keeps."""
    names = getattr(current_app.view_functions.get(request.endpoint or ""), MARK, ())
    try:
        given = await _pairs() if names else {}
    except BlogError:
        return {}
    return {name: text.visible(given[name]) for name in names if given.get(name)}


async def _pairs() -> dict[str, str]:
    """Name to value. Raises BadRequest for input no browser sends: not UTF-8, a name twice, too many fields."""
    if (upload := received()) is not None:
        pairs = list(upload.fields.items())
    elif request.mimetype == MULTIPART:
        pairs = list((await request.form).items(multi=True))
    elif request.mimetype in {URLENCODED, ""}:
        pairs = _parse(cast(bytes, await request.get_data(as_text=False)))
    else:
        raise UnsupportedMediaType(f"Send the form as {URLENCODED}.")
    given = dict(pairs)
    if len(given) != len(pairs):
        raise BadRequest("The form names a field twice.")
    return given


def _parse(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError:
        raise BadRequest("The form could not be read: it is not UTF-8, or has too many fields.") from None


def _is_secret(model: type[BaseModel], name: str) -> bool:
    return model.model_fields[name].annotation is SecretStr


@lru_cache
def _rules(model: type[BaseModel], name: str) -> dict[str, Any]:
    schema = model.model_json_schema()
    rules = schema["properties"].get(name, {})
    rules = next((rule for rule in rules.get("anyOf", []) if rule.get("type") != "null"), rules)
    attributes: dict[str, Any] = {"required": True} if name in schema.get("required", []) else {}
    names = {
        "minLength": "minlength",
        "maxLength": "maxlength",
        "minimum": "min",
        "maximum": "max",
        "pattern": "pattern",
    }
    return attributes | {html: rules[rule] for rule, html in names.items() if rule in rules}


@lru_cache
def _attributes(model: type[BaseModel], name: str, without: str) -> Markup:
    rules = {rule: value for rule, value in _rules(model, name).items() if rule != without}
    written = (f" {rule}" if value is True else f' {rule}="{escape(value)}"' for rule, value in rules.items())
    return Markup("".join(written))  # noqa: S704  # names are ours, values are escaped
