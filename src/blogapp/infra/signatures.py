"""What stands in links that work without signing in: readable by whoever has it, made by nobody but us."""

from __future__ import annotations

from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer

from blogapp.errors import NotFound
from blogapp.settings import Settings

NO_LINK = "This link is not one of ours."


def sign(settings: Settings, purpose: str, value: Any) -> str:
    """`value` is anything JSON can write; what is signed for one purpose is worth nothing for another."""
    return str(URLSafeSerializer(settings.secret_key.get_secret_value(), purpose).dumps(value))


def read(settings: Settings, purpose: str, signed: str) -> Any:
    """Raises NotFound for what we have not signed."""
    older = [one.get_secret_value() for one in settings.secret_key_fallbacks]
    try:
        return URLSafeSerializer([*older, settings.secret_key.get_secret_value()], purpose).loads(signed)
    except BadSignature:
        raise NotFound(NO_LINK) from None
