"""A request id on every answer, so that what a client saw can be found in the log."""

import re

from flask import Flask, Response, g, request

from songs.identity import fresh

HEADER = "X-Request-Id"
_SANE = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")


def init_app(app: Flask) -> None:
    """Name every request: by the proxy's header where that is sane, else by a new id."""

    @app.before_request
    def begin() -> None:
        given = request.headers.get(HEADER, "")
        g.request_id = given if _SANE.match(given) else fresh()

    @app.after_request
    def name(response: Response) -> Response:
        response.headers[HEADER] = g.request_id
        return response
