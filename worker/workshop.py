"""The rooms a worker process works in, furnished once in the process that uses them (never before a fork)."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Self

from celery import Celery

from indexer.writer import IndexWriter
from jobs.ledger import JobLedger
from jobs.owner import owner
from jobs.queue import CeleryQueue
from songs.errors import AudioError, JobTaken, QueueUnavailable
from songs.identity import JobId
from songs.jobs import Job, JobKind
from songs.ports import JobQueue, JobStore, Ledger
from songs.settings import Settings
from songs.vectors import DIMENSIONS
from store import open_store
from store.shelf import Shelf
from worker.explain import Explain, Kept
from worker.explaining import open_explaining
from worker.fetch import Fetcher, public
from worker.heart import Heart
from worker.ingest import Ingest, Sound
from worker.listener import Listened, Listener, open_listener
from worker.locate import Locator
from worker.sources import facts, touched

PUBLISH_EVERY = 10.0  # seconds; a generation of 100,000 songs takes a third of one
WAKE_EVERY = 1.0  # seconds between two messages of one process to the index worker


@dataclass(frozen=True, slots=True)
class Ears:
    """Listening as the ingest use case wants it: progress as a share, an answer in nouns."""

    listener: Listener

    def __call__(self, path: str, progress: Callable[[float], None]) -> Sound:
        """Listen to a file; raises AudioError."""
        # the length of a stream is known at its end only: half a minute in, a song is half done, and never quite
        return _sound(self.listener(path, lambda seconds: progress(seconds / (seconds + 30))))

    def preview(self, path: str, progress: Callable[[float], None]) -> Sound:
        """Listen to a few windows of a file, to all of a short one; raises AudioError."""
        return _sound(self.listener.preview(path, progress))


def _sound(listened: Listened) -> Sound:
    heard = listened.heard
    return Sound(
        embedding=heard.embedding,
        labels=heard.labels,
        structure=heard.structure,
        tags=listened.tags,
        duration=heard.duration,
        sample_rate=listened.sample_rate,
        channels=listened.channels,
        whole=listened.whole,
    )


@dataclass(slots=True)
class Waker:
    """Wakes the index worker, at most once in ``every`` seconds: a log is read to its end however often one knocks."""

    queue: JobQueue
    every: float = WAKE_EVERY
    clock: Callable[[], float] = time.monotonic
    _last: float = field(default=float("-inf"), init=False)

    def __call__(self) -> None:
        """Send a message, or not; a broker that is away is no harm, since the sweeper knocks too."""
        if self.clock() - self._last < self.every:
            return
        self._last = self.clock()
        try:
            self.queue.wake_index()
        except QueueUnavailable:
            return


@dataclass(frozen=True, slots=True)
class IngestRoom:
    """What the task ``ingest`` needs."""

    ingest: Ingest
    explain: Explain
    ledger: Ledger
    jobs: JobStore
    wake: Waker
    owner: str
    interval: float  # seconds between two heartbeats
    locator: Locator

    @classmethod
    def furnish(cls, settings: Settings, app: Celery) -> Self:
        """Open store, bundle and decoder; raises BundleRefused, StoreUnavailable."""
        store = open_store(settings.database())
        queue = CeleryQueue(app)
        ledger = JobLedger(store.jobs, queue, max_attempts=settings.max_attempts)
        listener = open_listener(settings.bundle, settings.max_seconds)
        fetcher = Fetcher(settings.max_upload, allowed=(lambda _: True) if settings.private_addresses else public)
        locator = Locator(Shelf(settings.place().audio), fetcher, settings.keep_audio)
        ears, wake = Ears(listener), Waker(queue)
        ingest = Ingest(
            listener.model, locator.path, facts, touched, ears.preview, ears, store.songs, ledger, wake=wake
        )
        explaining = cache(partial(open_explaining, settings.bundle, settings.max_seconds))  # once somebody asks
        explain = Explain(
            lambda path, label, told: explaining()(path, label, progress=told),
            listener.model, Kept(locator.shelf), store.songs, store.explanations, ledger,
        )  # fmt: skip
        return cls(ingest, explain, ledger, store.jobs, wake, owner(), settings.heartbeat / 3, locator)

    def heart(self, job: Job) -> Heart:
        """Return the heart of a running job."""
        return Heart(self.ledger, job, self.interval)

    def run(self, job: Job, heart: Heart) -> str:
        """Do what a claimed job is for, and say what was done; raises what its use case raises."""
        if job.kind is JobKind.EXPLAIN:
            return str(self.explain(job, heart).outcome)
        return self.finished(self.ingest(job, heart))

    def finished(self, job: Job) -> str:
        """Wake the index worker, drop what is not to be kept, and say what was done."""
        self.wake()
        self.locator.heard(job.source)
        return str(job.outcome)

    def refused(self, job: Job, error: AudioError) -> str:
        """End a job whose audio is at fault, and keep no copy of that audio unless an older song stands on it."""
        if job.kind is JobKind.EXPLAIN:  # the song stands, whatever became of its audio
            return self.ledger.fail(job, error.code, str(error), retryable=False).state
        library, move = self.ingest.library, self.ledger.refused(job, error.code, str(error))
        library.refuse(move)
        self.wake()
        self.locator.heard(job.source, wanted=library.standing(job.source) is not None)
        return move.after.state

    def give_back(self, job_id: JobId, code: str, message: str) -> None:
        """Let a job that this process still owns be tried again, or die with the reason."""
        job = self.jobs.get(job_id)
        if job.owner != self.owner:
            return
        try:
            self.ledger.fail(job, code, message, retryable=True)
        except JobTaken:
            return


@dataclass(slots=True)
class IndexRoom:
    """What the task ``index`` needs: one writer for each index directory.

    Publishes at most once in ``every`` seconds: what is newer is found all the same, since readers follow the log.
    """

    writer: IndexWriter
    every: float = PUBLISH_EVERY
    clock: Callable[[], float] = time.monotonic
    _last: float = field(default=float("-inf"), init=False)

    @classmethod
    def furnish(cls, settings: Settings) -> Self:
        """Open the store and lock the index directory; raises IndexLocked."""
        store = open_store(settings.database())
        return cls(IndexWriter(settings.place().index, store.log, store.models.active, DIMENSIONS))

    def catch_up(self) -> int:
        """Publish a generation where the log has grown; return how many lines it took, 0 where it is too early."""
        if self.clock() - self._last < self.every:
            return 0
        self._last = self.clock()
        return self.writer.catch_up()
