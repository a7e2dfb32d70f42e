"""``/v1/songs``: reading songs and their labels, and taking songs out."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response

from api.access import Gate
from api.blueprints import Blueprint
from api.queries import page_query
from api.schemas import LabelsSchema, OneSongSchema, SongPageSchema, heard
from songs.errors import UnknownSong
from songs.labels import Choice, Labels
from songs.ports import Catalogue, Library
from songs.song import Song


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
        songs = [heard(song, _genre(catalogue, song)) for song in found.songs]
        return {"songs": songs, "next_cursor": found.next_cursor, "total": found.total}

    @routes.at("/songs/<reference:reference>")
    @routes.answers(200, OneSongSchema)
    def song(reference: str) -> Mapping[str, Any]:
        """Show a song."""
        found = catalogue.song(catalogue.find(reference))
        return heard(found, _genre(catalogue, found))

    @routes.at("/songs/<reference:reference>/labels")
    @routes.answers(200, LabelsSchema)
    def labels(reference: str) -> Labels:
        """Show what the active model hears in a song."""
        return catalogue.labels(catalogue.find(reference))

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


def _genre(catalogue: Catalogue, song: Song) -> Choice:
    try:
        return catalogue.labels(song.id).genre
    except UnknownSong:  # deleted since the page was read
        return Choice()
