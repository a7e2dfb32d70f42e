"""Jobs, models and keys in memory."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from songs.errors import InvalidCursor, InvalidKey, UnknownJob
from songs.identity import JobId
from songs.jobs import OPEN, Job, JobState, Move
from songs.settings import valid_key
from store.folding import storable
from store.keys import key_hash
from store.memory.tables import Memory


@dataclass(frozen=True, slots=True)
class MemoryJobs:
    """Twin of ``SqlJobs``."""

    memory: Memory

    def add(self, wanted: Sequence[Job]) -> list[Job]:
        """Write new rows; where a source has an open job of that kind and label, that one is returned in place."""
        with self.memory.write() as tables:
            tasks = [(storable(job.source), job.kind, job.label) for job in wanted]
            open_jobs = {(j.source, j.kind, j.label): j for j in tables.jobs.values() if j.state in OPEN}
            for job, task in zip(wanted, tasks, strict=True):
                if task not in open_jobs:
                    open_jobs[task] = tables.jobs[job.id] = replace(job, source=task[0])
            return [open_jobs[task] for task in tasks]

    def get(self, job_id: JobId) -> Job:
        """Return a job; raises UnknownJob."""
        found = self.memory.read().jobs.get(job_id)
        if found is None:
            raise UnknownJob(job_id)
        return found

    def swap(self, moves: Sequence[Move]) -> None:
        """Write each ``after`` (with ``version`` + 1) whose row is still ``before``, all or none; raises JobTaken."""
        with self.memory.write() as tables:
            for move in moves:
                tables.swap(move)

    def jobs(
        self,
        states: Iterable[JobState] = tuple(JobState),
        batch: str | None = None,
        after: str | None = None,
        limit: int = 100,
    ) -> list[Job]:
        """Return jobs in the order they were made, those after the job ``after``; raises InvalidCursor."""
        wanted, everyone = frozenset(states), self.memory.read().jobs
        if after is not None and after not in everyone:
            raise InvalidCursor(after)
        begin = 0 if after is None else list(everyone).index(JobId(after)) + 1
        rest = list(everyone.values())[begin:]
        fit = [job for job in rest if job.state in wanted and (batch is None or job.batch == batch)]
        return fit[:limit]

    def unsent(self, due: float, sent_before: float, limit: int) -> list[Job]:
        """Return queued jobs, oldest first, that may begin at ``due`` and were not sent since ``sent_before``."""
        queued = [job for job in self.memory.read().jobs.values() if job.state is JobState.QUEUED]
        return [j for j in queued if j.not_before <= due and (j.sent_at is None or j.sent_at < sent_before)][:limit]

    def counts(self, batch: str | None = None) -> Mapping[JobState, int]:
        """Return how many jobs stand in each state, 0 included."""
        jobs = [job for job in self.memory.read().jobs.values() if batch is None or job.batch == batch]
        return {state: sum(job.state is state for job in jobs) for state in JobState}


@dataclass(frozen=True, slots=True)
class MemoryModels:
    """Twin of ``SqlModels``."""

    memory: Memory

    def active(self) -> str | None:
        """Return the version whose vectors are searched; ``None`` before the first start."""
        return self.memory.read().models.get("active")

    def activate(self, model: str) -> None:
        """Serve this version from now on; the change log gets a line for every song."""
        with self.memory.write() as tables:
            if tables.models.get("active") != model:
                tables.models["active"] = model
                for song_id in tables.songs:
                    tables.say(song_id)


@dataclass(frozen=True, slots=True)
class MemoryKeys:
    """Twin of ``SqlKeys``."""

    memory: Memory

    def add(self, key: str, scopes: frozenset[str]) -> None:
        """Keep a key's hash; adding it again changes its scopes. Raises InvalidKey."""
        if not valid_key(key):
            raise InvalidKey
        with self.memory.write() as tables:
            tables.keys[key_hash(key)] = scopes

    def scopes(self, key: str) -> frozenset[str]:
        """Return what the key may do; empty for a key that is not ours."""
        return self.memory.read().keys.get(key_hash(key), frozenset())

    def __len__(self) -> int:
        return len(self.memory.read().keys)
