"""The door to live updates: it says who may listen to what. The listening itself is `live.entrance`."""

from __future__ import annotations

from quart import Response, request

from blogapp.errors import NotAcceptable, Unavailable
from blogapp.live.entrance import VISIT, Visit
from blogapp.live.schemas import MINE, LiveEvent, account_topic, place, topics
from blogapp.web.auth import require_actor
from blogapp.web.blueprints import api
from blogapp.web.context import actor, query, resources
from blogapp.web.limits import client
from blogapp.web.operations import Operation, Tag

LIVE = Tag("Live", "What happens, while it happens.")
EVENT_STREAM = "text/event-stream"


@api.get("/live")
@Operation(
    "Listen to what happens",
    LIVE,
    LiveEvent,
    media_type=EVENT_STREAM,
    parameters=("topics", "since", "Last-Event-ID"),
    refusals={406: "Ask with `Accept: text/event-stream`, or open a WebSocket.", 422: "A topic or an id is malformed."},
)
async def live_updates() -> Response:
    """An event stream that does not end by itself; each event's data is a LiveEvent.

    A WebSocket at the same address gets the same documents, one in each message. The topic `me` is what your account is
    told of.
    """
    visit = request.scope.get(VISIT)
    if not isinstance(visit, Visit):
        raise NotAcceptable(f"Ask with Accept: {EVENT_STREAM}, or open a WebSocket here.")
    asked = query()
    wanted = topics(asked.get("topics"))
    if MINE in wanted:
        wanted = wanted - {MINE} | {account_topic(require_actor().id or 0)}
    since = place("since", asked.get("since"))
    since = place("Last-Event-ID", request.headers.get("Last-Event-ID")) or since
    if resources().draining.is_set():
        raise Unavailable("The server restarts; come back in a moment.", retry_after=1)
    visit.admit(client(), actor(), wanted, since)
    response = Response("", 200, content_type=EVENT_STREAM)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response
