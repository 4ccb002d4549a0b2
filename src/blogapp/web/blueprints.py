"""The doors by name. Features add their routes to them; the application registers them once."""

from __future__ import annotations

from quart import Blueprint
from werkzeug.routing import BaseConverter, ValidationError

main = Blueprint("main", __name__)
auth = Blueprint("auth", __name__, url_prefix="/auth")
settings = Blueprint("settings", __name__, url_prefix="/settings")
api = Blueprint("api", __name__, url_prefix="/api")


class IdConverter(BaseConverter):
    """A row's id: decimal digits that fit the database's 32-bit column, so anything else is a plain 404."""

    regex = "[1-9][0-9]{0,9}"
    largest = 2**31 - 1

    def to_python(self, value: str) -> int:
        number = int(value)
        if number > self.largest:
            raise ValidationError
        return number


converters = {"id": IdConverter}
