"""The doors by name. Features add their routes to them; the application registers them once."""

from __future__ import annotations

from quart import Blueprint
from werkzeug.routing import BaseConverter

main = Blueprint("main", __name__)
auth = Blueprint("auth", __name__, url_prefix="/auth")
settings = Blueprint("settings", __name__, url_prefix="/settings")
admin = Blueprint("admin", __name__, url_prefix="/admin")
api = Blueprint("api", __name__, url_prefix="/api")


class IdConverter(BaseConverter):
    """A row's id: decimal digits. What doesn't fit the database's 32-bit column becomes 0, which no row has.

    Raising ValidationError would answer 405 to methods of the second rule of an address, not 404.
    """

    regex = "[1-9][0-9]{0,19}"
    largest = 2**31 - 1

    def to_python(self, value: str) -> int:
        number = int(value)
        return number if number <= self.largest else 0


converters = {"id": IdConverter}
