"""The use case without Celery: run twice, crash at any step, go back to an older recording."""

import hashlib
from dataclasses import dataclass, field

import numpy as np
import pytest

from heard import STRUCTURE
from jobs.ledger import JobLedger
from jobs.memory import ListQueue
from songs.errors import AudioSilent, AudioUndecodable, JobTaken, SourceChanged
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
    previewed: int = 0
    woken: int = 0
    stages: list[tuple[str, float]] = field(default_factory=list)

    def __post_init__(self):
        self.store = memory_store(vanished=lambda source: source not in self.files)
        self.store.models.activate(MODEL)
        self.ledger = JobLedger(self.store.jobs, ListQueue(), max_attempts=3)
        self.ingest = self.made()

    def made(self, **parts):
        usual = {
            "model": MODEL, "path": self.path, "facts": self.facts, "touched": self.touched, "preview": self.preview,
            "listen": self.listen, "library": self, "ledger": self, "wake": self.wake,
        }  # fmt: skip
        return Ingest(**usual | parts)

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
        if data.startswith(b"broken") or data.endswith(b"late"):
            raise AudioUndecodable(path, "broken")
        return sound(vector_of(data))

    def preview(self, path, progress):
        self.at("preview")
        progress(0.5)
        self.previewed += 1
        data = self.files[path]
        if data.startswith(b"broken"):
            raise AudioUndecodable(path, "broken")
        long = data.startswith(b"long")
        return sound(vector_of(data + b"windows" if long else data), whole=not long)

    def wake(self):
        self.woken += 1
        self.at("after sketch")

    def reach(self, job, stage, progress):
        return self.ledger.reach(job, stage, progress)

    def sketch(self, sketch, move):
        self.at("before sketch")
        return self.store.songs.sketch(sketch, move)

    def standing(self, source):
        return self.store.songs.standing(source)

    def commit(self, analysis, move):
        self.at("before commit")
        song_id = self.store.songs.commit(analysis, move)
        self.at("after commit")
        return song_id

    def recount(self, source, asked, move):
        self.at("before recount")
        return self.store.songs.recount(source, asked, move)

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
        return self.ingest(claimed, Still(claimed, self.stages))

    def refuse(self, job: Job):
        """What the task does where the audio is at fault."""
        held = self.store.jobs.get(job.id)
        self.store.songs.refuse(self.ledger.refused(held, "audio_undecodable", "broken"))
        return self.store.jobs.get(job.id)

    def free(self, job: Job):
        """What the sweeper does with a job whose worker is gone."""
        self.ledger.sweep(heartbeat_seconds=-1)
        return self.store.jobs.get(job.id)


def vector_of(data):
    return unit(np.random.default_rng(list(data)).normal(size=DIMENSIONS))


def sound(vector, *, whole=True):
    embedding = Embedding(model=MODEL, vector=vector, slice_vectors=vector[None], slice_starts=np.zeros(1, np.float32))
    labels = Labels(genre=Choice("rock", False, 0.9, {"rock": 0.9}))
    tags = Tags(title="From the file", artist="Somebody")
    return Sound(embedding, labels, STRUCTURE if whole else None, tags, 10.0, 44100, 2, whole)


@dataclass
class Still:
    """A watch without a thread."""

    held: Job
    stages: list[tuple[str, float]] = field(default_factory=list)

    def at(self, stage, progress):
        assert 0 <= progress <= 1
        self.stages.append((stage, progress))

    def step(self, write):
        self.held = write(self.held)

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
    assert world.store.songs.structure(song.id) == STRUCTURE


@pytest.mark.parametrize("step", ["path", "facts", "preview", "before commit"])
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
    assert (world.previewed, world.listened) == (1, 0)
    world.run(world.submit(tags=Tags(title="From the manifest")))
    assert (world.previewed, world.listened) == (1, 1)
    assert [song.title for song in songs(world)] == ["From the manifest"]
    assert world.run(world.submit(tags=Tags(title="From the manifest"))).outcome is Outcome.UNCHANGED


def test_new_plays_are_written_but_not_heard(world):
    world.run(world.submit(tags=Tags(title="Said", plays=3.0)))
    (before,) = songs(world)
    for plays in (7.0, None, 0.0):
        heard = world.previewed, world.listened, len(changes(world))
        job = world.run(world.submit(tags=Tags(title="Said", plays=plays)))
        assert (job.outcome, job.song_id, job.state) == (Outcome.COMMITTED, before.id, JobState.DONE)
        assert world.store.jobs.get(job.id).song_id == before.id
        assert (world.previewed, world.listened, len(changes(world))) == heard
        assert world.store.songs.standing("/a.mp3").asked == Tags(title="Said", plays=plays)
        assert world.run(world.submit(tags=Tags(title="Said", plays=plays))).outcome is Outcome.UNCHANGED
    assert [song.title for song in songs(world)] == ["Said"]
    assert world.store.songs.structure(before.id) == STRUCTURE


@pytest.mark.parametrize("what", ["bytes", "words", "model"])
def test_new_plays_of_what_does_not_stand_are_heard(world, what):
    world.run(world.submit(tags=Tags(plays=3.0)))
    if what == "bytes":
        world.files["/a.mp3"] = b"other"
    job = world.submit(tags=Tags(plays=4.0, title="Said" if what == "words" else None))
    claimed = world.ledger.claim(job.id, "worker:1:1")
    (world.made(model="test-2") if what == "model" else world.ingest)(claimed, Still(claimed))
    assert world.previewed + world.listened == 2
    assert world.store.songs.standing("/a.mp3").asked.plays == 4.0


def test_a_crash_before_new_plays_are_written_loses_nothing(world):
    world.run(world.submit(tags=Tags(plays=3.0)))
    job = world.submit(tags=Tags(plays=4.0))
    world.crash = "before recount"
    with pytest.raises(Crash):
        world.run(job)
    world.crash = None
    assert world.store.songs.standing("/a.mp3").asked == Tags(plays=3.0)
    assert world.run(world.free(job)).outcome is Outcome.COMMITTED
    assert world.store.songs.standing("/a.mp3").asked == Tags(plays=4.0)


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
    def changing(real):
        def heard(path, progress):
            sound = real(path, progress)
            world.files[path] += b"more"
            return sound

        return heard

    world.files["/long.mp3"] = b"long"
    for source, parts, left in (
        ("/a.mp3", {"preview": changing(world.preview)}, 0),
        ("/long.mp3", {"preview": changing(world.preview)}, 0),
        ("/long.mp3", {"listen": changing(world.listen)}, 1),
    ):
        job = world.submit(source)
        claimed = world.ledger.claim(job.id, "worker:1:1")
        with pytest.raises(SourceChanged):
            world.made(**parts)(claimed, Still(claimed))
        assert len(songs(world)) == left
        assert not any(song.analysed for song in songs(world))
        world.ledger.cancel(job.id)


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


# ---- a song that is longer than its windows


@pytest.fixture
def long(world):
    world.files["/a.mp3"] = b"long"
    return world


def vectors(world):
    _, ids, rows = world.store.log.everything()
    return dict(zip(ids, rows, strict=True))


def test_a_short_song_is_heard_once_and_committed_once(world):
    job = world.run(world.submit())
    assert (world.previewed, world.listened, world.woken) == (1, 0, 0)
    assert len(changes(world)) == 1
    assert job.outcome is Outcome.COMMITTED
    assert songs(world)[0].analysed


def test_a_long_song_can_be_found_before_all_of_it_was_heard(long):
    seen = []

    def listen(path, progress):
        (song,) = songs(long)
        (row,) = long.store.jobs.jobs()
        seen.append((row.state, row.stage, row.progress, row.song_id == song.id, song.analysed, song.title))
        np.testing.assert_array_equal(vectors(long)[song.id], vector_of(b"longwindows"))
        assert long.store.songs.labels(song.id) == Labels()
        assert long.store.songs.structure(song.id) is None
        assert long.woken == 1
        return long.listen(path, progress)

    job = long.submit()
    claimed = long.ledger.claim(job.id, "worker:1:1")
    long.made(listen=listen)(claimed, Still(claimed, long.stages))
    assert seen == [(JobState.RUNNING, "analysis", 0.2, True, False, "From the file")]
    (song,) = songs(long)
    assert song.analysed
    assert long.store.songs.labels(song.id).genre.value == "rock"
    assert long.store.songs.structure(song.id) == STRUCTURE
    np.testing.assert_array_equal(vectors(long)[song.id], vector_of(b"long"))
    assert [change.song_id for change in changes(long)] == [song.id, song.id]
    row = long.store.jobs.get(job.id)
    assert (row.state, row.stage, row.song_id) == (JobState.DONE, "done", song.id)


def test_stages_and_progress_only_go_forward(long):
    long.run(long.submit())
    assert list(dict.fromkeys(stage for stage, _ in long.stages)) == ["read", "vector", "analysis"]
    progress = [share for _, share in long.stages]
    assert progress == sorted(progress)


@pytest.mark.parametrize(
    ("step", "found", "previews"),
    [("preview", 0, 1), ("before sketch", 0, 2), ("after sketch", 1, 1), ("listen", 1, 1), ("before commit", 1, 1)],
)
def test_crash_at_any_step_of_a_long_song(long, step, found, previews):
    job = long.submit()
    long.crash = step
    with pytest.raises(Crash):
        long.run(job)
    long.crash = None
    before = songs(long)
    assert [song.analysed for song in before] == [False] * found
    freed = long.free(job)
    assert freed.state is JobState.QUEUED
    heard = long.listened
    long.run(freed)
    (song,) = songs(long)
    assert song.analysed
    assert {song.id} >= {one.id for one in before}, "it stays the same song"
    assert (long.previewed, long.listened) == (previews, heard + 1), "a stage that stands is not done again"
    assert len(changes(long)) == 2
    assert long.run(long.submit()).outcome is Outcome.UNCHANGED


def half_done(world):
    """Leave a song whose analysis was never made."""
    job = world.submit()
    world.crash = "listen"
    with pytest.raises(Crash):
        world.run(job)
    world.crash = None
    return world.free(job)


@pytest.mark.parametrize("what", ["bytes", "words", "model"])
def test_a_first_stage_of_something_else_is_done_again(long, what):
    job = half_done(long)
    if what == "bytes":
        long.files["/a.mp3"] = b"long and changed"
    if what == "words":
        long.ledger.cancel(job.id)
        job = long.submit(tags=Tags(title="Said"))
    ingest = long.made(model="test-2") if what == "model" else long.ingest
    claimed = long.ledger.claim(job.id, "worker:1:1")
    ingest(claimed, Still(claimed))
    (song,) = songs(long)
    assert (long.previewed, long.listened) == (2, 1)
    assert song.analysed
    assert song.title == ("Said" if what == "words" else "From the file")


def test_a_job_taken_between_the_stages_writes_no_more(long):
    job = long.submit()
    mine = long.ledger.claim(job.id, "worker:1:1")
    theirs = []

    def listen(path, progress):
        theirs.append(long.ledger.claim(long.free(job).id, "worker:2:2"))
        return long.listen(path, progress)

    with pytest.raises(JobTaken):
        long.made(listen=listen)(mine, Still(mine))
    assert [song.analysed for song in songs(long)] == [False]
    assert len(changes(long)) == 1
    long.ingest(theirs[0], Still(theirs[0]))
    assert [song.analysed for song in songs(long)] == [True]


def test_a_job_taken_before_the_first_commit_writes_nothing(long):
    job = long.submit()
    mine = long.ledger.claim(job.id, "worker:1:1")
    long.ledger.cancel(job.id)
    with pytest.raises(JobTaken):
        long.ingest(mine, Still(mine))
    assert songs(long) == ()
    assert changes(long) == []
    assert long.listened == 0


def test_a_song_deleted_between_the_stages_stays_deleted(long):
    def listen(path, progress):
        long.store.songs.delete(songs(long)[0].id)
        return long.listen(path, progress)

    mine = long.ledger.claim(long.submit().id, "worker:1:1")
    with pytest.raises(JobTaken):
        long.made(listen=listen)(mine, Still(mine))
    assert songs(long) == ()


def test_a_song_that_was_whole_keeps_all_it_has_until_the_new_sound_is_whole(world):
    world.run(world.submit())
    world.files["/a.mp3"] = b"long"
    seen = []

    def listen(path, progress):
        seen.append((songs(world)[0].analysed, vectors(world)[songs(world)[0].id]))
        return world.listen(path, progress)

    mine = world.ledger.claim(world.submit().id, "worker:1:1")
    world.made(listen=listen)(mine, Still(mine))
    ((analysed, vector),) = seen
    assert analysed
    np.testing.assert_array_equal(vector, vector_of(b"first"))
    np.testing.assert_array_equal(vectors(world)[songs(world)[0].id], vector_of(b"long"))
    assert (world.previewed, world.listened, len(changes(world))) == (1, 1, 2)


def test_a_new_song_whose_analysis_fails_goes_again(world):
    world.files["/a.mp3"] = b"long, broken late"
    job = world.submit()
    with pytest.raises(AudioUndecodable):
        world.run(job)
    assert len(songs(world)) == 1
    assert world.refuse(job).state is JobState.FAILED
    assert songs(world) == ()
    assert vectors(world) == {}
    assert [change.vector for change in changes(world)] == [None, None]
    assert world.store.jobs.get(job.id).song_id is None
    assert world.store.songs.deleted(["/a.mp3"]) == frozenset(), "mended, its folder brings it back"


def test_a_song_that_was_whole_stays_where_its_new_sound_fails(world):
    world.run(world.submit())
    before = songs(world)
    world.files["/a.mp3"] = b"long, broken late"
    job = world.submit()
    with pytest.raises(AudioUndecodable):
        world.run(job)
    assert world.refuse(job).state is JobState.FAILED
    assert songs(world) == before
    np.testing.assert_array_equal(vectors(world)[before[0].id], vector_of(b"first"))
    assert len(changes(world)) == 1


def test_windows_that_cannot_be_read_leave_the_word_to_the_whole_song(long):
    def preview(path, progress):
        raise AudioSilent(100.0)

    mine = long.ledger.claim(long.submit().id, "worker:1:1")
    long.made(preview=preview)(mine, Still(mine))
    assert [song.analysed for song in songs(long)] == [True]
    assert len(changes(long)) == 1
