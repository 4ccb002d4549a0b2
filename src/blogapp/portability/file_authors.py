"""Whose post a file is to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pydantic import BaseModel, SecretStr, ValidationError
from slugify import slugify

from blogapp.accounts import service
from blogapp.accounts.fields import Email, Username
from blogapp.accounts.schemas import NewUser
from blogapp.errors import Refused
from blogapp.infra.resources import Resources
from blogapp.portability import queries
from blogapp.portability.bylines import Author
from blogapp.portability.front_values import Unreadable
from blogapp.web.violations import violations

NOBODY_KNOWS = "imported.invalid"
"""Where no letter arrives (RFC 2606): an account made of a name alone needs another address before it can be reset."""

NO_PASSWORD = "!"  # noqa: S105  # the hash of none
LONGEST_USERNAME = 20


class _Asked(BaseModel):
    username: Username
    email: Email | None


@dataclass(slots=True)
class Authors:
    """`otherwise` is the account for what nobody known has written."""

    otherwise: int | None
    create: bool
    dry_run: bool
    made: list[str] = field(default_factory=list)
    _known: dict[str, int] = field(default_factory=dict)
    """0 for an account that a dry run would have made."""

    async def of(self, resources: Resources, several: Sequence[Author], line: int | None) -> int:
        """The account's id. Raises Unreadable when there is none and none may be made."""
        if not several:
            return self._other("no author is named: say whose it is by --author", line)
        author = several[0]
        found = await self._find(resources, author.name)
        if found is not None:
            return found
        if not self.create:
            why = f"there is no account {author.name!r}: make it with --create-authors, or name another by --author"
            return self._other(why, line)
        self._known[author.name.lower()] = made = await self._make(resources, author, line)
        return made

    async def others(self, resources: Resources, several: Sequence[Author], line: int | None) -> list[int]:
        """Accounts of those who wrote along, as far as they have one or get one: see `strangers`."""
        for author in several:
            if await self._find(resources, author.name) is None and self.create:
                self._known[author.name.lower()] = await self._make(resources, author, line)
        return [self._known[author.name.lower()] for author in several if author.name.lower() in self._known]

    def strangers(self, several: Sequence[Author]) -> list[str]:
        return [author.name for author in several if author.name.lower() not in self._known]

    async def _find(self, resources: Resources, name: str) -> int | None:
        """By the name as it stands, or by what an account of that name would be called."""
        if name.lower() not in self._known:
            for one in dict.fromkeys((name, _username(name))):
                if one and (row := await queries.user_named(resources.db, one)) is not None:
                    self._known[name.lower()] = row.id
                    break
        return self._known.get(name.lower())

    async def _make(self, resources: Resources, author: Author, line: int | None) -> int:
        asked = _asked(author, line)
        if asked.username.lower() in self._known:
            return self._known[asked.username.lower()]
        email = asked.email or f"{asked.username.lower()}@{NOBODY_KNOWS}"
        made = 0
        if not self.dry_run:
            new = NewUser.model_construct(username=asked.username, email=email, password=SecretStr(""), is_admin=False)
            async with resources.db.transaction() as session:
                made = (await service.register(session, new, NO_PASSWORD)).id
        self.made.append(asked.username)
        self._known[asked.username.lower()] = made
        return made

    def _other(self, why: str, line: int | None) -> int:
        if self.otherwise is None:
            raise Unreadable(why, line)
        return self.otherwise


async def account(resources: Resources, name: str) -> int:
    """Raises Refused."""
    row = await queries.user_named(resources.db, name)
    if row is None:
        raise Refused(f"there is no user named {name}")
    return int(row.id)


def _asked(author: Author, line: int | None) -> _Asked:
    try:
        return _Asked(username=_username(author.name), email=author.email or None)
    except ValidationError as error:
        first = violations(error)[0]
        raise Unreadable(f"no account can be made for {author.name!r}: {first.field}: {first.message}", line) from None


def _username(name: str) -> str:
    """As it stands where it can be one."""
    plain = name if name.isascii() and name.replace("-", "").replace("_", "").isalnum() else slugify(name)
    return plain[:LONGEST_USERNAME].strip("-")
