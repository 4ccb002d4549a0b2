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
