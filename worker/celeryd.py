"""Composition root of the workers: ``celery -A worker.celeryd worker -Q ingest`` (or ``-Q index -c 1``)."""

import signal
from functools import cached_property
from typing import Any

from celery import Celery
from celery.signals import worker_process_init

from jobs.broker import broker_config, celery_app
from songs.settings import Settings, settings_from_env
from worker.lifeline import end_with_parent
from worker.tasks import register_index, register_ingest
from worker.workshop import IndexRoom, IngestRoom


class Rooms:
    """The rooms of this process: furnished at first use, which is after the fork."""

    def __init__(self, settings: Settings, app: Celery) -> None:
        self._settings, self._app = settings, app

    @cached_property
    def ingest(self) -> IngestRoom:
        """The room of the queue ``ingest``."""
        return IngestRoom.furnish(self._settings, self._app)

    @cached_property
    def index(self) -> IndexRoom:
        """The room of the queue ``index``."""
        return IndexRoom.furnish(self._settings)


def build() -> Celery:
    """Read the environment and return the Celery application with its tasks."""
    settings = settings_from_env()
    celery = celery_app(broker_config(settings.redis_url, settings.place().broker))
    rooms = Rooms(settings, celery)
    register_ingest(celery, lambda: rooms.ingest, settings.task_seconds)
    register_index(celery, lambda: rooms.index)
    return celery


@worker_process_init.connect
def _child_began(**_: Any) -> None:
    end_with_parent(signal.SIGKILL)  # an orphan of a killed worker would hold the index directory's lock


app = build()
