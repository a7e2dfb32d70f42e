"""Ingesting as the command line does it: rows first, then messages, then watching the rows."""

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from cli.catalogue import settle_model
from cli.console import progress_bar, remark
from cli.crew import INDEX, SWEEPER, Crew, ingest_role
from cli.lock import HomeLock
from cli.place import Place
from cli.plan import Planner
from cli.queueing import job_ledger, submit
from indexer.writer import IndexWriter
from songs.errors import HomeInUse, IndexLocked
from songs.jobs import OPEN, Job, JobState, Outcome
from songs.vectors import DIMENSIONS
from store import Store
from synthesis.catalogue import write_catalogue

LOOK = 0.3  # seconds between two looks at the job rows


@dataclass(frozen=True, slots=True)
class Tally:
    """How the jobs of one ingest ended."""

    committed: int = 0
    unchanged: int = 0
    failed: int = 0
    cancelled: int = 0


@dataclass(slots=True)
class Hands:
    """Workers of our own, unless a running ``up`` (or another ingest) has some; if those go, ours take over.

    ``with Hands(place, store) as hands``, and ``hands.tend()`` now and then.
    """

    place: Place
    store: Store
    _stack: ExitStack = field(default_factory=ExitStack, init=False)
    _crew: Crew | None = field(default=None, init=False)
    _told: str | None = field(default=None, init=False)

    def __enter__(self) -> Self:
        self.tend()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._stack:
            crew, self._crew = self._crew, None
            if crew is not None:
                crew.stop()
                self._publish()

    def _publish(self) -> None:
        """Leave a generation with everything in it: readers that come later need not build it from rows."""
        try:
            with IndexWriter(self.place.home.index, self.store.log, self.store.models.active, DIMENSIONS) as writer:
                writer.catch_up()
        except IndexLocked:  # an index worker of somebody else's will do it
            return

    def tend(self) -> None:
        """See to it that somebody works on this home."""
        if self._crew is not None:
            self._crew.tend()
            return
        try:
            self._stack.enter_context(HomeLock(self.place.home.root, "soundkin ingest"))
        except HomeInUse as busy:
            if self._told != busy.owner:
                remark(f"using the workers of {busy.owner}")
                self._told = busy.owner
            return
        roles = (ingest_role(self.place.settings.workers), INDEX, SWEEPER)
        self._crew = self._stack.enter_context(Crew(self.place, roles))


def demo_songs(place: Place) -> Path:
    """Return the folder of the demo songs, made once."""
    folder = place.home.root / "demo"
    with progress_bar() as bar:
        task = bar.add_task("composing demo songs", total=None)
        write_catalogue(folder, lambda done, total: bar.update(task, completed=done, total=total))
    return folder


def ingest_paths(place: Place, store: Store, paths: Sequence[str], tend: Callable[[], object]) -> Tally:
    """Plan, queue and watch, with the workers that ``tend`` looks after."""
    plan = Planner(store.songs, settle_model(place, store))(paths)
    for what, why in plan.refused:
        remark(f"  refused: {what}: {why}")
    if not plan.requests:
        return Tally(unchanged=plan.unchanged)
    tally = wait(store, submit(job_ledger(place, store), plan.requests), tend)
    return replace(tally, unchanged=tally.unchanged + plan.unchanged)


def wait(store: Store, jobs: Iterable[Job], tend: Callable[[], object]) -> Tally:
    """Show progress until every job is over; Ctrl-C leaves the rows as they are."""
    open_jobs = {job.id: job for job in jobs}
    over: list[Job] = []
    with progress_bar() as bar:
        task = bar.add_task("listening", total=len(open_jobs))
        while open_jobs:
            tend()
            time.sleep(LOOK)
            looked = [store.jobs.get(job_id) for job_id in list(open_jobs)[:200]]  # they are run in this order
            for job in looked:
                if job.state not in OPEN:
                    del open_jobs[job.id]
                    over.append(job)
                    if job.reason is not None:
                        remark(f"  {job.state}: {job.source}: {job.reason.message} ({job.reason.code})")
            bar.update(task, completed=len(over) + sum(job.progress for job in looked if job.state in OPEN))
    return _tally(over)


def _tally(jobs: Iterable[Job]) -> Tally:
    ended = list(jobs)
    return Tally(
        committed=sum(job.outcome is Outcome.COMMITTED for job in ended),
        unchanged=sum(job.outcome is Outcome.UNCHANGED for job in ended),
        failed=sum(job.state in {JobState.FAILED, JobState.DEAD} for job in ended),
        cancelled=sum(job.state is JobState.CANCELLED for job in ended),
    )
