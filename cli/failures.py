"""The failures that still stand: the last word on each source."""

from collections.abc import Iterator

from songs.jobs import Job, JobState
from songs.ports import JobStore
from store import Store

_AT_ONCE = 1000
_LAST_WORDS = (JobState.FAILED, JobState.DEAD, JobState.DONE)


def failures(store: Store) -> list[Job]:
    """Return the failed or dead jobs whose task no later job has settled, oldest first."""
    last = {(job.source, job.kind, job.label): job for job in _all(store.jobs)}
    return [job for job in last.values() if job.state is not JobState.DONE]


def _all(jobs: JobStore) -> Iterator[Job]:
    after: str | None = None
    while page := jobs.jobs(states=_LAST_WORDS, after=after, limit=_AT_ONCE):
        yield from page
        after = page[-1].id
