"""What an ingest would do, judged without reading any audio."""

import os

import numpy as np
import pytest

from cli.plan import Planner
from jobs.ledger import JobLedger
from jobs.memory import ListQueue
from songs.jobs import Outcome
from songs.labels import Labels
from songs.ports import Request
from songs.song import Analysis, Embedding, Recording, Tags
from songs.vectors import DIMENSIONS, unit
from store.memory import memory_store
from worker.sources import canonical, facts

MODEL = "test-1"


@pytest.fixture
def store():
    one = memory_store()
    one.models.activate(MODEL)
    return one


def stand(store, path, asked=Tags(), model=MODEL):  # noqa: B008 - frozen
    """Put a file into the catalogue as an ingest would."""
    seen = facts(str(path))
    recording = Recording(source=canonical(path), sha256=seen.sha256, size=seen.size, mtime_ns=seen.mtime_ns,
                          duration=10.0, sample_rate=44100, channels=2)  # fmt: skip
    vector = unit(np.arange(1, DIMENSIONS + 1))
    embedding = Embedding(model=model, vector=vector, slice_vectors=vector[None], slice_starts=np.zeros(1, np.float32))
    ledger = JobLedger(store.jobs, ListQueue())
    job = ledger.claim(ledger.submit([Request(canonical(path), asked)])[0].id, "w:1:1")
    analysis = Analysis(recording=recording, tags=asked, embedding=embedding, labels=Labels(), asked=asked)
    return store.songs.commit(analysis, ledger.done(job, Outcome.COMMITTED))


def plan(store, *paths):
    return Planner(store.songs, MODEL)(map(str, paths))


def names(made):
    return [os.path.basename(request.source) for request in made.requests]  # noqa: PTH119


@pytest.fixture
def music(tmp_path):
    folder = tmp_path / "music"
    folder.mkdir()
    for name in ("a.mp3", "b.mp3", "c.mp3"):
        (folder / name).write_bytes(name.encode())
    return folder


def test_new_changed_unchanged_and_another_model(store, music):
    stand(store, music / "a.mp3")
    stand(store, music / "b.mp3")
    stand(store, music / "c.mp3", model="older")
    (music / "b.mp3").write_bytes(b"longer than before")
    (music / "d.mp3").write_bytes(b"new")
    made = plan(store, music)
    assert (names(made), made.unchanged) == (["b.mp3", "c.mp3", "d.mp3"], 1)


def test_a_touched_file_is_looked_at_again(store, music):
    stand(store, music / "a.mp3")
    os.utime(music / "a.mp3", ns=(1, 1))
    assert names(plan(store, music / "a.mp3")) == ["a.mp3"]


def test_vanished_files_are_told_and_only_those_below_the_folder(store, music, tmp_path):
    (tmp_path / "else.mp3").write_bytes(b"x")
    stand(store, tmp_path / "else.mp3")
    gone = stand(store, music / "a.mp3")
    (music / "a.mp3").unlink()
    (tmp_path / "else.mp3").unlink()
    assert plan(store, music).vanished == {canonical(music / "a.mp3"): gone}


def test_a_deleted_song_stays_so_unless_its_file_is_named(store, music):
    store.songs.delete(stand(store, music / "a.mp3"))
    made = plan(store, music)
    assert names(made) == ["b.mp3", "c.mp3"]
    assert made.deleted == [canonical(music / "a.mp3")]
    assert names(plan(store, music / "a.mp3")) == ["a.mp3"]


def test_a_folders_own_manifest_says_what_its_files_do_not(store, music):
    (music / "manifest.csv").write_text("path,artist,title\na.mp3,Somebody,Something\n")
    first, second, _ = plan(store, music).requests
    assert (first.tags.artist, first.tags.title) == ("Somebody", "Something")
    assert second.tags == Tags()
    stand(store, music / "a.mp3", first.tags)
    assert plan(store, music).unchanged == 1
    (music / "manifest.csv").write_text("path,artist,title\na.mp3,Somebody,Another title\n")
    assert plan(store, music).unchanged == 0
    (music / "manifest.csv").write_text("somebody else's table\n")
    assert len(plan(store, music).requests) == 3


def test_the_same_file_twice_is_one_request(store, music):
    (music / "link.mp3").symlink_to(music / "a.mp3")
    assert names(plan(store, music, music / "a.mp3", music / "link.mp3")) == ["a.mp3", "b.mp3", "c.mp3"]


def test_what_cannot_be_looked_at_is_refused_and_the_rest_goes_on(store, music, tmp_path):
    (tmp_path / "bad.csv").write_text("title\nx\n")
    undecodable = os.fsencode(music) + b"/\xff.mp3"
    with open(undecodable, "wb") as file:  # noqa: PTH123 - bytes
        file.write(b"x")
    made = plan(store, tmp_path / "nope", tmp_path / "bad.csv", music, "https://example.org/x.mp3")
    assert [what for what, _ in made.refused] == [
        str(tmp_path / "nope"), str(tmp_path / "bad.csv"), f"{canonical(music)}/\\udcff.mp3",
    ]  # fmt: skip
    assert len(made.requests) == 4
    assert made.requests[-1].source == "https://example.org/x.mp3"


def test_a_manifest_knows_what_is_gone_deleted_and_elsewhere(store, music, tmp_path):
    gone = stand(store, music / "a.mp3")
    (music / "a.mp3").unlink()
    store.songs.delete(stand(store, music / "b.mp3"))
    lines = ["path", "music/a.mp3", "music/b.mp3", "music/c.mp3", "music/never.mp3", "https://example.org/x.mp3"]
    (tmp_path / "m.csv").write_text("\n".join(lines))
    made = plan(store, tmp_path / "m.csv")
    assert names(made) == ["c.mp3", "never.mp3", "x.mp3"]
    assert made.vanished == {canonical(music / "a.mp3"): gone}
    assert made.deleted == [canonical(music / "b.mp3")]


def test_a_name_too_long_is_refused_by_name(store):
    made = plan(store, "x" * 5000)
    assert len(made.refused) == 1
