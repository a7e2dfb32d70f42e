"""Who may do what: reading is open, writing needs a key with a scope for it, and a wrong key is refused everywhere."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import g, request

from api.errors import Refused
from songs.ports import Keys

P = ParamSpec("P")
R = TypeVar("R")

WRITERS = frozenset({"admin", "ingest"})
SCHEME = "key"  # its name in the OpenAPI document
CHALLENGE = (("WWW-Authenticate", 'Bearer realm="soundkin"'),)


@dataclass(frozen=True, slots=True)
class Gate:
    """Stands before every route of ``/v1``."""

    keys: Keys

    def check(self) -> None:
        """Refuse a request that carries a key that is not ours; to be called before each request."""
        key = _presented()
        g.scopes = frozenset() if key is None else self.keys.scopes(key)
        if key is not None and not g.scopes:
            raise Refused(401, "invalid_key", "this key is not one of ours", CHALLENGE)

    def writing(self, view: Callable[P, R]) -> Callable[P, R]:
        """Let a view be called only with a key that may write."""

        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            if not g.scopes:
                raise Refused(401, "missing_key", "writing needs a key: Authorization: Bearer KEY", CHALLENGE)
            if not g.scopes & WRITERS:
                raise Refused(403, "forbidden", f"this key has none of the scopes {', '.join(sorted(WRITERS))}")
            return view(*args, **kwargs)

        return guarded


def _presented() -> str | None:
    """Return the key of the request; ``None`` where there is none, or other credentials meant for a proxy."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token.strip()
    return request.headers.get("X-API-Key")
