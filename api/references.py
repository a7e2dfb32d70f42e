"""Song references in addresses: an id, or ``isrc:``, ``sku:`` or ``path:`` with slashes in it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from werkzeug.routing import BaseConverter

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class Reference(BaseConverter):
    """Takes slashes only after a prefix, so that ``/songs/{id}/similar`` stays what it is."""

    regex = r"(?:(?:path|sku|isrc):.+?|[^/]+)"
    part_isolating = False


def without_last_slash(application: "WSGIApplication") -> "WSGIApplication":
    """Let an address end with a slash or not, also behind a reference, where Werkzeug's rules cannot."""

    def answered(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path: str = environ.get("PATH_INFO", "")
        if path.startswith("/v1/") and path.endswith("/"):
            environ = {**environ, "PATH_INFO": path[:-1]}
        return application(environ, start_response)

    return answered


def as_parameter(converter: Reference) -> dict[str, str]:
    """Return the schema of such a parameter."""
    del converter
    return {"type": "string", "description": "An id of 22 letters and digits, or isrc:…, sku:… or path:…"}
