"""The use case without Celery: run twice, crash at any step, go back to an older recording."""

import hashlib
from dataclasses import dataclass, field

import numpy as np
import pytest

from jobs.ledger import JobLedger
from jobs.memory import ListQueue
from songs.errors import AudioUndecodable, JobTaken, SourceChanged
from songs.jobs import Job, JobState, Outcome
from songs.labels import Choice, Labels
from songs.ports import Request
from songs.song import Embedding, Tags
from songs.vectors import DIMENSIONS, unit
from store.memory import memory_store
from worker.ingest import Ingest, Sound
from worker.sources import FileFacts

MODEL = "test-1"


class Crash(BaseException):
    """What kill -9 looks like from inside: nothing catches it."""


@dataclass
class World:
    """Files in memory, a store, a ledger, and a place to crash."""

    files: dict[str, bytes] = field(default_factory=dict)
    crash: str | None = None
    listened: int = 0

    def __post_init__(self):
        self.store = memory_store(vanished=lambda source: source not in self.files)
        self.store.models.activate(MODEL)
        self.ledger = JobLedger(self.store.jobs, ListQueue(), max_attempts=3)
        self.ingest = Ingest(MODEL, self.path, self.facts, self.touched, self.listen, self, self)

    # the ports that the use case sees, each of which may crash
    def at(self, step: str) -> None:
        if self.crash == step:
            raise Crash(step)

    def path(self, source):
        self.at("path")
        return source

    def facts(self, path):
        self.at("facts")
        data = self.files[path]
        return FileFacts(hashlib.sha256(data).hexdigest(), len(data), 1)

    def touched(self, path):
        return len(self.files[path]), 1

    def listen(self, path, progress):
        self.at("listen")
        progress(0.5)
        self.listened += 1
        data = self.files[path]
        if data == b"broken":
            raise AudioUndecodable(path, "broken")
        vector = unit(np.random.default_rng(len(data) + data[0]).normal(size=DIMENSIONS))
        embedding = Embedding(
            model=MODEL, vector=vector, slice_vectors=vector[None], slice_starts=np.zeros(1, np.float32)
        )
        labels = Labels(genre=Choice("rock", False, 0.9, {"rock": 0.9}))
        return Sound(embedding, labels, Tags(title="From the file", artist="Somebody"), 10.0, 44100, 2)

    def standing(self, source):
        return self.store.songs.standing(source)

    def commit(self, analysis, move):
        self.at("before commit")
        song_id = self.store.songs.commit(analysis, move)
        self.at("after commit")
        return song_id

    def done(self, job, outcome):
        return self.ledger.done(job, outcome)

    def settle(self, move):
        self.at("settle")
        return self.ledger.settle(move)

    # what the task around it does
    def submit(self, source="/a.mp3", tags=Tags()):  # noqa: B008 - frozen
        return self.ledger.submit([Request(source, tags)])[0]

    def run(self, job: Job):
        claimed = self.ledger.claim(job.id, "worker:1:1")
        assert claimed is not None
        return self.ingest(claimed, Still(claimed))

    def free(self, job: Job):
        """What the sweeper does with a job whose worker is gone."""
        self.ledger.sweep(heartbeat_seconds=-1)
        return self.store.jobs.get(job.id)


@dataclass
class Still:
    """A watch without a thread."""

    held: Job

    def at(self, stage, progress):
        assert 0 <= progress <= 1

    def stop(self):
        return self.held


@pytest.fixture
def world():
    return World(files={"/a.mp3": b"first"})


def songs(world):
    return world.store.songs.page().songs


def changes(world):
    return world.store.log.since(0, 100)


def test_a_new_song(world):
    job = world.submit()
    world.run(job)
    (song,) = songs(world)
    assert (song.title, song.artist, song.duration) == ("From the file", "Somebody", 10.0)
    row = world.store.jobs.get(job.id)
    assert (row.state, row.outcome, row.song_id) == (JobState.DONE, Outcome.COMMITTED, song.id)
    assert world.store.songs.labels(song.id).genre.value == "rock"


@pytest.mark.parametrize("step", ["path", "facts", "listen", "before commit"])
def test_crash_at_any_step_then_redelivery_commits_once(world, step):
    job = world.submit()
    world.crash = step
    with pytest.raises(Crash):
        world.run(job)
    world.crash = None
    assert songs(world) == ()
    freed = world.free(job)
    assert (freed.state, freed.attempts) == (JobState.QUEUED, 1)
    world.run(freed)
    assert len(songs(world)) == 1
    assert len(changes(world)) == 1


def test_crash_right_after_the_commit_changes_nothing(world):
    job = world.submit()
    world.crash = "after commit"
    with pytest.raises(Crash):
        world.run(job)
    world.crash = None
    assert world.store.jobs.get(job.id).state is JobState.DONE
    assert world.ledger.claim(job.id, "worker:2:2") is None, "the message that comes again has nothing to do"
    assert len(songs(world)) == len(changes(world)) == 1


def test_crash_before_the_word_unchanged_is_written(world):
    world.run(world.submit())
    again = world.submit()
    world.crash = "settle"
    with pytest.raises(Crash):
        world.run(again)
    world.crash = None
    world.run(world.free(again))
    assert world.store.jobs.get(again.id).outcome is Outcome.UNCHANGED
    assert len(changes(world)) == 1


def test_what_stands_is_not_heard_again_but_new_words_are(world):
    world.run(world.submit())
    assert world.run(world.submit()).outcome is Outcome.UNCHANGED
    assert world.listened == 1
    world.run(world.submit(tags=Tags(title="From the manifest")))
    assert world.listened == 2
    assert [song.title for song in songs(world)] == ["From the manifest"]
    assert world.run(world.submit(tags=Tags(title="From the manifest"))).outcome is Outcome.UNCHANGED


def test_going_back_to_an_older_recording_commits_again(world):
    ids = []
    for data in (b"first", b"second!", b"first"):
        world.files["/a.mp3"] = data
        assert world.run(world.submit()).outcome is Outcome.COMMITTED
        ids.append(songs(world)[0].id)
    assert len(set(ids)) == len(songs(world)) == 1
    assert len(changes(world)) >= 1


def test_a_file_that_moved_keeps_its_song(world):
    world.run(world.submit())
    before = songs(world)[0].id
    world.files["/b.mp3"] = world.files.pop("/a.mp3")
    world.run(world.submit("/b.mp3"))
    (song,) = songs(world)
    assert (song.id, song.source) == (before, "/b.mp3")


def test_a_copy_beside_it_is_another_song(world):
    world.run(world.submit())
    world.files["/b.mp3"] = world.files["/a.mp3"]
    world.run(world.submit("/b.mp3"))
    assert len({song.id for song in songs(world)}) == 2


def test_a_file_written_to_meanwhile_is_tried_again(world):
    real = world.ingest.listen

    def listen(path, progress):
        sound = real(path, progress)
        world.files[path] += b"more"
        return sound

    job = world.submit()
    claimed = world.ledger.claim(job.id, "worker:1:1")
    changing = Ingest(MODEL, world.path, world.facts, world.touched, listen, world, world)
    with pytest.raises(SourceChanged):
        changing(claimed, Still(claimed))
    assert songs(world) == ()


def test_bad_audio_writes_nothing(world):
    world.files["/a.mp3"] = b"broken"
    with pytest.raises(AudioUndecodable):
        world.run(world.submit())
    assert songs(world) == ()
    assert changes(world) == []


def test_a_job_that_somebody_else_took_commits_nothing(world):
    job = world.submit()
    mine = world.ledger.claim(job.id, "worker:1:1")
    theirs = world.ledger.claim(world.free(job).id, "worker:2:2")
    assert theirs is not None
    with pytest.raises(JobTaken):
        world.ingest(mine, Still(mine))
    assert songs(world) == ()
    world.ingest(theirs, Still(theirs))
    assert len(songs(world)) == 1
