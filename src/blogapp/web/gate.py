"""What every request passes on its way in and every response on its way out, in this order.

One hook each way: Quart takes a few microseconds for each.
"""

from __future__ import annotations

from quart import Quart, Response, request

from blogapp.web import addresses, cors, csrf, errors, limits, routes
from blogapp.web.auth import Auth


def install(app: Quart, auth: Auth) -> None:
    @app.before_request
    async def admit() -> Response | None:
        addresses.mounted_at.set(request.root_path)
        routes.tell(request)
        errors.raise_refusal_of_the_edge()
        if (preflight := cors.preflight()) is not None:
            return preflight
        csrf.refuse_cross_site()
        try:
            await auth.identify()
        finally:  # a token that is only a guess counts as well
            await limits.meter_api()
        return None

    @app.after_request
    async def dismiss(response: Response) -> Response:
        limits.tell(response)
        cors.allow_origin(response)
        return response
