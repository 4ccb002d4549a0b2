"""What every request passes on its way in and every response on its way out, in this order.

One hook each way: Quart takes a few microseconds for each. They hand the request on: finding it costs one as well.
"""

from __future__ import annotations

from quart import Quart, Response

from blogapp.web import addresses, cors, csrf, errors, limits, routes
from blogapp.web.auth import Auth
from blogapp.web.context import request_at_hand


def install(app: Quart, auth: Auth) -> None:
    @app.before_request
    async def admit() -> Response | None:
        request = request_at_hand()
        addresses.mounted_at.set(request.root_path)
        routes.tell(request)
        errors.raise_refusal_of_the_edge(request)
        if (preflight := cors.preflight(request)) is not None:
            return preflight
        csrf.refuse_cross_site(request)
        try:
            await auth.identify(request)
        finally:  # a token that is only a guess counts as well
            await limits.meter_api(request)
        return None

    @app.after_request
    async def dismiss(response: Response) -> Response:
        limits.tell(response)
        cors.allow_origin(request_at_hand(), response)
        return response
