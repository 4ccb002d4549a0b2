"""Every kind of problem the API answers with: its stable code, and what it means to a client's programmer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """`title` is HTTP's name of the status where it has but one kind; it never changes (RFC 9457, 3.1.3)."""

    status: int
    code: str
    title: str
    meaning: str

    @property
    def anchor(self) -> str:
        return f"problem-{self.code}"


KINDS = (
    Kind(
        400,
        "bad_request",
        "Bad Request",
        "The request itself is malformed: the body is not JSON, or the query is not UTF-8 or gives a name twice.",
    ),
    Kind(400, "unknown_host", "Unknown Host", "The Host header is missing, malformed or not one this blog answers to."),
    Kind(400, "body_incomplete", "Incomplete Body", "The connection ended before the whole body had arrived."),
    Kind(
        401,
        "unauthenticated",
        "Unauthorized",
        "Send a valid access token. The one you sent, if any, is unknown, expired or revoked; or e-mail and password "
        "don't belong together; or the account has been suspended.",
    ),
    Kind(
        403,
        "forbidden",
        "Forbidden",
        "We know who you are, but this is for the author, the account itself or an administrator. Changes asked for by "
        "a page of another site are refused like this as well.",
    ),
    Kind(404, "not_found", "Not Found", "There is nothing at this address, or the list has no such page."),
    Kind(
        405,
        "method_not_allowed",
        "Method Not Allowed",
        "This address does not take that method; the Allow header names those it takes.",
    ),
    Kind(
        406,
        "not_acceptable",
        "Not Acceptable",
        "There is no such form of this: live updates are an event stream or a WebSocket.",
    ),
    Kind(408, "body_timeout", "Request Timeout", "The body did not arrive in time. Send it again."),
    Kind(
        409,
        "conflict",
        "Conflict",
        "Somebody else has that username or e-mail address already, and `errors` names the field; or what you delete "
        "is still in use.",
    ),
    Kind(
        412,
        "stale",
        "Precondition Failed",
        "The resource is no longer the version named in If-Match. Read it again, then repeat the change.",
    ),
    Kind(413, "body_too_large", "Content Too Large", "The body has more bytes than this blog accepts."),
    Kind(414, "uri_too_long", "URI Too Long", "Path and query are longer than 8 KiB together."),
    Kind(
        415,
        "unsupported_media_type",
        "Unsupported Media Type",
        "Send the body as application/json and say so in Content-Type.",
    ),
    Kind(
        422,
        "invalid",
        "Unprocessable Content",
        "The request is well formed but breaks a rule. `errors` has an entry for each: the field, what to change, and "
        "a stable code of the rule such as missing, too_short, extra_forbidden or duplicate.",
    ),
    Kind(
        429,
        "too_many_requests",
        "Too Many Requests",
        "Wait for as many seconds as Retry-After says, then go on.",
    ),
    Kind(
        431,
        "headers_too_large",
        "Request Header Fields Too Large",
        "More than 100 header lines, or more than 16 KiB of them.",
    ),
    Kind(
        500,
        "internal_server_error",
        "Internal Server Error",
        "Something is broken on our side and has been noted. Quote the `request_id` when you report it.",
    ),
    Kind(
        503,
        "unavailable",
        "Service Unavailable",
        "A part the blog needs is away or busy. Try again after as many seconds as Retry-After says.",
    ),
    Kind(
        504,
        "gateway_timeout",
        "Gateway Timeout",
        "The proxy in front of the blog waited too long for its answer. A change may have been made all the same: look "
        "before you send it again.",
    ),
    Kind(507, "storage_full", "Insufficient Storage", "There is no room for this file. Nothing was changed."),
)

BY_CODE = {kind.code: kind for kind in KINDS}


def of_status(status: int) -> tuple[Kind, ...]:
    return tuple(kind for kind in KINDS if kind.status == status)
