"""What may be done to jobs: each step is one row of the transition table, written only if the row still stands so."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from jobs import transitions
from jobs.owner import provably_dead
from songs.errors import JobTaken, QueueUnavailable, UnknownJob
from songs.identity import JobId, fresh
from songs.jobs import OPEN, Job, JobState, Move, Outcome, Reason
from songs.ports import JobQueue, JobStore, Request
from songs.song import Tags

log = logging.getLogger("soundkin.jobs")

FIRST_DELAY = 2.0  # seconds, after the first attempt; then twice as long each time
LONGEST_DELAY = 300.0  # seconds
SENT_LONG_AGO = 10.0  # seconds after which an empty queue means that a message was lost
AT_ONCE = 1000  # messages of one sweep
_NEVER_SENT = 0.0  # Unix seconds: nothing was sent before then


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep did."""

    freed: int = 0  # jobs whose worker was lost; queued again
    dead: int = 0  # jobs whose worker was lost for the last time
    sent: int = 0  # messages sent, again or at last


@dataclass(frozen=True, slots=True)
class JobLedger:
    """The port ``Ledger``: job rows and the messages that hint at them."""

    store: JobStore
    queue: JobQueue
    clock: Callable[[], float] = time.time  # Unix seconds
    max_attempts: int = 5
    random: Random = field(default_factory=Random)  # of the jitter
    dead: Callable[[str], bool] = provably_dead  # whether an owner is

    def submit(self, requests: Sequence[Request], batch: str | None = None) -> list[Job]:
        """Write rows, then send messages; a broker that is away only delays the messages.

        A source that has an open job of that kind gets that job, which is not sent again.
        """
        now = self.clock()
        wanted = [_job(request, batch, now) for request in requests]
        ours = {job.id for job in wanted}
        placed = [self._amended(job, wish.tags) for job, wish in zip(self.store.add(wanted), requests, strict=True)]
        new = {job.id: job for job in placed if job.id in ours}
        try:
            sent = self._send(list(new.values()))
        except QueueUnavailable as error:
            log.warning("%d jobs are written and will be sent later: %s", len(new), error)
            return placed
        return [sent.get(job.id, job) for job in placed]

    def claim(self, job_id: JobId, owner: str) -> Job | None:
        """Begin a job for ``owner``; ``None`` where it is not to be begun now (message lost its meaning).

        A message that comes again because its worker died is enough to take the job from that worker.
        """
        try:
            job = self._without_dead_owner(self.store.get(job_id))
            if job.state is not JobState.QUEUED or job.not_before > self.clock():
                return None
            return self.settle(transitions.claim(job, owner, self.clock()))
        except (UnknownJob, JobTaken):
            return None

    def beat(self, job: Job, stage: str, progress: float) -> Job:
        """Show life; raises JobTaken where somebody else has the job now."""
        return self.settle(self.reach(job, stage, progress))

    def reach(self, job: Job, stage: str, progress: float) -> Move:
        """Return the move to a stage (progress 0 to 1), to be written with that stage's transaction."""
        return transitions.beat(job, stage, progress, self.clock())

    def done(self, job: Job, outcome: Outcome) -> Move:
        """Return the last move, to be written with the song's transaction (or by ``settle``)."""
        return transitions.finish(job, outcome, self.clock())

    def refused(self, job: Job, code: str, message: str) -> Move:
        """Return the last move of a job whose audio is at fault, to be written by ``Library.refuse``."""
        return transitions.fail(job, Reason(code, message), self.clock())

    def settle(self, move: Move) -> Job:
        """Write a move on its own; raises JobTaken."""
        self.store.swap([move])
        return move.after

    def fail(self, job: Job, code: str, message: str, *, retryable: bool) -> Job:
        """End the job with a reason, or queue it again with backoff while attempts are left (then dead).

        Raises JobTaken.
        """
        if not retryable:
            return self.settle(self.refused(job, code, message))
        reason, delay = Reason(code, message), self._delay(job.attempts)
        return self.settle(transitions.retry(job, reason, self.clock(), delay=delay, max_attempts=self.max_attempts))

    def cancel(self, job_id: JobId) -> Job:
        """Cancel a job that is not over; a worker that has it finds out at its next beat. Raises UnknownJob.

        A job that is over is returned as it is.
        """
        while True:
            job = self.store.get(job_id)
            if job.state not in OPEN:
                return job
            try:
                return self.settle(transitions.cancel(job, self.clock()))
            except JobTaken:  # it made a step meanwhile; look again
                continue

    def sweep(self, heartbeat_seconds: float) -> Swept:
        """Free the jobs whose worker is gone, then send what was never sent or must have been lost.

        A worker is gone after ``heartbeat_seconds`` without a sign of life, or where its process on this host ended.
        Raises StoreUnavailable, QueueUnavailable.
        """
        lost = [self._lose(job) for job in self._running() if self._is_lost(job, heartbeat_seconds)]
        states = [job.state for job in lost if job is not None]
        now = self.clock()
        sent_before = now - SENT_LONG_AGO if self.queue.depth() == 0 else _NEVER_SENT
        waiting = self.store.unsent(now, sent_before, AT_ONCE)
        self._send(waiting)
        return Swept(states.count(JobState.QUEUED), states.count(JobState.DEAD), len(waiting))

    def _amended(self, job: Job, tags: Tags) -> Job:
        """Return a job that carries these tags, where it has not begun yet; the last request has the last word."""
        if job.tags == tags or job.state is not JobState.QUEUED:
            return job
        try:
            return self.settle(transitions.amend(job, tags))
        except JobTaken:  # it begins at this moment, with the words it had
            return job

    def _send(self, jobs: Sequence[Job]) -> dict[JobId, Job]:
        """Send messages, then note so in the rows; return the rows that were noted.

        In this order, a row that says nothing of a message is the worst that a crash can leave.
        """
        if not jobs:
            return {}
        self.queue.send([job.id for job in jobs])
        moves = {job.id: transitions.send(job, self.clock()) for job in jobs}
        while moves:
            try:
                self.store.swap(list(moves.values()))
                break
            except JobTaken as taken:  # a worker was quick
                del moves[JobId(taken.job_id)]
        return {job_id: move.after for job_id, move in moves.items()}

    def _running(self) -> Iterator[Job]:
        after: str | None = None
        while page := self.store.jobs([JobState.RUNNING], after=after, limit=AT_ONCE):
            yield from page
            after = page[-1].id

    def _is_lost(self, job: Job, heartbeat_seconds: float) -> bool:
        silent = self.clock() - (job.heartbeat or 0.0) > heartbeat_seconds
        return silent or (job.owner is not None and self.dead(job.owner))

    def _lose(self, job: Job) -> Job | None:
        try:
            return self.settle(transitions.lose(job, self.clock(), max_attempts=self.max_attempts))
        except JobTaken:  # it lives after all, or another sweeper was first
            return None

    def _without_dead_owner(self, job: Job) -> Job:
        if job.state is JobState.RUNNING and job.owner is not None and self.dead(job.owner):
            return self.settle(transitions.lose(job, self.clock(), max_attempts=self.max_attempts))
        return job

    def _delay(self, attempts: int) -> float:
        """Return the seconds until the next attempt: doubling, and half of it by chance."""
        longest: float = min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** max(0, attempts - 1))
        return longest * (0.5 + 0.5 * self.random.random())


def _job(request: Request, batch: str | None, now: float) -> Job:
    return Job(
        id=JobId(fresh()),
        source=request.source,
        tags=request.tags,
        batch=batch,
        created_at=now,
        kind=request.kind,
        label=request.label,
    )
