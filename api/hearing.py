"""``/v1/songs/{id}/labels`` and ``/analysis``: what is heard in a song."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from flask import Response, g, jsonify

from api.access import Gate
from api.blueprints import Blueprint
from api.hearing_schemas import AnalysisSchema, LabelsSchema
from songs.labels import Choice, Interval, Labels
from songs.ports import Catalogue
from songs.song import Song
from songs.structure import Structure

SUMMARY = ("loudness", "tempo", "key", "mode", "time_signature")  # features that sum up a song's course
_PARTS = ("bars", "beats", "tatums", "sections", "segments")


def blueprint(catalogue: Catalogue, gate: Gate) -> Blueprint:
    """Return the routes."""
    routes = Blueprint("hearing", "What is heard in a song.")
    routes.before_request(gate.check)

    @routes.at("/songs/<reference:reference>/labels")
    @routes.answers(200, LabelsSchema)
    def labels(reference: str) -> Mapping[str, Any]:
        """Show what the active model hears in a song, each label with its confidence or interval and its source."""
        song = catalogue.song(catalogue.find(reference))
        return _labelled(song, catalogue.labels(song.id))

    @routes.at("/songs/<reference:reference>/analysis")
    @routes.answers(200, AnalysisSchema)
    def analysis(reference: str) -> Response:
        """Show the course of a song: bars, beats, tatums, sections and segments."""
        song = catalogue.song(catalogue.find(reference))
        told = _course(song, catalogue.labels(song.id), catalogue.structure(song.id))
        # not by the schema, which takes seconds for the segments of an hour
        return jsonify(request_id=g.request_id, **told)

    return routes


def _labelled(song: Song, labels: Labels) -> Mapping[str, Any]:
    """Return what ``LabelsSchema`` dumps."""
    told = {field.name: getattr(labels, field.name) for field in fields(labels)}
    return {
        **{name: _sourced(one) if isinstance(one, Choice | Interval) else one for name, one in told.items()},
        "emotions_source": "model" if labels.emotions else None,
        "analysed": song.analysed,
        "genre_tag": song.genre_tag,
    }


def _sourced(label: Choice | Interval) -> Mapping[str, Any]:
    """Return a label with its source; of choices and intervals, none but heads of the model make any."""
    return asdict(label) | {"source": None if label.value is None else "model"}


def _course(song: Song, labels: Labels, structure: Structure | None) -> Mapping[str, Any]:
    """Return what ``AnalysisSchema`` describes."""
    if structure is None:
        return {"analysed": song.analysed, "track": None} | dict.fromkeys(_PARTS)
    track = {
        "duration": structure.duration,
        "fade_in_end": structure.fade_in_end,
        "fade_out_start": structure.fade_out_start,
        **{name: labels.features.get(name) for name in SUMMARY},
    }
    return {"analysed": song.analysed, "track": track} | {name: getattr(structure, name) for name in _PARTS}
