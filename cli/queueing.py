"""Jobs from the command line: rows in the store, then messages to its broker."""

from collections.abc import Sequence

from cli.place import Place
from jobs.broker import broker_config, celery_app
from jobs.ledger import JobLedger
from jobs.queue import CeleryQueue
from songs.identity import fresh
from songs.jobs import Job
from songs.ports import Request
from store import Store


def job_ledger(place: Place, store: Store) -> JobLedger:
    """Return the ledger of this place, whose messages go to its broker."""
    queue = CeleryQueue(celery_app(broker_config(place.settings.redis_url, place.home.broker)))
    return JobLedger(store.jobs, queue, max_attempts=place.settings.max_attempts)


def submit(ledger: JobLedger, requests: Sequence[Request]) -> list[Job]:
    """Write the rows of one batch and send their messages."""
    batch = fresh()
    jobs: list[Job] = []
    for start in range(0, len(requests), 1000):
        jobs += ledger.submit(requests[start : start + 1000], batch)
    return jobs
