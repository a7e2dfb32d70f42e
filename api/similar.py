"""``/v1/songs/{id}/similar``: which songs sound alike."""

from collections.abc import Mapping
from typing import Any

from api.access import Gate
from api.blueprints import Blueprint
from api.queries import similar_query
from api.schemas import SimilarSchema
from recommender.similar import Hit, Wish, similar_to_song
from songs.errors import IndexUnavailable, UnknownSong
from songs.ports import Catalogue, Models, SongSearch
from songs.song import Song


def blueprint(catalogue: Catalogue, index: SongSearch, models: Models, gate: Gate, most: int) -> Blueprint:
    """Return the route; ``most`` is the number of songs in one answer."""
    routes = Blueprint("similar", "More like this.")
    routes.before_request(gate.check)

    def hits(seed: Song, wish: Wish) -> list[Hit]:
        try:
            return similar_to_song(seed, index, catalogue, wish)
        except UnknownSong:
            catalogue.song(seed.id)  # deleted meanwhile: it is unknown indeed
            raise IndexUnavailable(f"the active model has no vector of song {seed.id} yet") from None

    @routes.at("/songs/<reference:reference>/similar")
    @routes.query(similar_query(most))
    @routes.answers(200, SimilarSchema)
    def most_like(query: Mapping[str, Any], reference: str) -> Mapping[str, Any]:
        """List the songs that sound most like a song, best first."""
        seed = catalogue.song(catalogue.find(reference))
        return {"song": seed, "model": models.active(), "similar": hits(seed, Wish(**query))}

    return routes
