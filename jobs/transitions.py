"""The table of job transitions, and every step as a pure function: a job in, a move out, nothing written.

The version of ``after`` is one above that of ``before``, as the store will write it.
"""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from songs.errors import ForbiddenMove
from songs.jobs import Job, JobState, Move, Outcome, Reason
from songs.song import Tags


class Event(StrEnum):
    """What can happen to a job."""

    SEND = "be sent"  # its message goes to the queue, not for the first time perhaps
    AMEND = "be amended"  # the same source was asked for again, with other words
    CLAIM = "be claimed"  # a worker begins it
    BEAT = "beat"  # its worker lives
    FINISH = "finish"
    FAIL = "fail"  # the audio is at fault
    RETRY = "be retried"  # something else is at fault, and attempts are left
    LOSE = "be lost"  # its worker is gone, and attempts are left
    GIVE_UP = "be given up"  # as the two before, and none are left
    CANCEL = "be cancelled"


TABLE: Mapping[tuple[JobState, Event], JobState] = MappingProxyType({
    (JobState.QUEUED, Event.SEND): JobState.QUEUED,
    (JobState.QUEUED, Event.AMEND): JobState.QUEUED,
    (JobState.QUEUED, Event.CLAIM): JobState.RUNNING,
    (JobState.QUEUED, Event.CANCEL): JobState.CANCELLED,
    (JobState.RUNNING, Event.BEAT): JobState.RUNNING,
    (JobState.RUNNING, Event.FINISH): JobState.DONE,
    (JobState.RUNNING, Event.FAIL): JobState.FAILED,
    (JobState.RUNNING, Event.RETRY): JobState.QUEUED,
    (JobState.RUNNING, Event.LOSE): JobState.QUEUED,
    (JobState.RUNNING, Event.GIVE_UP): JobState.DEAD,
    (JobState.RUNNING, Event.CANCEL): JobState.CANCELLED,
})  # fmt: skip


def _move(job: Job, event: Event, **changes: Any) -> Move:
    state = TABLE.get((job.state, event))
    if state is None:
        raise ForbiddenMove(job.state, event)
    return Move(job, replace(job, state=state, version=job.version + 1, **changes))


def _end(job: Job, event: Event, now: float, **changes: Any) -> Move:
    return _move(job, event, owner=None, heartbeat=None, finished_at=now, **changes)


def _again(job: Job, event: Event, not_before: float, **changes: Any) -> Move:
    # never sent: the sweeper sends it when its time has come
    fresh = {"owner": None, "heartbeat": None, "sent_at": None, "stage": "queued", "progress": 0.0}
    return _move(job, event, not_before=not_before, **fresh, **changes)


def send(job: Job, now: float) -> Move:
    """Note that the job's message was sent."""
    return _move(job, Event.SEND, sent_at=now)


def amend(job: Job, tags: Tags) -> Move:
    """Let the job carry the words of a later request."""
    return _move(job, Event.AMEND, tags=tags)


def claim(job: Job, owner: str, now: float) -> Move:
    """Begin the job; one more attempt. What made an earlier attempt end is forgotten."""
    begun = {"owner": owner, "heartbeat": now, "started_at": now, "stage": "started", "progress": 0.0}
    return _move(job, Event.CLAIM, attempts=job.attempts + 1, reason=None, **begun)


def beat(job: Job, stage: str, progress: float, now: float) -> Move:
    """Note a sign of life and how far the job is, 0 to 1."""
    return _move(job, Event.BEAT, heartbeat=now, stage=stage, progress=progress)


def finish(job: Job, outcome: Outcome, now: float) -> Move:
    """End the job well."""
    return _end(job, Event.FINISH, now, outcome=outcome, stage="done", progress=1.0)


def fail(job: Job, reason: Reason, now: float) -> Move:
    """End the job: the audio is at fault, and retrying the same bytes is useless."""
    return _end(job, Event.FAIL, now, reason=reason)


def retry(job: Job, reason: Reason, now: float, *, delay: float, max_attempts: int) -> Move:
    """Queue the job again, not before ``delay`` seconds from now; give it up where its attempts are used up."""
    if job.attempts >= max_attempts:
        return _end(job, Event.GIVE_UP, now, reason=reason)
    return _again(job, Event.RETRY, now + delay, reason=reason)


def lose(job: Job, now: float, *, max_attempts: int) -> Move:
    """Take the job from a worker that is gone and queue it at once; give it up where its attempts are used up."""
    reason = Reason("worker_lost", f"its worker {job.owner} was lost in attempt {job.attempts}, stage {job.stage}")
    if job.attempts >= max_attempts:
        return _end(job, Event.GIVE_UP, now, reason=reason)
    return _again(job, Event.LOSE, now, reason=reason)


def cancel(job: Job, now: float) -> Move:
    """End the job because somebody does not want it any more."""
    return _end(job, Event.CANCEL, now)
