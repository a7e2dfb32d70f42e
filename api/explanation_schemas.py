"""The shapes of explanations."""

from marshmallow import Schema, fields, validate

from api.schemas import Answer
from songs.explanation import Explainable

_SECONDS = {"description": "seconds from the start of the recording"}
_EFFECT = {"description": "by how much the score falls without it, cell by cell"}


class WishSchema(Schema):
    """What is to be explained."""

    label = fields.String(required=True, validate=validate.OneOf(list(Explainable)))


class StretchSchema(Schema):
    """Seconds of a song, over all frequencies."""

    start = fields.Float(required=True, metadata=_SECONDS)
    end = fields.Float(required=True, metadata=_SECONDS)
    effect = fields.Float(required=True, metadata=_EFFECT)


class DrivingRegionSchema(StretchSchema):
    """A part of the sound that speaks for the label."""

    low_hz = fields.Float(required=True)
    high_hz = fields.Float(required=True)


class DeletionCheckSchema(Schema):
    """What deleting the regions together costs, beside deleting as much at random."""

    share = fields.Float(required=True, metadata={"description": "of the sound that was deleted, 0 to 1"})
    sets = fields.Integer(required=True, metadata={"description": "random sets, of nearly the same energy"})
    drop = fields.Float(required=True, metadata={"description": "of the score without the regions"})
    random_mean = fields.Float(required=True, metadata={"description": "drop without a random set, mean"})
    energy_ratio = fields.Float(required=True, metadata={"description": "energy of random sets over the regions'"})
    p = fields.Float(required=True, metadata={"description": "chance that a random set costs as much"})


class ExplanationSchema(Answer):
    """Why the active model gives a song a label; where no region stands out, none is named."""

    song_id = fields.String(required=True)
    label = fields.String(required=True, validate=validate.OneOf(list(Explainable)))
    target = fields.String(required=True, metadata={"description": "the genre or mood; popularity itself"})
    score = fields.Float(required=True, metadata={"description": "logit of a name; popularity's own number"})
    heard = fields.Float(required=True, metadata={"description": "seconds that were looked at"})
    seconds = fields.List(fields.Nested(StretchSchema), required=True)
    regions = fields.List(
        fields.Nested(DrivingRegionSchema), required=True, metadata={"description": "strongest first"}
    )
    check = fields.Nested(DeletionCheckSchema, required=True)
    stands_out = fields.Boolean(
        required=True, metadata={"description": "p is at most .05, and the random sets were about as loud"}
    )
    sentence = fields.String(required=True, metadata={"description": "how far this can be relied on"})
    picture = fields.String(required=True, metadata={"description": "address of a PNG"})
