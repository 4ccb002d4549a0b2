"""Accounts that are simply there."""

from __future__ import annotations

from functools import lru_cache

from quart import Quart

from blogapp.accounts.models import User
from blogapp.accounts.passwords import make_hash
from blogapp.settings import Settings
from tests.people import PASSWORD, Person, resources


async def user(app: Quart, username: str, *, email: str | None = None, is_admin: bool = False) -> Person:
    """Somebody with everybody's password; the e-mail address is made of the name."""
    settings = resources(app).settings
    address = email or f"{username}@example.org"
    async with resources(app).db.transaction() as session:
        made = User(username=username, email=address, password_hash=_hash(settings), is_admin=is_admin)
        session.add(made)
    return Person(made.id, username, address, is_admin)


def _hash(settings: Settings) -> str:
    return _hashed_once(settings.hash_memory)


@lru_cache
def _hashed_once(memory: int) -> str:
    return make_hash(Settings(blogapp_env="testing", hash_memory=memory), PASSWORD)
