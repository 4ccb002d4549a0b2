"""Who is asking: a value handed from the doors to the services."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """`id` is None for anonymous visitors; exactly one of session and token is set otherwise."""

    id: int | None = None
    username: str = ""
    is_admin: bool = False
    session_id: str | None = None
    token_id: int | None = None

    @property
    def is_authenticated(self) -> bool:
        return self.id is not None


ANONYMOUS = Actor()
