"""A job: a row that says what is to be done to one source, and what happened."""

from dataclasses import dataclass, field
from enum import StrEnum

from songs.identity import JobId, SongId
from songs.song import Tags


class JobState(StrEnum):
    """Where a job stands; what may follow what is the table in ``jobs.transitions``."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"  # the audio is at fault: retrying the same bytes is useless
    DEAD = "dead"  # every attempt was lost; the reason says how
    CANCELLED = "cancelled"


class JobKind(StrEnum):
    """What a job does with its source."""

    INGEST = "ingest"
    EXPLAIN = "explain"  # of a song that is in the catalogue


OPEN = frozenset({JobState.QUEUED, JobState.RUNNING})


class Outcome(StrEnum):
    """What a job that is done did."""

    COMMITTED = "committed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a job failed: a stable code and one sentence."""

    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One source to ingest, or one label of it to explain. Times are Unix seconds."""

    id: JobId
    source: str  # canonical, as in Recording.source
    tags: Tags = field(default_factory=Tags)  # what the manifest or the request says; they win over the file's
    state: JobState = JobState.QUEUED
    stage: str = "queued"  # queued, started, read, vector, analysis or explanation, done
    progress: float = 0.0  # 0 to 1
    attempts: int = 0  # how often a worker has begun it
    reason: Reason | None = None
    outcome: Outcome | None = None
    song_id: SongId | None = None
    batch: str | None = None  # jobs of one request share it
    owner: str | None = None  # worker that runs it: host:pid:start of that process
    heartbeat: float | None = None  # last sign of life of the owner
    not_before: float = 0.0  # a retry waits until then
    sent_at: float | None = None  # when its message was last sent
    created_at: float = 0.0
    started_at: float | None = None
    finished_at: float | None = None
    version: int = 0  # counts writes: a swap that expects another version writes nothing
    kind: JobKind = JobKind.INGEST
    label: str = ""  # that is to be explained


@dataclass(frozen=True, slots=True)
class Move:
    """One step of a job: written only if the row is still ``before``."""

    before: Job
    after: Job
