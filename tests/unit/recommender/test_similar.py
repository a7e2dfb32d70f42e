from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.exact import ExactIndex
from recommender.similar import UNKNOWN_ARTIST, Wish, similar, similar_to_vector
from songs.errors import UnknownSong
from songs.identity import ArtistId, SongId
from songs.labels import Choice, Labels
from songs.song import Song
from store.rows import UNKNOWN_ARTIST as OF_THE_STORE


@dataclass
class Shelf:
    """A catalogue and an index of the same songs."""

    songs_: dict = field(default_factory=dict)
    labels_: dict = field(default_factory=dict)
    index: ExactIndex = field(default_factory=ExactIndex)

    def add(self, name, vector, artist="A", tag=None, heard=None, certain=True):  # noqa: PLR0917
        song_id = SongId(name)
        self.songs_[song_id] = Song(
            id=song_id, title=name, artist=artist, artist_id=ArtistId(f"artist {artist}"), album=None, album_id=None,
            genre_tag=tag, year=None, track=None, isrc=None, sku=None, collection=None, source=f"/m/{name}",
            audio_sha256="", duration=60.0, missing=False, created_at=0.0, updated_at=0.0,
        )  # fmt: skip
        self.labels_[song_id] = Labels(genre=Choice(heard, not certain))
        self.index.upsert(song_id, np.array(vector, np.float32))
        return song_id

    def song(self, song_id):
        if song_id not in self.songs_:
            raise UnknownSong(song_id)
        return self.songs_[song_id]

    def songs(self, song_ids):
        return {song_id: self.songs_[song_id] for song_id in song_ids if song_id in self.songs_}

    def labels(self, song_id):
        return self.labels_[self.song(song_id).id]

    def ask(self, song_id, **wish):
        return similar(song_id, self.index, self, Wish(**wish))


SONG = st.tuples(
    st.lists(st.integers(-3, 3), min_size=3, max_size=3).filter(any),
    st.sampled_from(["A", "B", "C", UNKNOWN_ARTIST]),
    st.sampled_from([None, "Rock", "Jazz; Rock", "shoegaze"]),
    st.sampled_from([None, "rock", "jazz"]),
    st.booleans(),
)
WISH = st.builds(
    Wish,
    limit=st.integers(1, 8),
    exclude_artist=st.booleans(),
    max_per_artist=st.none() | st.integers(1, 3),
    genre=st.sampled_from([None, "rock", "Jazz", "shoegaze", "polka"]),
)


def shelf_of(songs):
    shelf = Shelf()
    for number, (vector, artist, tag, heard, certain) in enumerate(songs):
        shelf.add(f"s{number:02}", vector, artist, tag, heard, certain)
    return shelf


def fits(shelf, song, seed, wish):
    known = song.artist != UNKNOWN_ARTIST
    if song.id == seed.id or (wish.exclude_artist and known and song.artist == seed.artist):
        return False
    heard = shelf.labels_[song.id].genre
    tagged = (song.genre_tag or "").lower()
    if wish.genre in {"rock", "Jazz"}:
        word = wish.genre.lower()
        return word in tagged if tagged in {"rock", "jazz; rock"} else heard.value == word and not heard.uncertain
    return wish.genre is None or wish.genre in tagged


@given(songs=st.lists(SONG, min_size=1, max_size=25), wish=WISH)
@settings(deadline=None, max_examples=250)
def test_the_list_is_what_a_look_at_every_song_gives(songs, wish):
    shelf = shelf_of(songs)
    seed = shelf.song(SongId("s00"))
    wanted, of_artist = [], {}
    for near in shelf.index.nearest(shelf.index.vector(seed.id), 100):
        song = shelf.song(near.song_id)
        if fits(shelf, song, seed, wish):
            of_artist[song.artist] = of_artist.get(song.artist, 0) + 1
            if song.artist == UNKNOWN_ARTIST or of_artist[song.artist] <= (wish.max_per_artist or 100):
                wanted.append((song.id, near.score))
    hits = similar(seed.id, shelf.index, shelf, wish)
    assert [(hit.song.id, hit.score) for hit in hits] == wanted[: wish.limit]
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))


@given(songs=st.lists(SONG, max_size=15), vector=SONG, limit=st.integers(1, 20))
@settings(deadline=None, max_examples=50)
def test_a_vector_has_no_song_of_its_own_to_leave_out(songs, vector, limit):
    shelf = shelf_of(songs)
    query = np.array(vector[0], np.float32)
    hits = similar_to_vector(query, shelf.index, shelf, Wish(limit=limit, exclude_artist=True))
    assert [hit.song.id for hit in hits] == [near.song_id for near in shelf.index.nearest(query, limit)]


def test_it_looks_as_far_as_it_must_and_reads_each_song_once():
    shelf = Shelf()
    seed = shelf.add("seed", [1, 0])
    for number in range(300):
        shelf.add(f"near{number:03}", [1, number / 1000])
    far = shelf.add("far", [-1, 0], artist="B")
    read = []
    ours = shelf.songs
    shelf.songs = lambda ids: read.extend(ids) or ours(ids)
    assert [hit.song.id for hit in shelf.ask(seed, exclude_artist=True, limit=3)] == [far]
    assert len(read) == len(set(read)) == 302


def test_a_song_that_was_deleted_meanwhile_is_not_shown():
    shelf = Shelf()
    seed, gone, stays = (shelf.add(name, [1, n]) for n, name in enumerate(("seed", "gone", "stays")))
    del shelf.songs_[gone]
    assert [hit.song.id for hit in shelf.ask(seed, limit=1)] == [stays]


def test_an_unknown_seed():
    with pytest.raises(UnknownSong, match="nobody"):
        Shelf().ask(SongId("nobody"))


def test_nobody_is_the_same_nobody_in_the_store():
    assert UNKNOWN_ARTIST == OF_THE_STORE
