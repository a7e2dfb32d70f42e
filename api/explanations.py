"""``/v1/songs/{id}/explanations``: why a song has a label."""

from collections.abc import Mapping
from typing import Any

from flask import Response, url_for

from api.access import Gate
from api.blueprints import Blueprint
from api.explanation_schemas import ExplanationSchema, WishSchema
from api.schemas import OneJobSchema
from songs.explanation import Explainable, Explanations
from songs.identity import SongId
from songs.jobs import Job, JobKind
from songs.ports import Catalogue, Ledger, Request

PNG = "image/png"
_LOCATION = {"Location": {"schema": {"type": "string"}, "description": "the job"}}


def blueprint(catalogue: Catalogue, explanations: Explanations, ledger: Ledger, gate: Gate) -> Blueprint:
    """Return the routes."""
    routes = Blueprint("explanations", "Why a song has a label.")
    routes.before_request(gate.check)

    @routes.at("/songs/<reference:reference>/explanations", "POST")
    @routes.needs_key()
    @gate.writing
    @routes.body(WishSchema)
    @routes.answers(202, OneJobSchema, headers=_LOCATION)
    def ask(wish: Mapping[str, Any], reference: str) -> tuple[Job, int, Mapping[str, str]]:
        """Ask which parts of a song drive a label: a job will listen to it again, and draw a picture."""
        song = catalogue.song(catalogue.find(reference))
        (job,) = ledger.submit([Request(song.source, kind=JobKind.EXPLAIN, label=wish["label"])])
        return job, 202, {"Location": url_for("jobs.job", job_id=job.id)}

    @routes.at("/songs/<reference:reference>/explanations/<any(popularity,genre,mood):label>")
    @routes.answers(200, ExplanationSchema)
    def explanation(reference: str, label: str) -> Mapping[str, Any]:
        """Show the seconds and regions that drive a label, and how that was checked."""
        song_id = catalogue.find(reference)
        found = explanations.explanation(song_id, Explainable(label))
        return found.as_json() | {"song_id": song_id, "picture": _picture(song_id, label)}

    @routes.at("/songs/<reference:reference>/explanations/<any(popularity,genre,mood):label>/picture")
    @routes.answers(200, content_type=PNG)
    def picture(reference: str, label: str) -> Response:
        """Show the spectrogram of a song with what drives a label."""
        return Response(explanations.picture(catalogue.find(reference), Explainable(label)), content_type=PNG)

    return routes


def _picture(song_id: SongId, label: str) -> str:
    return url_for("explanations.picture", reference=song_id, label=label)
