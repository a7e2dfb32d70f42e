import time
from dataclasses import replace

import pytest

from songs.errors import JobTaken, StoreUnavailable
from songs.identity import JobId
from songs.jobs import Job
from worker.heart import Heart

JOB = Job(id=JobId("j"), source="/a.mp3")


class Beats:
    """A ledger that counts beats, and fails as told."""

    def __init__(self, *failures):
        self.failures, self.seen = list(failures), []

    def beat(self, job, stage, progress):
        self.seen.append((stage, progress))
        if self.failures and (failure := self.failures.pop(0)):
            raise failure
        return job.__class__(id=job.id, source=job.source, version=job.version + 1)


def until(true):
    deadline = time.monotonic() + 5
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_beats_carry_the_stage_and_end_with_stop():
    beats = Beats()
    with Heart(beats, JOB, 0.01) as heart:
        heart.at("listen", 0.25)
        until(lambda: ("listen", 0.25) in beats.seen)
        job = heart.stop()
    assert job.version == len(beats.seen) >= 1
    seen = len(beats.seen)
    time.sleep(0.05)
    assert len(beats.seen) == seen


def test_a_store_that_is_away_for_a_moment_is_survived():
    beats = Beats(StoreUnavailable("locked"), StoreUnavailable("locked"))
    with Heart(beats, JOB, 0.01) as heart:
        until(lambda: len(beats.seen) > 3)
        assert heart.stop().version == len(beats.seen) - 2


def test_a_step_is_taken_between_two_beats_and_the_next_beat_goes_on_from_it():
    beats = Beats()
    with Heart(beats, JOB, 0.01) as heart:
        until(lambda: len(beats.seen) > 2)
        held = []

        def write(job):
            seen = len(beats.seen)
            time.sleep(0.05)
            held.append((job.version == seen, len(beats.seen) == seen))
            return replace(job, version=100, stage="analysis", progress=0.2)

        heart.step(write)
        until(lambda: ("analysis", 0.2) in beats.seen)
        assert heart.stop().version > 100
    assert held == [(True, True)]


def test_a_step_that_fails_leaves_the_job_as_it_was():
    with Heart(Beats(), JOB, 60.0) as heart:
        with pytest.raises(StoreUnavailable):
            heart.step(lambda _: (_ for _ in ()).throw(StoreUnavailable("away")))
        assert heart.stop() == JOB


def test_nothing_is_written_for_a_job_that_was_taken():
    with Heart(Beats(JobTaken("j")), JOB, 0.01) as heart:
        until(lambda: heart._taken is not None)
        with pytest.raises(JobTaken):
            heart.step(lambda job: pytest.fail("written"))


def test_a_job_that_was_taken_stops_the_work():
    with Heart(Beats(JobTaken("j")), JOB, 0.01) as heart:
        until(lambda: heart._taken is not None)
        with pytest.raises(JobTaken):
            heart.at("listen", 0.5)
        with pytest.raises(JobTaken):
            heart.stop()
