"""``/v1/songs``: reading songs, and taking songs out."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response

from api.access import Gate
from api.blueprints import Blueprint
from api.queries import page_query
from api.schemas import OneSongSchema, SongPageSchema, heard
from songs.labels import Labels
from songs.ports import Catalogue, Library

_NONE = Labels()


def blueprint(catalogue: Catalogue, library: Library, drop: Callable[[str], None], gate: Gate, most: int) -> Blueprint:
    """Return the routes.

    Parameters
    ----------
    drop : callable
        Removes the audio of a source that was kept here; any other source it leaves alone.
    most : int
        Songs in one answer.
    """
    routes = Blueprint("songs", "The catalogue.")
    routes.before_request(gate.check)

    @routes.at("/songs")
    @routes.query(page_query(most))
    @routes.answers(200, SongPageSchema)
    def page(query: Mapping[str, Any]) -> Mapping[str, Any]:
        """List songs, oldest first; ``q`` keeps those whose artist, title or album hold all its words."""
        found = catalogue.page(query["q"], query["cursor"] or None, query["limit"])
        labels = catalogue.labels_of(song.id for song in found.songs)
        songs = [heard(song, labels.get(song.id, _NONE).genre) for song in found.songs]  # one may be deleted since
        return {"songs": songs, "next_cursor": found.next_cursor, "total": found.total}

    @routes.at("/songs/<reference:reference>")
    @routes.answers(200, OneSongSchema)
    def song(reference: str) -> Mapping[str, Any]:
        """Show a song."""
        found = catalogue.song(catalogue.find(reference))
        return heard(found, catalogue.labels(found.id).genre)

    @routes.at("/songs/<reference:reference>", "DELETE")
    @routes.needs_key()
    @gate.writing
    @routes.answers(204)
    def delete(reference: str) -> Response:
        """Take a song out, with its vectors, its labels, and its audio where that was uploaded."""
        found = catalogue.song(catalogue.find(reference))
        library.delete(found.id)
        drop(found.source)
        fetched = f"upload:{found.audio_sha256}"  # where the audio of an address is kept; an upload may share it
        if found.source.startswith(("http://", "https://")) and library.standing(fetched) is None:
            drop(fetched)
        return Response(status=204)

    return routes
