"""The door to live updates: it says who may listen to what. The listening itself is `live.entrance`."""

from __future__ import annotations

from quart import Response, request

from blogapp.errors import NotAcceptable, Unavailable
from blogapp.live.entrance import VISIT, Visit
from blogapp.live.schemas import LiveEvent, place, topics
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

    A WebSocket at the same address gets the same documents, one in each message.
    """
    visit = request.scope.get(VISIT)
    if not isinstance(visit, Visit):
        raise NotAcceptable(f"Ask with Accept: {EVENT_STREAM}, or open a WebSocket here.")
    asked = query()
    wanted = topics(asked.get("topics"))
    since = place("since", asked.get("since"))
    since = place("Last-Event-ID", request.headers.get("Last-Event-ID")) or since
    if resources().draining.is_set():
        raise Unavailable("The server restarts; come back in a moment.", retry_after=1)
    visit.admit(client(), actor(), wanted, since)
    response = Response("", 200, content_type=EVENT_STREAM)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response
