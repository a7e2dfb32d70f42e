"""The shapes of questions and answers; the OpenAPI document is made of them."""

from collections.abc import Mapping
from dataclasses import fields as columns
from typing import Any

from flask import g
from marshmallow import Schema, fields, post_dump, pre_load, validate

from songs.jobs import JobKind, JobState
from songs.labels import Choice
from songs.song import Song

_SONG = tuple(column.name for column in columns(Song))
_UNIX = {"description": "Unix seconds"}
_LONGEST = validate.Length(max=500)


class Answer(Schema):
    """Whatever is answered carries the id of its request."""

    request_id = fields.String(dump_only=True)

    @post_dump
    def name(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Add the request's id."""
        return {"request_id": g.request_id, **data}


class ProblemSchema(Schema):
    """RFC 9457 problem details."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    code = fields.String(required=True, metadata={"description": "stable: clients switch on it"})
    request_id = fields.String(required=True)
    errors = fields.Dict(metadata={"description": "by place and field, where parts of the request did not fit"})


# ---- songs


class GenreSchema(Schema):
    """The model's opinion; ``uncertain`` is its abstention."""

    value = fields.String(required=True, allow_none=True)
    uncertain = fields.Boolean(required=True)
    confidence = fields.Float(required=True, allow_none=True, metadata={"description": "probability of value, 0 to 1"})


class SongSchema(Schema):
    """A song."""

    id = fields.String(required=True)
    title = fields.String(required=True)
    artist = fields.String(required=True)
    artist_id = fields.String(required=True)
    album = fields.String(allow_none=True)
    album_id = fields.String(allow_none=True)
    genre_tag = fields.String(allow_none=True, metadata={"description": "what the file says"})
    year = fields.Integer(allow_none=True)
    track = fields.Integer(allow_none=True)
    isrc = fields.String(allow_none=True)
    sku = fields.String(allow_none=True)
    collection = fields.String(allow_none=True)
    source = fields.String(metadata={"description": "path of its file, or upload:<sha256>"})
    duration = fields.Float(metadata={"description": "seconds"})
    missing = fields.Boolean(metadata={"description": "its file has vanished"})
    analysed = fields.Boolean(metadata={"description": "all of it was heard; until then it is found, without labels"})
    created_at = fields.Float(metadata=_UNIX)
    updated_at = fields.Float(metadata=_UNIX)
    metadata = fields.Dict(keys=fields.String(), values=fields.String())


class HeardSongSchema(SongSchema):
    """A song, with the genre that the model hears."""

    genre = fields.Nested(GenreSchema, required=True)


class OneSongSchema(HeardSongSchema, Answer):
    """One song, as an answer of its own."""


class SongPageSchema(Answer):
    """One page of songs, oldest first."""

    songs = fields.List(fields.Nested(HeardSongSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True, metadata={"description": "null on the last page"})
    total = fields.Integer(required=True, metadata={"description": "songs that fit, on all pages"})


def heard(song: Song, genre: Choice) -> Mapping[str, Any]:
    """Return what ``HeardSongSchema`` dumps."""
    return {name: getattr(song, name) for name in _SONG} | {"genre": genre}


# ---- neighbours


class HitSchema(Schema):
    """One song that sounds alike."""

    rank = fields.Integer(required=True, metadata={"description": "from 1"})
    score = fields.Float(required=True, metadata={"description": "cosine, -1 to 1"})
    song = fields.Nested(SongSchema, required=True)


class SimilarSchema(Answer):
    """The songs most like one song, best first; never that song itself."""

    song = fields.Nested(SongSchema, required=True)
    model = fields.String(required=True, allow_none=True, metadata={"description": "version that compared them"})
    similar = fields.List(fields.Nested(HitSchema), required=True)


# ---- jobs


class ReasonSchema(Schema):
    """Why a job failed."""

    code = fields.String(required=True)
    message = fields.String(required=True)


class JobSchema(Schema):
    """One source to listen to, or one label of it to explain."""

    id = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(list(JobKind)))
    label = fields.String(metadata={"description": "that is to be explained"})
    source = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(list(JobState)))
    stage = fields.String(metadata={"description": "queued, started, read, vector, analysis, explanation, done"})
    progress = fields.Float(metadata={"description": "0 to 1"})
    attempts = fields.Integer()
    reason = fields.Nested(ReasonSchema, allow_none=True)
    outcome = fields.String(allow_none=True)
    song_id = fields.String(allow_none=True)
    batch = fields.String(allow_none=True)
    created_at = fields.Float(metadata=_UNIX)
    started_at = fields.Float(allow_none=True, metadata=_UNIX)
    finished_at = fields.Float(allow_none=True, metadata=_UNIX)


class OneJobSchema(JobSchema, Answer):
    """One job, as an answer of its own."""


class JobPageSchema(Answer):
    """One page of jobs, oldest first."""

    jobs = fields.List(fields.Nested(JobSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
    counts = fields.Dict(
        keys=fields.String(), values=fields.Integer(), metadata={"description": "of all jobs, by state"}
    )


# ---- questions


class NewSongSchema(Schema):
    """What a request may say of a song; it wins over what the file says. Blank is the same as absent."""

    title = fields.String(validate=_LONGEST)
    artist = fields.String(validate=_LONGEST)
    album = fields.String(validate=_LONGEST)
    genre = fields.String(validate=_LONGEST)
    isrc = fields.String(validate=_LONGEST)
    sku = fields.String(validate=_LONGEST)
    collection = fields.String(validate=_LONGEST)
    year = fields.Integer(validate=validate.Range(1, 9999))

    @pre_load
    def said(self, data: Any, **_: Any) -> Any:
        """Drop what a form left blank."""
        if not isinstance(data, Mapping):
            return data
        return {name: value for name, value in data.items() if not (isinstance(value, str) and not value.strip())}


class UploadSchema(NewSongSchema):
    """A form with a file."""

    file = fields.Raw(required=True, metadata={"type": "string", "format": "binary"})


class LocatedSongSchema(NewSongSchema):
    """JSON that names a file: a path on the server, or an address."""

    path = fields.String(validate=validate.Length(max=4096))
    url = fields.String(validate=validate.Length(max=4096))
