import numpy as np
import pytest

from indexer.exact import ExactIndex
from indexer.faiss_index import FaissIndex, read_flat, write_flat
from songs.identity import SongId
from songs.ports import ALL
from songs.vectors import unit

D = 16


class Asked:
    def __init__(self, ids):
        self.ids = frozenset(ids)

    def __contains__(self, song_id, /):
        return song_id in self.ids


@pytest.fixture(scope="module")
def both():
    """The same 3,000 songs in faiss and in its twin."""
    rng = np.random.default_rng(7)
    ids = [SongId(f"{n:022}") for n in range(3000)]
    vectors = rng.standard_normal((3000, D)).astype(np.float32)
    exact = ExactIndex()
    for song_id, vector in zip(ids, vectors, strict=True):
        exact.upsert(song_id, vector)
    return FaissIndex.of(ids, vectors), exact, ids, vectors


@pytest.mark.parametrize("kept", [1, 20, 400, 1500, 2999])
@pytest.mark.parametrize("how", [set, list, Asked])
def test_filters_agree_whatever_their_share(both, kept, how):
    faiss, exact, ids, vectors = both
    some = [ids[n] for n in np.random.default_rng(kept).choice(3000, kept, replace=False)]
    for query in vectors[:3]:
        assert faiss.nearest(query, 25, how(some)) == exact.nearest(query, 25, how(some))
        assert faiss.nearest(query, 25, how([*some, "stranger"])) == exact.nearest(query, 25, how(some))


@pytest.mark.parametrize("k", [0, -1, 1, 100, 3000, 10**9])
def test_any_number_of_neighbours(both, k):
    faiss, exact, _, vectors = both
    assert faiss.nearest(vectors[5], k, ALL) == exact.nearest(vectors[5], k, ALL)


def test_a_filter_that_is_far_from_the_query_still_fills_the_answer(both):
    faiss, _, ids, vectors = both
    furthest = np.argsort(unit(vectors) @ unit(vectors[0]))[:30]
    far = {ids[n] for n in furthest}
    assert {hit.song_id for hit in faiss.nearest(vectors[0], 30, Asked(far))} == far


@pytest.mark.parametrize("vector", [np.ones(D + 1), np.ones((1, D)), np.full(D, np.nan), np.full(D, np.inf)])
def test_what_is_no_vector_is_refused_and_changes_nothing(vector):
    index = FaissIndex(D)
    with pytest.raises(ValueError, match="16 finite numbers"):
        index.upsert(SongId("a"), vector)
    with pytest.raises(ValueError, match="16 finite numbers"):
        index.nearest(vector, 1)
    assert len(index) == 0


def test_an_id_that_comes_twice_is_refused():
    with pytest.raises(ValueError, match="twice"):
        FaissIndex.of([SongId("a"), SongId("a")], np.ones((2, D), np.float32))


def test_everything_comes_in_the_order_of_ids(both):
    index = FaissIndex(2)
    for name, vector in (("c", [1, 0]), ("a", [0, 1]), ("b", [1, 1])):
        index.upsert(SongId(name), np.array(vector, np.float32))
    index.delete(SongId("b"))
    ids, vectors = index.everything()
    assert list(ids) == ["a", "c"]
    np.testing.assert_array_equal(vectors, [[0, 1], [1, 0]])


def test_a_file_that_is_no_flat_index_is_refused(tmp_path):
    (tmp_path / "x").write_bytes(b"not an index at all")
    with pytest.raises(ValueError, match=r"."):
        read_flat(tmp_path / "x")
    write_flat(tmp_path / "y", np.eye(4, dtype=np.float32))
    assert read_flat(tmp_path / "y").ntotal == 4
