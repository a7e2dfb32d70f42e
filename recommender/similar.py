"""Songs like one song: neighbours, filtered and capped, as many as were wished for."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from songs.errors import UnknownSong
from songs.identity import ArtistId, SongId
from songs.ports import Catalogue, Neighbour, SongSearch
from songs.song import Song
from songs.vectors import Vector
from songs.vocabulary import genres

UNKNOWN_ARTIST = "Unknown artist"  # no artist at all: two songs of it have nothing in common
WIDER = 4  # how many more neighbours are looked at when too few passed


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants to hear."""

    limit: int = 10  # songs
    exclude_artist: bool = False  # leave out the seed's own artist
    max_per_artist: int | None = None  # songs
    genre: str | None = None  # by the file's tag, else by the model where it is certain


@dataclass(frozen=True, slots=True)
class Hit:
    """One answer."""

    song: Song
    score: float  # cosine, -1 to 1
    rank: int  # from 1


def similar(song_id: SongId, index: SongSearch, catalogue: Catalogue, wish: Wish) -> list[Hit]:
    """Return the songs closest to a song, which is not among them, best first; fewer where no more pass.

    Raises
    ------
    UnknownSong
        The song is not in the catalogue, or has no vector in the index.
    """
    return similar_to_song(catalogue.song(song_id), index, catalogue, wish)


def similar_to_song(seed: Song, index: SongSearch, catalogue: Catalogue, wish: Wish) -> list[Hit]:
    """Return the songs closest to a song that was read already; raises UnknownSong where it has no vector."""
    return _Search(index, catalogue, wish, seed).hits(index.vector(seed.id))


def similar_to_vector(vector: Vector, index: SongSearch, catalogue: Catalogue, wish: Wish) -> list[Hit]:
    """Return the songs closest to a vector, shape (d,), of something that is no song of the catalogue."""
    return _Search(index, catalogue, wish, None).hits(vector)


@dataclass(slots=True)
class _Search:
    """One question; remembers what it has read of the catalogue while it looks further and further away."""

    index: SongSearch
    catalogue: Catalogue
    wish: Wish
    seed: Song | None
    songs: dict[SongId, Song] = field(default_factory=dict)
    passed: dict[SongId, bool] = field(default_factory=dict)

    def hits(self, vector: Vector) -> list[Hit]:
        """Widen until there are enough, or nobody is left."""
        k = self.wish.limit + 1
        while True:
            near = self.index.nearest(vector, k)
            self._read(near)
            chosen = list(self._chosen(near))
            if len(chosen) >= self.wish.limit or len(near) < k:
                return _ranked(chosen[: self.wish.limit])
            k *= WIDER

    def _read(self, near: Sequence[Neighbour]) -> None:
        new = [n.song_id for n in near if n.song_id not in self.passed]
        found = self.catalogue.songs(new)  # one that was deleted meanwhile is not among them
        self.songs.update(found)
        self.passed.update((song_id, song_id in found and self._passes(found[song_id])) for song_id in new)

    def _chosen(self, near: Sequence[Neighbour]) -> Iterator[tuple[Song, float]]:
        of_artist: Counter[ArtistId] = Counter()
        for neighbour in near:
            if not self.passed[neighbour.song_id]:
                continue
            song = self.songs[neighbour.song_id]
            if self.wish.max_per_artist is not None and song.artist != UNKNOWN_ARTIST:
                of_artist[song.artist_id] += 1
                if of_artist[song.artist_id] > self.wish.max_per_artist:
                    continue
            yield song, neighbour.score

    def _passes(self, song: Song) -> bool:
        if self.seed is not None:
            if song.id == self.seed.id:
                return False
            same_artist = song.artist_id == self.seed.artist_id and song.artist != UNKNOWN_ARTIST
            if self.wish.exclude_artist and same_artist:
                return False
        return self.wish.genre is None or self._of_genre(song, self.wish.genre)

    def _of_genre(self, song: Song, wanted: str) -> bool:
        ours = genres(wanted)
        if not ours:  # a word outside the vocabulary can only be in a tag
            return wanted.strip().casefold() in _words(song.genre_tag)
        tagged = genres(song.genre_tag)
        return bool(ours & (tagged or self._heard(song.id)))

    def _heard(self, song_id: SongId) -> frozenset[str]:
        """Return the genre that the model is certain of, where it is."""
        try:
            heard = self.catalogue.labels(song_id).genre
        except UnknownSong:
            return frozenset()
        return frozenset() if heard.uncertain else genres(heard.value)


def _words(tag: str | None) -> frozenset[str]:
    return frozenset(part.strip().casefold() for part in (tag or "").replace(",", ";").replace("|", ";").split(";"))


def _ranked(chosen: Iterable[tuple[Song, float]]) -> list[Hit]:
    return [Hit(song, score, rank) for rank, (song, score) in enumerate(chosen, 1)]
