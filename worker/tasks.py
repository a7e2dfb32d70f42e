"""The Celery tasks: a few lines around the use cases."""

from collections.abc import Callable
from typing import Any

from celery import Celery, Task
from celery.utils.log import get_task_logger

from songs.errors import AudioError, IndexLocked, JobTaken, SongsError, StoreUnavailable
from songs.identity import JobId
from worker.workshop import IndexRoom, IngestRoom

log = get_task_logger("soundkin")


def register_ingest(app: Celery, room: Callable[[], IngestRoom], seconds: int) -> None:
    """Add the task ``ingest``; ``room`` is called in the process that runs it, after any fork."""

    class Ingesting(Task):  # type: ignore[type-arg]
        """A job whose task raised something unforeseen is retried, then dead, with what was raised as its reason."""

        def on_failure(self, exc: BaseException, task_id: str, args: Any, kwargs: Any, einfo: Any) -> None:
            del task_id, kwargs, einfo
            room().give_back(JobId(args[0]), "internal_error", f"{type(exc).__name__}: {exc}")

    @app.task(name="ingest", base=Ingesting, bind=True, soft_time_limit=seconds, time_limit=seconds + 30)
    def ingest(task: Task, job_id: str) -> str:  # type: ignore[type-arg]
        del task
        own = room()
        job = own.ledger.claim(JobId(job_id), own.owner)
        if job is None:
            return "nothing to do"
        with own.heart(job) as heart:
            try:
                return own.run(job, heart)
            except AudioError as error:
                return own.refused(heart.stop(), error)
            except JobTaken as taken:
                log.warning("%s", taken)
                return "taken"
            except SongsError as error:
                log.warning("job %s: %s", job_id, error)
                return own.ledger.fail(heart.stop(), error.code, str(error), retryable=error.retryable).state


def register_index(app: Celery, room: Callable[[], IndexRoom]) -> None:
    """Add the task ``index``: bring the newest generation up to the log."""

    @app.task(name="index", bind=True)
    def index(task: Task) -> int:  # type: ignore[type-arg]
        del task
        try:
            return room().catch_up()
        except (IndexLocked, StoreUnavailable) as error:
            log.warning("%s", error)  # the sweeper wakes us again
            return 0
