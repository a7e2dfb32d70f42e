"""One model beside others, all asked about the same songs of unheard artists: the table that the issue is about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from embedder.split import SplitRule, artist_key
from evaluation.collection import Collection
from evaluation.label_probes import Probes, commonest, label_probes
from evaluation.retrieval import chance_figures, retrieval_figures

FEWEST = 20  # queries of a collection: with fewer, a figure is an accident


@dataclass(frozen=True, slots=True)
class Contender:
    """Something that makes vectors of songs."""

    name: str
    collections: Sequence[Collection]  # the same songs for all contenders


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What a contender reached on one collection; ``None`` where the songs do not tell."""

    name: str
    artist_p_at_1: float | None
    artist_map: float | None
    album_map: float | None
    genre_p_at_1: float | None
    genre_probe: float | None
    emotions: float | None  # mean correlation
    liked: float | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The contenders' lines over one collection, after that of chance."""

    collection: str
    songs: int
    artists: int
    queries: int  # songs to which another of their artist belongs
    lines: tuple[Line, ...]


def comparisons(contenders: Sequence[Contender], rule: SplitRule) -> list[Comparison]:
    """Compare contenders on every collection with queries enough among unheard artists; the others teach the probes."""
    found = []
    for place, songs in enumerate(contenders[0].collections):
        asked = songs.unseen(rule)
        queries = chance_figures(asked.rows)["artist"]["queries"]
        if queries < FEWEST:
            continue
        lines = [_line(one.name, one.collections[place], rule) for one in contenders]
        artists = len({artist_key(row.tags.artist) for row in asked.rows})
        found.append(Comparison(songs.name, len(asked.rows), artists, queries, (_chance(songs, rule), *lines)))
    return found


def _line(name: str, songs: Collection, rule: SplitRule) -> Line:
    taught, asked = songs.taught(rule), songs.unseen(rule)
    return _filled(name, retrieval_figures(asked.vectors, asked.rows), label_probes(taught, asked))


def _chance(songs: Collection, rule: SplitRule) -> Line:
    taught, asked = songs.taught(rule), songs.unseen(rule)
    return _filled("chance", chance_figures(asked.rows), Probes(genre=commonest(taught, asked)))


def _filled(name: str, near: Mapping[str, Mapping[str, Any]], probes: Probes) -> Line:
    def told(by: str, measure: str) -> float | None:
        return float(near[by][measure]) if near[by]["queries"] else None

    return Line(
        name=name,
        artist_p_at_1=told("artist", "p_at_1"),
        artist_map=told("artist", "map"),
        album_map=told("album", "map"),
        genre_p_at_1=told("genre", "p_at_1"),
        genre_probe=probes.genre,
        emotions=probes.emotions,
        liked=probes.liked,
    )
