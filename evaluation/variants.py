"""Is any post-processing worth its trouble? Vectors and rankings after one each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from embedder.split import SplitRule
from evaluation import postprocessing
from evaluation.collection import Collection
from evaluation.hubness import Scores, cosines, csls, mutual_proximity, occurrences, skewness
from evaluation.retrieval import by_artist, by_genre
from songs.metrics import retrieval_by
from songs.vectors import Vectors

AS_SERVED = "as served"
GAIN = 0.02  # of artist MAP, on every collection, that a variant must bring before it is worth a place
LOSS = 0.01  # of genre P@1 that it may cost
FEWEST = 20  # queries of a collection that has a say


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """What a variant reached on the unheard artists of one collection."""

    collection: str
    artist_p_at_1: float
    artist_map: float
    genre_p_at_1: float | None
    skew: float  # of how often a song is among the ten nearest


@dataclass(frozen=True, slots=True)
class Variant:
    """A post-processing and its figures."""

    name: str
    reached: tuple[Reached, ...]

    def beats(self, served: "Variant") -> bool:
        """Whether it wins on every collection by ``GAIN`` in artist MAP, and loses nowhere more than ``LOSS``."""
        return all(
            mine.artist_map >= theirs.artist_map + GAIN
            and (mine.genre_p_at_1 or 0) >= (theirs.genre_p_at_1 or 0) - LOSS
            for mine, theirs in zip(self.reached, served.reached, strict=True)
        )


@dataclass(frozen=True, slots=True)
class Hubs:
    """How often songs are among the ten nearest of others, over all collections together."""

    name: str
    songs: int
    skew: float
    most: int  # times that the greatest hub is
    never: float  # share of songs that are nowhere


def variants(collections: Sequence[Collection], rule: SplitRule) -> list[Variant]:
    """Measure every post-processing on unheard artists, of collections with enough queries; the first is none.

    What has to be fitted is fitted to the other songs of all collections together.
    """
    asked = [fresh for songs in collections if _asks_enough(fresh := songs.unseen(rule))]
    taught = [songs.taught(rule) for songs in collections]
    known = np.concatenate([songs.vectors for songs in taught])
    slices = [own for songs in taught for own in songs.slices]
    found = [_variant(name, asked, made) for name, made in _ranked(asked).items()]
    if len(known) > 1:
        found += [_variant(name, asked, made) for name, made in _moved(asked, known, slices).items()]
    return found


def _asks_enough(songs: Collection) -> bool:
    keys = [by_artist(row) for row in songs.rows]
    return sum(keys.count(key) > 1 for key in keys if key) >= FEWEST


def _ranked(asked: Sequence[Collection]) -> dict[str, list[Scores]]:
    plain = [cosines(songs.vectors) for songs in asked]
    return {
        AS_SERVED: plain,
        "CSLS over the ten nearest": [csls(scores) for scores in plain],
        "mutual proximity": [mutual_proximity(scores) for scores in plain],
    }


def _moved(asked: Sequence[Collection], known: Vectors, slices: Sequence[Vectors]) -> dict[str, list[Scores]]:
    made = {
        "centred": [postprocessing.centred(songs.vectors, known) for songs in asked],
        "half whitened": [postprocessing.whitened(songs.vectors, known, 0.5) for songs in asked],
        "whitened": [postprocessing.whitened(songs.vectors, known, 1.0) for songs in asked],
    }
    if slices and all(songs.slices for songs in asked):
        made |= {
            "mean of the slices' directions": [postprocessing.mean_of_directions(songs.slices) for songs in asked],
            "attention by length of slice": [postprocessing.mean_by_norm(songs.slices, slices) for songs in asked],
            "mean and deviation (256-d)": [postprocessing.mean_and_deviation(songs.slices, slices) for songs in asked],
        }
    return {name: [cosines(vectors) for vectors in own] for name, own in made.items()}


def _variant(name: str, asked: Sequence[Collection], made: Sequence[Scores]) -> Variant:
    return Variant(name, tuple(_reached(songs, scores) for songs, scores in zip(asked, made, strict=True)))


def _reached(songs: Collection, scores: Scores) -> Reached:
    artist = retrieval_by(scores, [by_artist(row) for row in songs.rows])
    genre = retrieval_by(scores, [by_genre(row) for row in songs.rows])
    return Reached(
        collection=songs.name,
        artist_p_at_1=artist.p_at_1,
        artist_map=artist.map,
        genre_p_at_1=genre.p_at_1 if genre.queries else None,
        skew=skewness(occurrences(scores)),
    )


def hubs(collections: Sequence[Collection]) -> list[Hubs]:
    """Count hubs among all songs of all collections, as one catalogue would hold them."""
    plain = cosines(np.concatenate([songs.vectors for songs in collections]))
    made = {AS_SERVED: plain, "CSLS over the ten nearest": csls(plain), "mutual proximity": mutual_proximity(plain)}
    return [_hubs(name, scores) for name, scores in made.items()]


def _hubs(name: str, scores: Scores) -> Hubs:
    counts = occurrences(scores)
    return Hubs(name, len(scores), skewness(counts), int(counts.max()), float((counts == 0).mean()))
