"""What may stand behind the question mark of an address."""

from typing import Any

from marshmallow import Schema, fields, validate

from songs.jobs import JobState


def _limit(default: int, most: int) -> Any:
    return fields.Integer(load_default=default, validate=validate.Range(1, most))


def page_query(most: int) -> type[Schema]:
    """Return the query of a page of songs."""
    return Schema.from_dict(
        {
            "cursor": fields.String(load_default="", metadata={"description": "next_cursor of the page before"}),
            "q": fields.String(load_default="", validate=validate.Length(max=500), metadata={"description": "words"}),
            "limit": _limit(min(50, most), most),
        },
        name="PageQuery",
    )


def similar_query(most: int) -> type[Schema]:
    """Return the query of a list of similar songs."""
    return Schema.from_dict(
        {
            "limit": _limit(min(10, most), most),
            "exclude_artist": fields.Boolean(
                load_default=False, metadata={"description": "leave out the song's artist"}
            ),
            "max_per_artist": fields.Integer(load_default=None, validate=validate.Range(1)),
            "genre": fields.String(load_default=None, validate=validate.Length(1, 100)),
        },
        name="SimilarQuery",
    )


def jobs_query(most: int) -> type[Schema]:
    """Return the query of a page of jobs."""
    return Schema.from_dict(
        {
            "cursor": fields.String(load_default="", metadata={"description": "next_cursor of the page before"}),
            "state": fields.String(load_default=None, validate=validate.OneOf(list(JobState))),
            "batch": fields.String(load_default=None),
            "limit": _limit(min(50, most), most),
        },
        name="JobsQuery",
    )
