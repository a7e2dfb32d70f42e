"""The port ChangeLog, on every adapter."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from stores import MODEL, analysis, begin, commit, ended, failed, vector


def lines(store, seq=0, limit=1000):
    return [(line.seq, line.song_id) for line in store.log.since(seq, limit)]


def followed(store):
    """Return what a follower holds that has read the whole log."""
    held, seq = {}, 0
    while changes := store.log.since(seq, 3):
        for change in changes:
            assert change.seq == seq + 1
            seq = change.seq
            held[change.song_id] = change.vector
    assert seq == store.log.head()
    return {song_id: v for song_id, v in held.items() if v is not None}


def snapshot(store):
    head, ids, vectors = store.log.everything()
    assert vectors.shape == (len(ids), 128)
    assert vectors.dtype == np.float32
    return head, dict(zip(ids, vectors, strict=True))


def same(one, other):
    assert one.keys() == other.keys()
    for song_id, v in one.items():
        np.testing.assert_array_equal(v, other[song_id])


def test_an_empty_log(store):
    assert store.log.head() == 0
    assert store.log.since(0, 10) == []
    assert store.log.since(99, 10) == []
    assert snapshot(store) == (0, {})


def test_every_commit_is_one_line(store):
    ids = [commit(store, source, seed=seed) for seed, source in enumerate(("/a", "/b", "/a"))]
    assert lines(store) == [(1, ids[0]), (2, ids[1]), (3, ids[0])]
    assert lines(store, 1, 1) == [(2, ids[1])]
    assert store.log.head() == 3
    same(followed(store), {ids[0]: vector(2), ids[1]: vector(1)})


def test_a_line_carries_the_present_vector(store):
    song_id = commit(store, "/a", seed=1)
    commit(store, "/a", seed=2)
    assert [line.vector.dtype for line in store.log.since(0, 10)] == [np.float32, np.float32]
    for line in store.log.since(0, 10):
        np.testing.assert_array_equal(line.vector, vector(2))
    store.songs.delete(song_id)
    assert [line.vector for line in store.log.since(0, 10)] == [None, None, None]


def test_every_stage_is_one_line(store):
    kept, dropped = begin(store, "/a", seed=1), begin(store, "/b", seed=2, sha="b")
    same(followed(store), {kept.song_id: vector(1), dropped.song_id: vector(2)})
    same(followed(store), snapshot(store)[1])
    store.songs.commit(analysis("/a", seed=3), ended(kept))
    store.songs.refuse(failed(dropped))
    assert [song_id for _, song_id in lines(store)] == [kept.song_id, dropped.song_id] * 2
    same(followed(store), {kept.song_id: vector(3)})
    same(followed(store), snapshot(store)[1])


def test_a_snapshot_and_the_lines_after_it_agree(store):
    ids = [commit(store, f"/{n}", seed=n) for n in range(7)]
    store.songs.delete(ids[3])
    head, held = snapshot(store)
    assert head == store.log.head() == 8
    same(followed(store), held)
    same(held, {song_id: vector(n) for n, song_id in enumerate(ids) if n != 3})


def test_models_do_not_mix_and_followers_notice_the_switch(store):
    one, two = commit(store, "/1", seed=1), commit(store, "/2", seed=2)
    commit(store, "/1", seed=11, model="model-2")
    same(followed(store), {one: vector(1), two: vector(2)})
    head = store.log.head()
    store.models.activate("model-2")
    assert [song_id for _, song_id in lines(store, head)] == [one, two]
    same(followed(store), {one: vector(11)})
    same(snapshot(store)[1], {one: vector(11)})
    store.models.activate(MODEL)
    same(followed(store), {one: vector(1), two: vector(2)})
    head = store.log.head()
    store.models.activate(MODEL)
    assert store.log.head() == head, "nothing was switched"


def test_no_reader_misses_a_line_of_many_writers(store):
    """Readers that always go on after the newest line they saw meet every line, in order, while others write."""
    over = threading.Event()

    def read():
        seen, last = [], False
        while not last:
            last = over.is_set()
            seen += [line.seq for line in store.log.since(seen[-1] if seen else 0, 5)]
            last = last and (seen[-1] if seen else 0) == store.log.head()
        return seen

    def write(number):
        song_id = commit(store, f"/{number}", seed=number, artist=f"Artist {number % 2}")
        if number % 4 == 0:
            store.songs.delete(song_id)

    with ThreadPoolExecutor(8) as pool:
        readers = [pool.submit(read) for _ in range(2)]
        try:
            list(pool.map(write, range(40)))
        finally:
            over.set()
        assert [reader.result(60) for reader in readers] == [list(range(1, 51))] * 2
    same(followed(store), snapshot(store)[1])
