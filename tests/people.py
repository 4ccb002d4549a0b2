"""The cast: who acts in tests, and how they show who they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from quart import Quart
from quart.typing import TestClientProtocol

from blogapp.accounts import access
from blogapp.accounts.models import Confirmation
from blogapp.infra.resources import Resources
from blogapp.web.context import EXTENSION

Client = TestClientProtocol
"""Under a name that pytest does not take for a class of tests."""

PASSWORD = "correct horse battery staple"
"""Everybody's, so that it is hashed once."""


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    username: str
    email: str
    is_admin: bool = False
    password: str = PASSWORD

    @property
    def login(self) -> dict[str, str]:
        """What this person types into the login form."""
        return {"email": self.email, "password": self.password}


def resources(app: Quart) -> Resources:
    found: Resources = app.extensions[EXTENSION]
    return found


async def signed_in(app: Quart, person: Person, **asked: Any) -> Client:
    """A browser that has been through the login form; `asked` adds fields to it, like remember_me."""
    client = app.test_client()
    response = await client.post("/auth/login", form=person.login | asked)
    assert response.status_code == 303, await response.get_data(as_text=True)
    return client


async def token(app: Quart, person: Person, *, days: int | None = None) -> str:
    """A new access token's secret."""
    async with resources(app).db.transaction() as session:
        _, secret = await access.make_token(session, person.id, "tests", days)
    return secret


async def bearer(app: Quart, person: Person) -> dict[str, str]:
    """Headers of a program that acts for this person."""
    return {"Authorization": f"Bearer {await token(app, person)}"}


async def confirm(app: Quart, person: Person) -> None:
    """Their address is found to be theirs."""
    async with resources(app).db.transaction() as session:
        session.add(Confirmation(user_id=person.id, email=person.email))
