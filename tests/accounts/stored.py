"""What the database holds about accounts."""

from __future__ import annotations

from quart import Quart
from sqlalchemy import select

from blogapp.accounts.models import Session, User
from tests.people import Person, resources


async def names(app: Quart) -> list[str]:
    async with resources(app).db.transaction() as session:
        return list(await session.scalars(select(User.username).order_by(User.id)))


async def sessions(app: Quart) -> int:
    async with resources(app).db.transaction() as session:
        return len((await session.scalars(select(Session.id))).all())


async def account_of(app: Quart, person: Person) -> User | None:
    async with resources(app).db.transaction() as session:
        return await session.get(User, person.id)
