import logging
from dataclasses import dataclass, field
from random import Random

import pytest

from jobs.ledger import LONGEST_DELAY, JobLedger, Swept
from jobs.memory import ListQueue
from songs.errors import JobTaken, QueueUnavailable, UnknownJob
from songs.jobs import JobState, Outcome
from songs.ports import Request
from songs.song import Tags
from store import memory_store
from stores import Clock


class AwayQueue:
    """A broker that may be away."""

    def __init__(self):
        self.queue, self.away = ListQueue(), False

    def send(self, job_ids):
        self.depth()
        self.queue.send(job_ids)

    def depth(self):
        if self.away:
            raise QueueUnavailable("no broker")
        return self.queue.depth()

    def wake_index(self):
        self.depth()
        self.queue.wake_index()


@dataclass
class World:
    store: object = field(default_factory=memory_store)
    queue: AwayQueue = field(default_factory=AwayQueue)
    clock: Clock = field(default_factory=Clock)
    dead: set = field(default_factory=set)

    def __post_init__(self):
        self.ledger = JobLedger(
            self.store.jobs,
            self.queue,
            self.clock,
            max_attempts=3,
            random=Random(1),
            dead=lambda owner: owner in self.dead,
        )

    def submit(self, *sources):
        return self.ledger.submit([Request(source) for source in sources])

    def messages(self):
        return self.queue.queue.drain()

    def row(self, job):
        return self.store.jobs.get(job.id)


@pytest.fixture
def world():
    return World()


def test_submit_writes_rows_and_sends_messages(world):
    jobs = world.ledger.submit([Request("/a", Tags(title="t")), Request("/b")], batch="b")
    assert [(job.source, job.tags.title, job.batch, job.state) for job in jobs] == [
        ("/a", "t", "b", JobState.QUEUED), ("/b", None, "b", JobState.QUEUED),
    ]  # fmt: skip
    assert {job.sent_at for job in jobs} == {world.clock.now}
    assert [world.row(job) for job in jobs] == jobs
    assert world.messages() == [job.id for job in jobs]


def test_an_open_job_is_not_sent_again(world):
    first, second, again = world.submit("/a", "/b", "/a")
    assert first == again
    assert world.messages() == [first.id, second.id]
    assert world.submit("/a", "/c")[0] == first
    assert len(world.messages()) == 1
    assert world.ledger.submit([]) == []


def test_a_broker_that_is_away_only_delays_messages(world, caplog):
    world.queue.away = True
    with caplog.at_level(logging.WARNING):
        jobs = world.submit("/a", "/b")
    assert "no broker" in caplog.text
    assert [world.row(job).sent_at for job in jobs] == [None, None]
    with pytest.raises(QueueUnavailable):
        world.ledger.sweep(30)
    world.queue.away = False
    assert world.ledger.sweep(30) == Swept(sent=2)
    assert world.messages() == [job.id for job in jobs]


def test_of_two_claims_one_is_served(world):
    (job,) = world.submit("/a")
    mine = world.ledger.claim(job.id, "me")
    assert (mine.state, mine.owner, mine.attempts) == (JobState.RUNNING, "me", 1)
    assert world.ledger.claim(job.id, "other") is None
    assert world.ledger.claim("nope", "me") is None
    assert world.row(job) == mine


def test_a_retry_waits_its_turn(world):
    (job,) = world.submit("/a")
    world.messages()
    waiting = world.ledger.fail(world.ledger.claim(job.id, "me"), "store_unavailable", "locked", retryable=True)
    assert (waiting.state, waiting.reason.code) == (JobState.QUEUED, "store_unavailable")
    assert world.ledger.claim(job.id, "me") is None
    assert world.ledger.sweep(30) == Swept()
    world.clock.now = waiting.not_before
    assert world.ledger.sweep(30) == Swept(sent=1)
    assert world.messages() == [job.id]
    assert world.ledger.claim(job.id, "me").attempts == 2


def test_attempts_are_used_up(world):
    (job,) = world.submit("/a")
    for attempt in range(1, 4):
        world.clock.now += LONGEST_DELAY
        after = world.ledger.fail(world.ledger.claim(job.id, "me"), "code", f"attempt {attempt}", retryable=True)
    assert (after.state, after.reason.message, after.attempts) == (JobState.DEAD, "attempt 3", 3)
    assert world.ledger.claim(job.id, "me") is None


def test_bad_audio_fails_at_once(world):
    (job,) = world.submit("/a")
    after = world.ledger.fail(world.ledger.claim(job.id, "me"), "audio_silent", "2 s of silence", retryable=False)
    assert (after.state, after.reason.code, after.finished_at) == (JobState.FAILED, "audio_silent", world.clock.now)


def test_delays_double_up_to_five_minutes_with_jitter():
    ledger = JobLedger(memory_store().jobs, ListQueue(), random=Random(0))
    for attempts in range(1, 200):
        longest = min(LONGEST_DELAY, 2.0 * 2 ** (attempts - 1))
        delays = [ledger._delay(attempts) for _ in range(50)]
        assert all(longest / 2 <= delay <= longest for delay in delays)
        assert len(set(delays)) == 50


def test_a_silent_worker_loses_its_job_at_once_and_for_good(world):
    (job,) = world.submit("/a")
    world.messages()
    mine = world.ledger.claim(job.id, "me")
    world.clock.now += 30
    assert world.ledger.sweep(30) == Swept()
    world.clock.now += 1
    assert world.ledger.sweep(30) == Swept(freed=1, sent=1)
    assert world.messages() == [job.id]
    for step in (
        lambda: world.ledger.beat(mine, "listen", 0.5),
        lambda: world.ledger.settle(world.ledger.done(mine, Outcome.COMMITTED)),
        lambda: world.ledger.fail(mine, "code", "why", retryable=True),
    ):
        with pytest.raises(JobTaken):
            step()


def test_moves_that_somebody_else_writes_are_not_written_here(world):
    (job,) = world.submit("/a")
    mine = world.ledger.claim(job.id, "me")
    reached = world.ledger.reach(mine, "analysis", 0.2)
    refused = world.ledger.refused(mine, "code", "why")
    assert world.row(job) == mine
    assert (reached.after.stage, reached.after.progress, reached.after.owner) == ("analysis", 0.2, "me")
    assert reached.after.heartbeat == world.clock.now
    assert (refused.after.state, refused.after.reason.code, refused.after.owner) == (JobState.FAILED, "code", None)
    assert world.ledger.settle(reached) == world.row(job)


def test_a_beating_worker_keeps_its_job(world):
    (job,) = world.submit("/a")
    mine = world.ledger.claim(job.id, "me")
    for beat in range(5):
        world.clock.now += 29
        mine = world.ledger.beat(mine, "listen", beat / 5)
        assert world.ledger.sweep(30) == Swept(sent=0)
    assert (mine.stage, mine.progress) == ("listen", 0.8)


def test_a_dead_worker_loses_its_job_at_once(world):
    first, second = world.submit("/a", "/b")
    world.ledger.claim(first.id, "dies")
    world.ledger.claim(second.id, "lives")
    world.messages()
    world.dead.add("dies")
    assert world.ledger.sweep(30) == Swept(freed=1, sent=1)
    assert world.messages() == [first.id]


def test_a_repeated_message_takes_the_job_from_a_dead_worker(world):
    (job,) = world.submit("/a")
    for attempt in range(1, 4):
        mine = world.ledger.claim(job.id, "dies")
        assert mine.attempts == attempt
        world.dead.add("dies")
    assert world.ledger.claim(job.id, "next") is None
    dead = world.row(job)
    assert (dead.state, dead.reason.code) == (JobState.DEAD, "worker_lost")
    assert "dies" in dead.reason.message


def test_the_last_loss_is_a_dead_letter(world):
    (job,) = world.submit("/a")
    for _ in range(2):
        world.ledger.claim(job.id, "me")
        world.clock.now += 31
        assert world.ledger.sweep(30).freed == 1
    world.ledger.claim(job.id, "me")
    world.clock.now += 31
    assert world.ledger.sweep(30) == Swept(dead=1)
    assert world.row(job).reason.code == "worker_lost"


def test_messages_that_were_lost_are_sent_again(world):
    jobs = world.submit(*(f"/{n}" for n in range(5)))
    assert world.ledger.sweep(30) == Swept(), "they wait in the queue"
    world.messages()
    world.clock.now += 10
    assert world.ledger.sweep(30) == Swept(), "they may just have been taken"
    world.clock.now += 1
    assert world.ledger.sweep(30) == Swept(sent=5)
    assert world.messages() == [job.id for job in jobs]


def test_a_sweep_is_bounded_and_begins_with_the_oldest(world):
    world.queue.away = True
    jobs = world.submit(*(f"/{n}" for n in range(1500)))
    world.queue.away = False
    assert world.ledger.sweep(30) == Swept(sent=1000)
    assert world.ledger.sweep(30) == Swept(sent=500)
    assert world.messages() == [job.id for job in jobs]


def test_a_quick_worker_does_not_confuse_the_sender(world):
    taken = []

    class Quick(ListQueue):
        def send(self, job_ids):
            taken.append(world.ledger.claim(job_ids[1], "quick"))
            super().send(job_ids)

    ledger = JobLedger(world.store.jobs, Quick(), world.clock)
    jobs = ledger.submit([Request(f"/{n}") for n in range(3)])
    assert [world.row(job).sent_at for job in jobs] == [world.clock.now, None, world.clock.now]
    assert world.row(jobs[1]) == taken[0]


def test_cancel(world):
    queued, running, done = world.submit("/a", "/b", "/c")
    mine = world.ledger.claim(running.id, "me")
    over = world.ledger.settle(world.ledger.done(world.ledger.claim(done.id, "me"), Outcome.UNCHANGED))
    assert world.ledger.cancel(queued.id).state is JobState.CANCELLED
    assert world.ledger.cancel(running.id).state is JobState.CANCELLED
    assert world.ledger.cancel(done.id) == over
    with pytest.raises(JobTaken):
        world.ledger.beat(mine, "listen", 0.1)
    with pytest.raises(UnknownJob):
        world.ledger.cancel("nope")


def test_the_last_request_has_the_last_word_while_the_job_waits(world):
    (job,) = world.ledger.submit([Request("/a", Tags(title="first"))])
    (again,) = world.ledger.submit([Request("/a", Tags(title="second"))])
    assert again.id == job.id
    assert world.row(job).tags == Tags(title="second")
    assert len(world.messages()) == 1
    running = world.ledger.claim(job.id, "me")
    world.ledger.submit([Request("/a", Tags(title="too late"))])
    assert world.row(job).tags == Tags(title="second")
    world.ledger.settle(world.ledger.done(running, Outcome.UNCHANGED))
