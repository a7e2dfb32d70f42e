"""The shapes of what is heard in a song: its labels and its course."""

from typing import Any

from marshmallow import Schema, fields

from api.schemas import Answer, GenreSchema

_SECONDS = {"description": "seconds"}
_SURE = {"description": "0 to 1"}
_SOURCE = {"description": "model, signal, tag or estimate; null where nothing is told"}


class Number(fields.Float):
    """A number as it is: the key of a song is 9, not 9.0."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        del attr, obj, kwargs
        return value


class ChoiceSchema(GenreSchema):
    """One of several names, with the probability of each."""

    probabilities = fields.Dict(required=True, keys=fields.String(), values=fields.Float())
    source = fields.String(required=True, allow_none=True, metadata=_SOURCE)


class IntervalSchema(Schema):
    """A number with the interval that holds the truth in 90 of 100 cases."""

    value = fields.Float(required=True, allow_none=True)
    low = fields.Float(required=True, allow_none=True)
    high = fields.Float(required=True, allow_none=True)
    source = fields.String(required=True, allow_none=True, metadata=_SOURCE)


class FeatureSchema(Schema):
    """An audio feature under the name that streaming services gave it; null where it cannot be told."""

    value = Number(required=True, allow_none=True)
    confidence = fields.Float(required=True, allow_none=True, metadata=_SURE)
    source = fields.String(required=True, metadata=_SOURCE)
    low = fields.Float(required=True, allow_none=True, metadata={"description": "of the interval, where it is known"})
    high = fields.Float(required=True, allow_none=True)
    alternatives = fields.List(
        fields.Float(),
        required=True,
        metadata={"description": "other readings, likeliest first: of a tempo, its octaves"},
    )


class LabelsSchema(Answer):
    """How a song sounds; what nobody has measured has the value null."""

    analysed = fields.Boolean(
        required=True,
        metadata={"description": "the active model has heard all of it; until then popularity by plays is all"},
    )
    genre = fields.Nested(ChoiceSchema, required=True)
    genre_tag = fields.String(required=True, allow_none=True, metadata={"description": "what the file says"})
    mood = fields.Nested(ChoiceSchema, required=True)
    emotions = fields.Dict(
        required=True, keys=fields.String(), values=fields.Float(),
        metadata={"description": "share of listeners who feel it, 0 to 1"},
    )  # fmt: skip
    emotions_source = fields.String(required=True, allow_none=True, metadata=_SOURCE)
    valence = fields.Nested(IntervalSchema, required=True, metadata={"description": "0 to 1; ours, not Spotify's"})
    arousal = fields.Nested(IntervalSchema, required=True, metadata={"description": "0 to 1"})
    quadrant = fields.Nested(ChoiceSchema, required=True)
    cluster = fields.Nested(ChoiceSchema, required=True)
    popularity = fields.Nested(
        IntervalSchema, required=True,
        metadata={"description": "0 to 100: by plays of the catalogue (source tag), else how much such music is liked"},
    )  # fmt: skip
    features = fields.Dict(required=True, keys=fields.String(), values=fields.Nested(FeatureSchema))


# ---- the course of a song


class SpanSchema(Schema):
    """A bar, a beat or a tatum."""

    start = fields.Float(required=True, metadata=_SECONDS)
    duration = fields.Float(required=True, metadata=_SECONDS)
    confidence = fields.Float(required=True, metadata=_SURE)


class SectionSchema(SpanSchema):
    """A part that differs from its neighbours; ``confidence`` is of the boundary at its start."""

    loudness = fields.Float(required=True, metadata={"description": "dBFS, RMS"})
    tempo = fields.Float(required=True, metadata={"description": "beats a minute"})
    tempo_confidence = fields.Float(required=True, metadata=_SURE)
    key = fields.Integer(required=True, metadata={"description": "0 is C, 11 is B; -1 where it cannot be told"})
    key_confidence = fields.Float(required=True, metadata=_SURE)
    mode = fields.Integer(required=True, metadata={"description": "1 major, 0 minor, -1 where it cannot be told"})
    mode_confidence = fields.Float(required=True, metadata=_SURE)
    time_signature = fields.Integer(required=True, metadata={"description": "beats a bar; 0 where it cannot be told"})
    time_signature_confidence = fields.Float(required=True, metadata=_SURE)


class SegmentSchema(SpanSchema):
    """A stretch of one sound; ``confidence`` is of the onset at its start."""

    loudness_start = fields.Float(required=True, metadata={"description": "dBFS"})
    loudness_max = fields.Float(required=True, metadata={"description": "dBFS"})
    loudness_max_time = fields.Float(required=True, metadata={"description": "seconds after start"})
    loudness_end = fields.Float(required=True, metadata={"description": "dBFS"})
    pitches = fields.List(fields.Float(), required=True, metadata={"description": "12 numbers, C to B, 0 to 1"})
    timbre = fields.List(fields.Float(), required=True, metadata={"description": "12 numbers about 0"})


class TrackSchema(Schema):
    """A song in one line."""

    duration = fields.Float(required=True, metadata=_SECONDS)
    fade_in_end = fields.Float(required=True, metadata=_SECONDS)
    fade_out_start = fields.Float(required=True, metadata=_SECONDS)
    loudness = fields.Nested(FeatureSchema, required=True, allow_none=True)
    tempo = fields.Nested(FeatureSchema, required=True, allow_none=True)
    key = fields.Nested(FeatureSchema, required=True, allow_none=True)
    mode = fields.Nested(FeatureSchema, required=True, allow_none=True)
    time_signature = fields.Nested(FeatureSchema, required=True, allow_none=True)


class AnalysisSchema(Answer):
    """The course of a song. Lists are empty where there is too little sound to tell, null where nobody has looked."""

    analysed = fields.Boolean(
        required=True, metadata={"description": "the active model has heard all of it; until then the rest is null"}
    )
    track = fields.Nested(TrackSchema, required=True, allow_none=True)
    bars = fields.List(fields.Nested(SpanSchema), required=True, allow_none=True)
    beats = fields.List(fields.Nested(SpanSchema), required=True, allow_none=True)
    tatums = fields.List(fields.Nested(SpanSchema), required=True, allow_none=True)
    sections = fields.List(fields.Nested(SectionSchema), required=True, allow_none=True)
    segments = fields.List(fields.Nested(SegmentSchema), required=True, allow_none=True)
