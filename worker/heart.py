"""The heartbeat of a running job: a thread that writes a sign of life while the audio is heard."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from songs.errors import JobTaken, StoreUnavailable
from songs.jobs import Job
from songs.ports import Ledger


@dataclass(slots=True)
class Heart:
    """``with Heart(ledger, job, interval) as heart``: beats every ``interval`` seconds until ``stop``."""

    ledger: Ledger
    job: Job
    interval: float  # seconds between two beats
    _stage: str = "read"
    _progress: float = 0.0
    _taken: JobTaken | None = field(default=None, init=False)
    _moving: threading.Lock = field(default_factory=threading.Lock, init=False)  # held while the job's row is written
    _over: threading.Event = field(default_factory=threading.Event, init=False)
    _thread: threading.Thread | None = field(default=None, init=False)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._beat, name="heart", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def at(self, stage: str, progress: float) -> None:
        """Note how far the job is (0 to 1), for the next beat; raises JobTaken where the last one found a stranger."""
        self._stage, self._progress = stage, progress
        if self._taken is not None:
            raise self._taken

    def step(self, write: Callable[[Job], Job]) -> None:
        """Let ``write`` move the job while no beat does, and go on with what it returns.

        Raises JobTaken, and whatever ``write`` raises.
        """
        with self._moving:
            if self._taken is not None:
                raise self._taken
            self.job = write(self.job)
            self._stage, self._progress = self.job.stage, self.job.progress

    def stop(self) -> Job:
        """End the beats and return the job as it stands in the store; raises JobTaken."""
        self._end()
        if self._taken is not None:
            raise self._taken
        return self.job

    def _end(self) -> None:
        self._over.set()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join()

    def _beat(self) -> None:
        while not self._over.wait(self.interval):
            try:
                with self._moving:
                    self.job = self.ledger.beat(self.job, self._stage, self._progress)
            except JobTaken as taken:
                self._taken = taken
                return
            except StoreUnavailable:
                continue  # the next beat may reach it; after too many the sweeper decides
