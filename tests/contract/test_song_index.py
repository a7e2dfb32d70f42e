"""What every song index promises: the port ``SongIndex``, and what indexes that follow a change log answer."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from indexer.exact import ExactIndex
from indexer.faiss_index import FaissIndex
from indexer.follower import FollowingIndex
from indexer.writer import IndexWriter
from songs.errors import UnknownSong
from songs.identity import SongId
from songs.ports import ALL, Change
from songs.vectors import unit

D = 4
IDS = [SongId(letter * 22) for letter in "ABCDEFGHabcdefgh"]
SONG = st.sampled_from(IDS)
VECTOR = st.lists(st.integers(-2, 2), min_size=D, max_size=D).map(lambda v: np.array(v, np.float32))  # ties, zeros
QUERY = VECTOR.filter(np.any)


class Log:
    """A change log in memory."""

    def __init__(self):
        self.lines, self.vectors, self.name = [], {}, "."  # generations lie in the index directory itself

    def put(self, song_id, vector):
        self.vectors[song_id] = unit(vector)
        self.lines.append(song_id)

    def remove(self, song_id):
        if self.vectors.pop(song_id, None) is not None:
            self.lines.append(song_id)

    def identity(self):
        return self.name

    def head(self):
        return len(self.lines)

    def since(self, seq, limit):
        lines = enumerate(self.lines[seq : seq + limit], seq + 1)
        return [Change(number, song_id, self.vectors.get(song_id)) for number, song_id in lines]

    def everything(self):
        return len(self.lines), list(self.vectors), np.array(list(self.vectors.values()), np.float32).reshape(-1, D)


class Published:
    """Log, writer and follower as one index; every third change is published as a generation."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory()
        self._log, self._now = Log(), 0.0
        self._writer = IndexWriter(Path(self._folder.name), self._log, lambda: "m", D)
        self._follower = FollowingIndex(Path(self._folder.name), self._log, lambda: "m", D, lambda: self._now)

    def _changed(self):
        self._now += 0.5
        if self._log.head() % 3 == 0:
            self._writer.catch_up()

    def upsert(self, song_id, vector):
        self._log.put(song_id, vector)
        self._changed()

    def delete(self, song_id):
        self._log.remove(song_id)
        self._changed()

    def vector(self, song_id):
        return self._follower.vector(song_id)

    def nearest(self, vector, k, among=ALL):
        return self._follower.nearest(vector, k, among)

    def __len__(self):
        return len(self._follower)


ADAPTERS = {"exact": ExactIndex, "faiss": lambda: FaissIndex(D), "published": Published}


@pytest.fixture(params=ADAPTERS)
def index(request):
    return ADAPTERS[request.param]()


def brute(vectors, query, k, among=ALL):
    """Return what ``nearest`` must answer, by the definition of a cosine."""

    def cosine(vector):
        lengths = float(np.linalg.norm(vector)) * float(np.linalg.norm(query))
        return round(float(np.dot(vector, query)) / lengths, 6) if lengths else 0.0

    hits = sorted((-cosine(vector), song_id) for song_id, vector in vectors.items() if song_id in among)
    return [(song_id, -score) for score, song_id in hits[:k]]


def same(hits, expected):
    assert [h.song_id for h in hits] == [i for i, _ in expected]
    np.testing.assert_allclose([h.score for h in hits], [s for _, s in expected], atol=2e-6)


def fill(index, changes):
    """Make changes on an index and return what it holds then."""
    vectors = {}
    for song_id, vector in changes:
        if vector is None:
            index.delete(song_id)
            vectors.pop(song_id, None)
        else:
            index.upsert(song_id, vector)
            vectors[song_id] = vector
    return vectors


CHANGES = st.lists(st.tuples(SONG, st.none() | VECTOR), max_size=30)


class Predicate:
    """A set that can only be asked."""

    def __init__(self, ids):
        self._ids = frozenset(ids)

    def __contains__(self, song_id, /):
        return song_id in self._ids


@pytest.mark.parametrize("adapter", ADAPTERS)
@given(changes=CHANGES, query=QUERY, k=st.integers(0, 20), among=st.none() | st.sets(SONG), asked=st.booleans())
@settings(deadline=None, max_examples=120)
def test_agrees_with_brute_force(adapter, changes, query, k, among, asked):  # noqa: PLR0917
    index = ADAPTERS[adapter]()
    vectors = fill(index, changes)
    songs = ALL if among is None else Predicate(among) if asked else among
    same(index.nearest(query, k, songs), brute(vectors, query, k, songs))
    assert len(index) == len(vectors)
    for song_id, vector in vectors.items():
        np.testing.assert_allclose(index.vector(song_id), unit(vector), atol=1e-6)


@given(st.floats(2**-40, 2**40, width=32))
@pytest.mark.parametrize("adapter", ADAPTERS)
@settings(deadline=None, max_examples=30)
def test_length_of_a_vector_does_not_matter(adapter, gain):
    index = ADAPTERS[adapter]()
    vector = np.array([1, 2, 3, 4], np.float32)
    index.upsert(IDS[0], vector * np.float32(gain))
    index.upsert(IDS[1], -vector)
    hits = index.nearest(vector * np.float32(gain), 2)
    assert [(h.song_id, round(h.score, 5)) for h in hits] == [(IDS[0], 1.0), (IDS[1], -1.0)]
    assert all(-1 <= h.score <= 1 for h in hits)


def test_unknown_song(index):
    with pytest.raises(UnknownSong, match="nope"):
        index.vector(SongId("nope"))
    index.upsert(IDS[0], np.ones(D, np.float32))
    index.delete(IDS[0])
    with pytest.raises(UnknownSong):
        index.vector(IDS[0])


def test_deleting_what_is_not_there_is_no_error(index):
    index.delete(IDS[3])
    assert len(index) == 0
    assert index.nearest(np.ones(D, np.float32), 5) == []


def test_many_equal_songs_come_in_the_order_of_their_ids(index):
    ids = [SongId(f"{n:022}") for n in range(200)]
    rng = np.random.default_rng(3)
    for song_id in rng.permutation(ids):
        index.upsert(SongId(str(song_id)), np.array([3, 1, 4, 1], np.float32))
    hits = index.nearest(np.array([3, 1, 4, 1.5], np.float32), 70)
    assert [h.song_id for h in hits] == ids[:70]
    assert len({h.score for h in hits}) == 1


class WriterAndFollower(RuleBasedStateMachine):
    """Any sequence of changes, publications, crashes and restarts answers as a dictionary would."""

    @initialize()
    def begin(self):
        self.folder = tempfile.TemporaryDirectory()
        self.log, self.now, self.vectors = Log(), 0.0, {}
        self.writer = None
        self.restart_writer()
        self.restart_follower()

    @property
    def place(self):
        return Path(self.folder.name) / self.log.identity() / "m"

    @property
    def generations(self):
        return sorted(self.place.glob("gen-*"))

    @rule(song_id=SONG, vector=VECTOR)
    def upsert(self, song_id, vector):
        self.log.put(song_id, vector)
        self.vectors[song_id] = vector

    @rule(song_id=SONG)
    def delete(self, song_id):
        self.log.remove(song_id)
        self.vectors.pop(song_id, None)

    @rule()
    def publish(self):
        self.writer.catch_up()

    @rule()
    def reindex(self):
        assert self.writer.reindex() == len(self.vectors)

    @rule()
    def restart_writer(self):
        if self.writer is not None:
            self.writer.close()
        self.writer = IndexWriter(Path(self.folder.name), self.log, lambda: "m", D)

    @rule()
    def restart_follower(self):
        self.follower = FollowingIndex(Path(self.folder.name), self.log, lambda: "m", D, lambda: self.now)

    @rule(name=st.sampled_from(["vectors.faiss", "ids", "manifest.json"]), share=st.floats(0, 0.99))
    def crash_while_writing(self, name, share):
        """A power cut that left half a folder beside, and cut a file of the newest generation short."""
        (self.place / ".part-crash").mkdir(parents=True, exist_ok=True)
        if self.generations:
            path = self.generations[-1] / name
            content = path.read_bytes()
            path.unlink()  # the bytes that are mapped already stay: a file of ours is never written twice
            path.write_bytes(content[: int(len(content) * share)])
        self.restart_writer()

    @rule()
    def lose_the_index(self):
        for path in self.generations:
            for file in path.iterdir():
                file.unlink()
            path.rmdir()
        self.restart_writer()

    @rule()
    def replace_the_database(self):
        """Processes are stopped, other rows are put in place: another log, whose numbers are not the old one's."""
        kept, name = list(self.vectors.items())[:1], f"{self.log.identity()}+"
        self.log, self.vectors = Log(), dict(kept)
        self.log.name = name
        for song_id, vector in kept:
            self.log.put(song_id, vector)
        self.restart_writer()
        self.restart_follower()

    @invariant()
    def answers_like_a_dictionary(self):
        self.now += 0.6
        for query in np.eye(D, dtype=np.float32)[:2]:
            same(self.follower.nearest(query, 5), brute(self.vectors, query, 5))
        assert len(self.follower) == len(self.vectors)

    def teardown(self):
        if hasattr(self, "writer"):
            self.writer.close()
            self.folder.cleanup()


TestWriterAndFollower = WriterAndFollower.TestCase
TestWriterAndFollower.settings = settings(deadline=None, max_examples=60, stateful_step_count=30)
