import threading
import time

import numpy as np
import pytest

from indexer.follower import FollowingIndex
from indexer.generations import Generations
from indexer.writer import IndexWriter
from songs.errors import IndexMismatch, StoreUnavailable, UnknownSong

D = 8
EAST = np.eye(D, dtype=np.float32)[0]


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def index(folder, log, clock):
    return FollowingIndex(folder, log, log.active, D, clock)


def names(index):
    return [hit.song_id[0] for hit in index.nearest(EAST, 10)]


def publish(folder, log):
    with IndexWriter(folder, log, log.active, D) as writer:
        writer.catch_up()


def test_it_works_with_no_generation_at_all(index, folder):
    assert names(index) == ["a", "b", "c"]
    assert not folder.exists()


def test_a_song_is_findable_and_gone_within_a_fifth_of_a_second(index, log, clock):
    assert names(index) == ["a", "b", "c"]
    log.put("d", 1, 0.1)
    log.remove("a")
    clock.now += 0.21
    assert names(index) == ["d", "b", "c"]


def test_the_log_is_asked_at_most_five_times_a_second(index, log, clock, monkeypatch):
    asked = []
    index.nearest(EAST, 3)
    monkeypatch.setattr(log, "head", lambda: asked.append(1) or len(log.lines))
    for _ in range(100):
        index.nearest(EAST, 3)
        clock.now += 0.01
    assert 4 <= len(asked) <= 5


def test_the_vector_of_a_song_that_came_just_now_is_there(index, log):
    len(index)
    log.put("d", 3)
    np.testing.assert_array_equal(index.vector("d" * 22), EAST)
    with pytest.raises(UnknownSong):
        index.vector("e" * 22)


def test_a_newer_generation_is_taken_up_and_the_tail_stays(index, folder, log, clock):
    publish(folder, log)
    assert names(index) == ["a", "b", "c"]
    log.put("b", 1, 0.01)
    publish(folder, log)
    log.put("d", 1, 0.02)
    clock.now += 1.1
    assert names(index) == ["a", "b", "d", "c"]
    assert index._view.base.manifest.seq == 4
    assert len(index) == 4


def test_a_damaged_newer_generation_changes_nothing(index, folder, log, clock):
    publish(folder, log)
    assert names(index) == ["a", "b", "c"]
    log.put("d", 1, 0.1)
    publish(folder, log)
    newest = Generations(folder, "m", D).folder / f"gen-{4:020}"
    (newest / "ids").unlink()
    clock.now += 1.1
    assert names(index) == ["a", "d", "b", "c"]
    assert index._view.base.manifest.seq == 3


def test_a_log_that_begins_again_makes_it_begin_again(index, folder, log, clock):
    for _ in range(3):
        log.put("a", 1)
    publish(folder, log)
    assert names(index) == ["a", "b", "c"]
    log.lines, log.vectors = [], {}
    log.put("z", 1)
    clock.now += 0.21
    assert names(index) == ["z"]


def test_it_follows_the_active_model(index, folder, log, clock):
    publish(folder, log)
    assert names(index) == ["a", "b", "c"]
    log.put("c", 1, 0.5, model="n")
    log.activate("n")
    clock.now += 0.21
    assert names(index) == ["c"]
    with pytest.raises(UnknownSong):
        index.vector("a" * 22)
    log.activate("m")
    clock.now += 0.21
    assert names(index) == ["a", "b", "c"]


def test_a_switch_in_the_middle_of_reading_mixes_nothing(index, log, clock, monkeypatch):
    assert len(index) == 3
    log.put("c", 1, 0.5, model="n")
    ours, calls = log.since, []

    def since(seq, limit):
        if not calls:
            calls.append(log.activate("n"))
        return ours(seq, limit)

    monkeypatch.setattr(log, "since", since)
    clock.now += 0.21
    assert names(index) == ["c"]


def test_without_a_model_it_is_empty(folder, log, clock):
    index = FollowingIndex(folder, log, lambda: None, D, clock)
    assert len(index) == 0
    assert index.nearest(EAST, 3) == []
    with pytest.raises(UnknownSong):
        index.vector("a" * 22)


def test_another_dimension_is_a_named_error(folder, log, clock):
    with pytest.raises(IndexMismatch):
        len(FollowingIndex(folder, log, log.active, D + 1, clock))


def test_a_stranger_in_the_folder_is_passed_over(index, folder, log, clock):
    publish(folder, log)
    Generations(folder, "m", D).folder.rename(folder / "n")
    log.put("c", 1, 0.5, model="n")
    log.activate("n")
    assert names(index) == ["c"]


def test_it_says_nothing_while_the_log_is_away_and_goes_on_after(index, log, clock, monkeypatch):
    assert names(index) == ["a", "b", "c"]

    def away():
        raise StoreUnavailable("gone")

    with monkeypatch.context() as patch:
        patch.setattr(log, "head", away)
        clock.now += 0.21
        with pytest.raises(StoreUnavailable):
            names(index)
    assert names(index) == ["a", "b", "c"]


def test_threads_see_whole_answers_while_songs_move_and_generations_change(folder, log):
    """Every song is there once in every answer, in its old place or its new one, whatever happens meanwhile."""
    index, stop, wrong = FollowingIndex(folder, log, log.active, D), threading.Event(), []

    def search():
        while not stop.is_set():
            found = names(index)
            if sorted(found) != ["a", "b", "c"]:
                wrong.append(found)

    threads = [threading.Thread(target=search) for _ in range(3)]
    for thread in threads:
        thread.start()
    with IndexWriter(folder, log, log.active, D) as writer:
        ends = time.monotonic() + 1.5
        while time.monotonic() < ends:
            for turn, name in enumerate("abc"):
                log.put(name, 1, turn, np.random.default_rng(turn).random())
            writer.catch_up()
            time.sleep(0.02)
    stop.set()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_database_that_took_the_place_of_another_never_sees_its_generation(folder, log, other_log):
    with IndexWriter(folder, log, log.active, D) as writer:
        writer.catch_up()
    assert names(FollowingIndex(folder, other_log, other_log.active, D)) == ["u", "v", "w", "x", "y"]
    with IndexWriter(folder, other_log, other_log.active, D) as writer:
        assert writer.catch_up() == 5
    assert names(FollowingIndex(folder, log, log.active, D)) == ["a", "b", "c"]
