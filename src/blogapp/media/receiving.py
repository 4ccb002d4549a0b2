"""What both doors do with a picture that has arrived."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from blogapp.errors import Invalid, NotFound, Violation
from blogapp.infra import storage
from blogapp.media import pictures, queries, service
from blogapp.media.models import Media, may_keep
from blogapp.media.pictures import Picture
from blogapp.media.schemas import MediaWords
from blogapp.settings import Settings
from blogapp.web import uploads
from blogapp.web.auth import require_actor
from blogapp.web.context import db, resources
from blogapp.web.files import Files
from blogapp.web.multipart import Attached, Upload
from blogapp.web.violations import violations

UPLOADS = re.compile(r"/api/media|/api/users/[0-9]{1,10}/picture", re.ASCII)
"""Where programs send pictures."""
FORMS = re.compile(r"/dashboard/media|/settings/profile/picture", re.ASCII)
"""Where people do, who want to find again what they wrote beside one that is refused."""

NO_FILE = "Choose a picture first."


def sent(settings: Settings, forms: re.Pattern[str]) -> uploads.Sent:
    """Pictures on their way in and out, above the application. `forms` are where they come beside a text."""
    disk, forms = storage.chosen(settings), re.compile(f"{FORMS.pattern}|{forms.pattern}", re.ASCII)
    bounds = uploads.Bounds(settings.media_max_bytes, settings.max_body, settings.media_timeout)
    return uploads.Sent(uploads.Uploads(disk, UPLOADS, forms, bounds), Files(disk, pictures.TYPES))


async def keep_sent() -> Media:
    """The picture of the request at hand, made anew and kept.

    Raises UnsupportedMediaType, Invalid, Unavailable when too many others wait, StorageFull.
    """
    require_actor()
    upload = uploads.taken()
    return await keep(upload, _alt(upload.fields))


async def keep_square() -> Media:
    """The middle of the picture of the request at hand, as a picture of its sender. Raises as `keep_sent` does."""
    return await keep(uploads.taken(), f"Picture of {require_actor().username}", pictures.remake_square)


async def keep(upload: Upload, alt: str, make: Callable[[Path, Path], Picture] = pictures.remake) -> Media:
    """Raises as `keep_sent` does."""
    asker = require_actor()
    if isinstance(upload, Attached) and upload.refusal is not None:
        raise upload.refusal
    if upload.path is None:
        raise Invalid(NO_FILE, Violation("file", NO_FILE, "missing"))
    opened = resources()
    target = await asyncio.to_thread(opened.storage.temporary)
    try:
        made = await opened.pictures.run(make, upload.path, target)
        await opened.storage.put(made.name, target)
    finally:
        await asyncio.to_thread(target.unlink, missing_ok=True)
    async with db().transaction() as session:
        return await service.add(session, asker, made, alt, opened.settings.media_quota)


async def kept(media_id: int) -> Any:
    """Raises NotFound, also for what is another's."""
    row = await queries.by_id(db(), media_id)
    if row is None or not may_keep(require_actor(), row.user_id):
        raise NotFound(service.NO_MEDIA)
    return row


def _alt(fields: dict[str, str]) -> str:
    try:
        return MediaWords.model_validate({"alt": fields.get("alt", "")}).alt
    except ValidationError as error:
        raise Invalid("The form is not valid.", *violations(error)) from None
