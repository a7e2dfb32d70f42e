"""The table of transitions, and whatever two workers, a sweeper and a person may do along it."""

from dataclasses import replace

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from jobs import transitions
from jobs.ledger import JobLedger
from jobs.memory import ListQueue
from jobs.transitions import TABLE, Event
from songs.errors import ForbiddenMove, JobTaken
from songs.identity import fresh
from songs.jobs import OPEN, Job, JobState, Outcome, Reason
from songs.ports import Request
from songs.song import Tags
from store import memory_store

REASON = Reason("code", "why")
STEPS = {
    Event.SEND: lambda job: transitions.send(job, 5.0),
    Event.AMEND: lambda job: transitions.amend(job, Tags(title="T")),
    Event.CLAIM: lambda job: transitions.claim(job, "me", 5.0),
    Event.BEAT: lambda job: transitions.beat(job, "listen", 0.5, 5.0),
    Event.FINISH: lambda job: transitions.finish(job, Outcome.COMMITTED, 5.0),
    Event.FAIL: lambda job: transitions.fail(job, REASON, 5.0),
    Event.RETRY: lambda job: transitions.retry(job, REASON, 5.0, delay=2.0, max_attempts=9),
    Event.LOSE: lambda job: transitions.lose(job, 5.0, max_attempts=9),
    Event.GIVE_UP: lambda job: transitions.lose(job, 5.0, max_attempts=0),
    Event.CANCEL: lambda job: transitions.cancel(job, 5.0),
}


def job_in(state):
    return Job(id=fresh(), source="/a", state=state, owner="me" if state is JobState.RUNNING else None, version=3)


def test_every_event_has_a_step():
    assert set(STEPS) == set(Event)


@pytest.mark.parametrize("event", Event)
@pytest.mark.parametrize("state", JobState)
def test_a_step_is_in_the_table_or_forbidden(state, event):
    job = job_in(state)
    if (state, event) in TABLE:
        move = STEPS[event](job)
        assert move.before is job
        assert move.after.state is TABLE[state, event]
        assert move.after.version == 4
        assert (move.after.owner is not None) == (move.after.state is JobState.RUNNING)
        assert (move.after.finished_at is not None) == (move.after.state not in OPEN)
    else:
        with pytest.raises(ForbiddenMove):
            STEPS[event](job)


def test_nothing_leaves_a_state_that_is_over():
    assert {state for state, _ in TABLE} == OPEN


def test_what_is_queued_again_begins_anew():
    job = replace(job_in(JobState.RUNNING), attempts=2, stage="listen", progress=0.7, sent_at=1.0, heartbeat=4.0)
    again = transitions.retry(job, REASON, 10.0, delay=3.0, max_attempts=3).after
    assert (again.stage, again.progress, again.sent_at, again.heartbeat, again.not_before) == (
        "queued",
        0,
        None,
        None,
        13,
    )
    assert (again.attempts, again.reason) == (2, REASON)
    begun = transitions.claim(again, "other", 20.0).after
    assert (begun.attempts, begun.reason, begun.owner, begun.heartbeat) == (3, None, "other", 20.0)
    dead = transitions.retry(begun, REASON, 30.0, delay=3.0, max_attempts=3).after
    assert (dead.state, dead.reason, dead.finished_at) == (JobState.DEAD, REASON, 30.0)


class Workers(RuleBasedStateMachine):
    """Workers that act on what they read long ago, a sweeper, lost and repeated messages, and a clock."""

    held = Bundle("held")  # jobs as some worker remembers them

    def __init__(self):
        super().__init__()
        self.now = 1000.0
        self.store, self.queue = memory_store(), ListQueue()
        self.ledger = JobLedger(self.store.jobs, self.queue, lambda: self.now, max_attempts=3, dead=lambda _: False)
        self.jobs = {job.id for job in self.ledger.submit([Request("/a"), Request("/b")])}
        self.messages = self.queue.drain()
        self.claimed, self.over = {}, {}

    @rule(target=held, owner=st.sampled_from(["one", "two"]), data=st.data())
    def claim(self, owner, data):
        job_id = data.draw(st.sampled_from(sorted(self.jobs)))  # any message may come, at any time, again
        job = self.ledger.claim(job_id, owner)
        if job is None:
            return multiple()
        assert job.owner == owner
        assert job_id not in self.over
        self.claimed[job_id] = self.claimed.get(job_id, 0) + 1
        return job

    def tried(self, step, job):
        """Do a step if the store still has the job as this worker remembers it, and only then."""
        present = self.store.jobs.get(job.id)
        try:
            after = step(job)
        except JobTaken:
            assert present != job
            assert self.store.jobs.get(job.id) == present
            return None
        assert present == job
        assert self.store.jobs.get(job.id) == after
        return after

    @rule(target=held, job=held)
    def beat(self, job):
        after = self.tried(lambda j: self.ledger.beat(j, "listen", 0.5), job)
        return multiple() if after is None else after

    @rule(job=held)
    def finish(self, job):
        after = self.tried(lambda j: self.ledger.settle(self.ledger.done(j, Outcome.COMMITTED)), job)
        if after is not None:
            assert job.id not in self.over, "done twice"
            self.over[job.id] = after

    @rule(job=consumes(held), retryable=st.booleans())
    def fail(self, job, retryable):
        after = self.tried(lambda j: self.ledger.fail(j, "code", "why", retryable=retryable), job)
        if after is not None and after.state not in OPEN:
            self.over[job.id] = after

    @rule(seconds=st.floats(0, 100))
    def wait(self, seconds):
        self.now += seconds

    @rule()
    def sweep(self):
        before = {job.id: job for job in self.store.jobs.jobs()}
        self.ledger.sweep(30.0)
        self.messages += self.queue.drain()
        for job in self.store.jobs.jobs():
            if job.state is JobState.DEAD and before[job.id].state is not JobState.DEAD:
                assert job.reason.code == "worker_lost"
                self.over[job.id] = job

    @rule(data=st.data())
    def cancel(self, data):
        job_id = data.draw(st.sampled_from(sorted(self.jobs)))
        after = self.ledger.cancel(job_id)
        self.over.setdefault(job_id, after)

    @invariant()
    def nothing_is_lost_or_changed_afterwards(self):
        rows = {job.id: job for job in self.store.jobs.jobs()}
        assert rows.keys() == self.jobs
        for job_id, row in rows.items():
            assert (row.state not in OPEN) == (job_id in self.over)
            assert row == self.over.get(job_id, row)
            assert (row.owner is not None) == (row.state is JobState.RUNNING)
            assert row.attempts == self.claimed.get(job_id, 0) <= 3

    def teardown(self):
        """Whatever happened: workers that live and a sweeper bring every job to its end."""
        for _ in range(20):
            self.now += 400.0
            self.ledger.sweep(30.0)
            for job_id in self.queue.drain():
                job = self.ledger.claim(job_id, "last")
                if job is not None:
                    self.ledger.settle(self.ledger.done(job, Outcome.COMMITTED))
        assert all(job.state not in OPEN for job in self.store.jobs.jobs())


TestWorkers = Workers.TestCase
