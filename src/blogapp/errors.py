"""What can be refused: each error carries the HTTP status both doors answer with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule: `field` as the form and JSON name it, `rule` as a short stable code."""

    field: str
    message: str
    rule: str


class BlogError(Exception):
    """A refusal a person can act on; `detail` is shown to them as it stands."""

    status = 400
    code = "bad_request"

    def __init__(self, detail: str, *violations: Violation, retry_after: int | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.violations = violations
        self.retry_after = retry_after
        """Seconds after which the same request may succeed."""
        self.members: dict[str, Any] = {}
        """What else its problem document tells (RFC 9457, 3.2)."""


class BadRequest(BlogError):
    """The request itself is malformed."""


class Unauthenticated(BlogError):
    status = 401
    code = "unauthenticated"


class Forbidden(BlogError):
    status = 403
    code = "forbidden"


class NotFound(BlogError):
    status = 404
    code = "not_found"


class NotAcceptable(BlogError):
    """There is no such form of it."""

    status = 406
    code = "not_acceptable"


class Conflict(BlogError):
    status = 409
    code = "conflict"


class Stale(BlogError):
    """The row changed since the asker read it (RFC 9110, 13.1.1)."""

    status = 412
    code = "stale"


class UnsupportedMediaType(BlogError):
    status = 415
    code = "unsupported_media_type"


class Invalid(BlogError):
    """Well-formed, but against a rule; `violations` name the fields."""

    status = 422
    code = "invalid"


class TooManyRequests(BlogError):
    status = 429
    code = "too_many_requests"


class Unavailable(BlogError):
    """A part we need is away or full; trying again later is right."""

    status = 503
    code = "unavailable"


class StorageFull(BlogError):
    """No room for what was sent (RFC 4918, 11.5)."""

    status = 507
    code = "storage_full"


class Refused(Exception):
    """A command's refusal: one line on the terminal, exit code 1."""


def taken(field: str, message: str) -> Conflict:
    """Somebody has that name already; decided by the database's unique index."""
    return Conflict(message, Violation(field, message, "taken"))
