import numpy as np
import pytest

from indexer.generations import Generations
from indexer.writer import IndexWriter
from songs.errors import IndexLocked, IndexMismatch

D = 8


@pytest.fixture
def writer(folder, log):
    with IndexWriter(folder, log, log.active, D) as made:
        yield made


def newest(folder, log):
    return Generations(folder, log.model, D).newest(log.head())


def test_the_first_time_it_builds_from_the_rows(folder, log, writer):
    assert writer.catch_up() == 3
    assert newest(folder, log).manifest.seq == 3
    assert len(newest(folder, log).search) == 3


def test_then_it_takes_what_is_new_and_rests_where_nothing_is(folder, log, writer):
    writer.catch_up()
    mark = Generations(folder, "m", D).mark()
    assert writer.catch_up() == 0
    assert Generations(folder, "m", D).mark() == mark
    log.put("d", 1, 2)
    log.remove("a")
    assert writer.catch_up() == 2
    assert [i[0] for i in newest(folder, log).rows.songs()] == ["b", "c", "d"]


def test_an_empty_log_is_nothing_to_publish(folder, log, writer):
    log.lines, log.vectors = [], {}
    assert writer.catch_up() == 0
    assert Generations(folder, "m", D).mark() is None


def test_a_restart_goes_on_from_the_newest_generation(folder, log, writer):
    writer.catch_up()
    writer.close()
    log.put("d", 1, 2)
    with IndexWriter(folder, log, log.active, D) as again:
        assert again.catch_up() == 1
    assert len(newest(folder, log).search) == 4


def test_a_publication_that_failed_is_made_up_for(folder, log, writer, monkeypatch):
    writer.catch_up()
    log.put("d", 1, 2)

    def full(self, *_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Generations, "publish", full)
        with pytest.raises(OSError, match="No space"):
            writer.catch_up()
    writer.catch_up()
    assert newest(folder, log).manifest.seq == 4


def test_a_database_that_was_replaced_is_followed_from_its_rows(folder, log, writer):
    for _ in range(3):
        log.put("a", 2)
        writer.catch_up()
    log.lines = log.lines[:2]
    log.vectors.pop(("c" * 22, "m"))
    assert writer.catch_up() == 2
    assert newest(folder, log).manifest.seq == 2
    assert len(list(Generations(folder, "m", D).folder.iterdir())) == 1


def test_a_second_writer_is_a_named_error(folder, log, writer):
    with pytest.raises(IndexLocked, match=str(folder)):
        IndexWriter(folder, log, log.active, D)
    writer.close()
    IndexWriter(folder, log, log.active, D).close()


def test_a_writer_that_is_forgotten_gives_the_directory_back(folder, log):
    IndexWriter(folder, log, log.active, D).catch_up()
    IndexWriter(folder, log, log.active, D).close()


def test_it_follows_the_active_model(folder, log, writer):
    writer.catch_up()
    log.put("a", 0, 0, 1, model="n")
    log.activate("n")
    assert writer.catch_up() == 1
    assert np.argmax(newest(folder, log).search.vector("a" * 22)) == 2
    log.activate("m")
    writer.catch_up()
    assert len(newest(folder, log).search) == 3


def test_without_a_model_there_is_nothing_to_do(folder, log):
    with IndexWriter(folder, log, lambda: None, D) as writer:
        assert writer.catch_up() == writer.reindex() == 0
    assert [path.name for path in folder.iterdir()] == ["lock"]


def test_reindex_builds_from_the_rows_whatever_is_there(folder, log, writer):
    writer.catch_up()
    log.vectors["a" * 22, "m"] = log.vectors["c" * 22, "m"]  # rows that the log did not tell of
    assert writer.catch_up() == 0
    assert writer.reindex() == 3
    np.testing.assert_array_equal(newest(folder, log).search.vector("a" * 22), log.vectors["c" * 22, "m"])


def test_another_dimension_is_a_named_error(folder, log):
    with IndexWriter(folder, log, log.active, D + 1) as writer, pytest.raises(IndexMismatch):
        writer.catch_up()


def test_generations_of_a_stranger_are_built_again(folder, log, writer):
    writer.catch_up()
    writer.close()
    Generations(folder, "m", D).folder.rename(folder / "n")
    log.activate("n")
    log.put("a", 1)
    with IndexWriter(folder, log, log.active, D) as again:
        assert again.catch_up() == 1
    assert len(newest(folder, log).search) == 1
