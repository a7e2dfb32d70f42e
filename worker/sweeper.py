"""Composition root of the sweeper: re-sends what was lost, frees what a dead worker held, wakes the index worker."""

import logging
import signal
import threading
from dataclasses import dataclass

from embedder import bundle
from jobs.broker import broker_config, celery_app
from jobs.ledger import JobLedger
from jobs.queue import CeleryQueue
from songs.errors import QueueUnavailable, StoreUnavailable
from songs.settings import settings_from_env
from store import open_store

log = logging.getLogger("soundkin.sweeper")


@dataclass(frozen=True, slots=True)
class Sweeper:
    """Sweeps at once and then every ``every`` seconds."""

    ledger: JobLedger
    queue: CeleryQueue
    heartbeat: float  # seconds of silence after which a job is taken from its worker
    every: float  # seconds

    def run(self, over: threading.Event) -> None:
        """Sweep until ``over`` is set; a database or broker that is away is waited for."""
        while True:
            self.once()
            if over.wait(self.every):
                return

    def once(self) -> None:
        """Sweep one time."""
        try:
            swept = self.ledger.sweep(self.heartbeat)
            self.queue.wake_index()
        except (StoreUnavailable, QueueUnavailable) as error:
            log.warning("%s; waiting", error)
            return
        log.info("swept: %s", swept)


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    settings = settings_from_env()
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    queue = CeleryQueue(celery_app(broker_config(settings.redis_url, settings.place().broker)))
    store = open_store(settings.database())
    if store.models.active() is None:  # the first start of an installation without ``soundkin up``
        store.models.activate(bundle.verify(settings.bundle or bundle.shipped()).model)
    ledger = JobLedger(store.jobs, queue, max_attempts=settings.max_attempts)
    Sweeper(ledger, queue, settings.heartbeat, settings.sweep).run(over)


if __name__ == "__main__":
    main()
