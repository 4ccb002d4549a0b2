"""What happened to accounts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UserRegistered:
    user_id: int


@dataclass(frozen=True, slots=True)
class UserChanged:
    """What others see of the account may be another."""

    user_id: int


@dataclass(frozen=True, slots=True)
class UserDeleted:
    """The account's posts went along."""

    user_id: int


@dataclass(frozen=True, slots=True)
class UserRenamed:
    """Inside the act: what holds a name of theirs holds the new one by its end."""

    user_id: int


@dataclass(frozen=True, slots=True)
class UserLeaves:
    """Inside the act, before the account's rows go: what is to stay must belong to others now."""

    user_id: int
