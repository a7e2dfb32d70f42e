"""``/livez`` and ``/readyz``: is the process there, and can it answer."""

from collections.abc import Callable, Iterator, Mapping

from flask import Blueprint, Response, g, jsonify

from api.errors import RETRY_AFTER, problem
from songs.errors import SongsError
from songs.ports import Models, SongSearch

Probe = Callable[[], str | None]  # says why something is not well, by its answer or a SongsError


def probes_of(models: Models, index: SongSearch) -> Mapping[str, Probe]:
    """Return what must be well before requests are sent here; an empty catalogue is well."""

    def database() -> str | None:
        return None if models.active() else "no model is active yet"

    def vectors() -> str | None:
        return None if len(index) >= 0 else "the index cannot count"

    return {"database": database, "index": vectors}


def blueprint(probes: Mapping[str, Probe]) -> Blueprint:
    """Return the routes; each probe is asked whenever ``/readyz`` is."""
    routes = Blueprint("probes", __name__)

    def reasons() -> Iterator[tuple[str, str]]:
        for name, probe in probes.items():
            try:
                why = probe()
            except SongsError as error:
                why = str(error)
            if why is not None:
                yield name, why

    @routes.get("/livez")
    def live() -> Response:
        return jsonify(request_id=g.request_id, alive=True)

    @routes.get("/readyz")
    def ready() -> Response:
        found = dict(reasons())
        if not found:
            return jsonify(request_id=g.request_id, ready=True, checks=list(probes))
        answer = problem(503, "not_ready", "; ".join(found.values()), reasons=found)
        answer.headers["Retry-After"] = RETRY_AFTER
        return answer

    return routes
