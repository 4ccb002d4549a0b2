"""The cover in the form of a post: a picture that comes along, or one of the library."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from blogapp.covers import Cover
from blogapp.errors import BlogError
from blogapp.media import pictures, receiving
from blogapp.media import queries as media
from blogapp.media.models import LONGEST_ALT
from blogapp.media.names import ADDRESS, mentioned, of_width, srcset
from blogapp.posts.covering import drawn
from blogapp.text import clean_line, visible
from blogapp.web import forms, uploads
from blogapp.web.context import actor, db, resources
from blogapp.web.forms import Form, Model
from blogapp.web.limits import client, hit

FORMS = re.compile(r"/posts/(?:new|preview|[0-9]{1,10}/(?:edit|preview))", re.ASCII)
"""Where a picture may come along."""

ACCEPTED = ",".join(sorted({*pictures.TYPES.values(), "image/gif"}))
NEWEST = 11
"""Pictures to choose from. Others are in the library."""


class Choice(NamedTuple):
    address: str
    thumbnail: str
    """Its address, too."""
    alt: str


async def read(model: type[Model]) -> Form[Model]:
    """The submitted form. A picture that came along is in its sender's library then, and chosen."""
    form = await forms.read(model)
    upload = uploads.attached()
    if upload is None or not actor().is_authenticated:
        return form
    try:
        await hit("upload", client())
        kept = await receiving.keep(upload, clean_line(visible(form.values["cover_alt"]))[:LONGEST_ALT])
    except BlogError as error:
        form.errors["cover"].append(error.violations[0].message if error.violations else error.detail)
        form.data = None
        return form
    form.values["cover"] = ADDRESS + kept.name
    form.errors.pop("cover", None)
    if form.data is not None:
        form.data = form.data.model_copy(update={"cover": kept.name})
    return form


async def offered(form: Form[Any]) -> dict[str, Any]:
    """For the template of the form."""
    largest = resources().settings.media_max_bytes
    return {"covers": await _choices(form), "accepted": ACCEPTED, "largest": largest}


async def preview(form: Form[Any]) -> Cover | None:
    """What is chosen, as the page will show it."""
    return await pictured(*(form.values[name] for name in ("cover", "cover_alt", "cover_caption")))


async def pictured(address: str, alt: str, caption: str) -> Cover | None:
    """None where there is no such picture."""
    for row in await media.named(db(), mentioned(address)):
        return drawn(row)._replace(alt=alt, caption=caption)
    return None


async def _choices(form: Form[Any]) -> list[Choice]:
    """The one that is chosen first, then one's newest."""
    if not actor().is_authenticated:
        return []
    chosen = mentioned(form.values["cover"])
    rows = [*await media.named(db(), chosen), *await media.newest(db(), actor().id or 0, NEWEST)]
    found: dict[str, Choice] = {}
    for row in rows:
        widths = srcset(row.name, row.width, moves=row.moves)
        thumbnail = of_width(row.name, widths[0][1]) if len(widths) > 1 else row.name
        found[row.name] = Choice(ADDRESS + row.name, ADDRESS + thumbnail, getattr(row, "alt", ""))
    return list(found.values())
