"""``/v1/songs/{id}/similar``: which songs sound alike."""

from collections.abc import Mapping
from typing import Any

from api.access import Gate
from api.blueprints import Blueprint
from api.queries import similar_query
from api.schemas import SimilarSchema
from recommender.similar import Hit, Wish, similar
from songs.errors import IndexUnavailable, UnknownSong
from songs.identity import SongId
from songs.ports import Catalogue, Models, SongSearch


def blueprint(catalogue: Catalogue, index: SongSearch, models: Models, gate: Gate, most: int) -> Blueprint:
    """Return the route; ``most`` is the number of songs in one answer."""
    routes = Blueprint("similar", "More like this.")
    routes.before_request(gate.check)

    def hits(song_id: SongId, wish: Wish) -> list[Hit]:
        try:
            return similar(song_id, index, catalogue, wish)
        except UnknownSong:
            catalogue.song(song_id)  # deleted meanwhile: it is unknown indeed
            raise IndexUnavailable(f"the active model has no vector of song {song_id} yet") from None

    @routes.at("/songs/<reference:reference>/similar")
    @routes.query(similar_query(most))
    @routes.answers(200, SimilarSchema)
    def most_like(query: Mapping[str, Any], reference: str) -> Mapping[str, Any]:
        """List the songs that sound most like a song, best first."""
        song_id = catalogue.find(reference)
        found = hits(song_id, Wish(**query))
        return {"song": catalogue.song(song_id), "model": models.active(), "similar": found}

    return routes
