"""Every error as RFC 9457 problem details: one shape, a stable ``code``, and never HTML."""

import logging
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

import orjson
from flask import Flask, Response, g
from werkzeug.exceptions import HTTPException

from songs import errors
from songs.errors import SongsError

log = logging.getLogger("soundkin.api")

CONTENT_TYPE = "application/problem+json"
RETRY_AFTER = "2"  # seconds
MISFIT = "the request does not fit; see errors"

STATUS: Mapping[type[SongsError], int] = {
    errors.UnknownSong: 404,
    errors.AmbiguousSong: 409,
    errors.UnknownJob: 404,
    errors.NotExplained: 404,
    errors.Unexplainable: 422,
    errors.JobTaken: 409,
    errors.ForbiddenMove: 409,
    errors.InvalidCursor: 422,
    errors.InvalidKey: 422,
    errors.AudioError: 422,
    errors.AudioNotFound: 422,
    errors.AudioNotReadable: 422,
    errors.AudioEmpty: 422,
    errors.AudioUndecodable: 422,
    errors.AudioTooShort: 422,
    errors.AudioTooLong: 422,
    errors.AudioSilent: 422,
    errors.AudioNotFinite: 422,
    errors.DecoderDied: 422,
    errors.AudioGone: 422,
    errors.UnsupportedSource: 422,
    errors.SourceChanged: 409,
    errors.AddressRefused: 422,
    errors.FetchFailed: 502,
    errors.InvalidManifest: 422,
    errors.StoreUnavailable: 503,
    errors.QueueUnavailable: 503,
    errors.IndexUnavailable: 503,
    errors.IndexMismatch: 503,
    errors.GenerationDamaged: 503,
    # the installation's own faults: no request can cause or mend them
    errors.InvalidSettings: 500,
    errors.MissingExtra: 500,
    errors.BundleRefused: 500,
    errors.IndexLocked: 500,
    errors.HomeInUse: 500,
    errors.PortTaken: 500,
    errors.ProcessKeepsDying: 500,
    errors.ServiceNotReady: 500,
}

CODES: Mapping[int, str] = {  # of what HTTP itself refuses; others are named after their status
    400: "bad_request",
    413: "too_large",
    422: "invalid_request",
    500: "internal_error",
}


class Refused(Exception):
    """A request refused by the API itself: its key, its media type, its permission.

    Parameters
    ----------
    status : int
        HTTP status.
    code : str
        Stable name for clients.
    detail : str
        One sentence for a person.
    headers : iterable of (name, value), optional
        To be sent along.
    more
        Further members of the problem.
    """

    def __init__(
        self, status: int, code: str, detail: str, headers: Iterable[tuple[str, str]] = (), **more: Any
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.headers, self.more = status, code, detail, tuple(headers), more


def problem(status: int, code: str, detail: str, **more: Any) -> Response:
    """Return a problem as an answer."""
    body = {
        "type": f"urn:soundkin:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": g.get("request_id"),
        **more,
    }
    return Response(orjson.dumps(body), status, content_type=CONTENT_TYPE)


def init_app(app: Flask) -> None:
    """Answer every error of an application with a problem."""
    app.register_error_handler(SongsError, _ours)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(HTTPException, _https)


def _ours(error: SongsError) -> Response:
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    if status >= 500:
        log.error("request %s: %s: %s", g.get("request_id"), error.code, error)
    answer = problem(status, error.code, str(error))
    if status == 503:
        answer.headers["Retry-After"] = RETRY_AFTER
    return answer


def _refused(error: Refused) -> Response:
    answer = problem(error.status, error.code, error.detail, **error.more)
    answer.headers.extend(error.headers)
    return answer


def _https(error: HTTPException) -> Response:
    """Dress what Flask, Werkzeug and the validators raise; unforeseen exceptions come here as a 500, already logged."""
    status = error.code or 500
    found = getattr(error, "data", None) or {}  # webargs: {"messages": {location: {field: [sentence]}}}
    more = {"errors": found["messages"]} if "messages" in found else {}
    detail = MISFIT if more else error.description or HTTPStatus(status).phrase
    answer = problem(status, CODES.get(status, HTTPStatus(status).name.lower()), detail, **more)
    answer.headers.extend((name, value) for name, value in error.get_headers() if name.lower() != "content-type")
    return answer
