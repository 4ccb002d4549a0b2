"""The card of a post, as a picture."""

from __future__ import annotations

from quart import Response
from quart.typing import ResponseReturnValue

from blogapp.errors import NotFound
from blogapp.posts import queries, service
from blogapp.posts.models import PUBLISHED
from blogapp.site import cards
from blogapp.site.cards import Card
from blogapp.site.sharing_marks import card_path
from blogapp.web.addresses import mounted_at, moved
from blogapp.web.blueprints import main
from blogapp.web.context import db, query, resources
from blogapp.web.keeping import keep
from blogapp.web.limits import metered


@main.get("/posts/<id:id>/card.png")
@metered
async def card(id: int) -> ResponseReturnValue:
    """Of a published post. Its address has the version that it shows, so that nobody shows an older one for long."""
    row = await queries.by_id(db(), id)
    if row is None or row.state != PUBLISHED or row.trashed_at is not None:
        raise NotFound(service.NO_POST)
    if query() != {"version": str(row.version)}:
        return moved(mounted_at.get() + card_path(row))
    content = await resources().drawing.run(
        cards.draw, Card(row.title, row.author_name, resources().settings.site_name)
    )
    keep(f"post:{id}", f"user:{row.user_id}")
    return Response(content, 200, {"Cache-Control": "no-cache"}, content_type="image/png")
