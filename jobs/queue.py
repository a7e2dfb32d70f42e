"""Messages by Celery, sent by the names of tasks: the sender knows none of the workers' code."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from celery import Celery
from kombu import Connection, Queue
from kombu.exceptions import ChannelError, KombuError

from songs.errors import QueueUnavailable
from songs.identity import JobId

INGEST = "ingest"  # both the task and its queue
INDEX = "index"


@dataclass(frozen=True, slots=True)
class CeleryQueue:
    """The port ``JobQueue`` on any broker that Celery knows."""

    app: Celery

    def send(self, job_ids: Sequence[JobId]) -> None:
        """Send one message a job; raises QueueUnavailable, after which some of them may have been sent."""
        with self._connection() as connection, self.app.amqp.Producer(connection, auto_declare=False) as producer:
            for job_id in job_ids:
                self.app.send_task(INGEST, (job_id,), queue=INGEST, producer=producer)

    def depth(self) -> int:
        """Return how many messages wait for a worker; raises QueueUnavailable."""
        with self._connection() as connection:
            return _depth(connection, INGEST)

    def wake_index(self) -> None:
        """Tell the index worker that the log has grown, unless it is yet to hear of it; raises QueueUnavailable."""
        with self._connection() as connection, self.app.amqp.Producer(connection, auto_declare=False) as producer:
            if _depth(connection, INDEX) == 0:
                self.app.send_task(INDEX, queue=INDEX, producer=producer)

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        with self.app.connection_for_write() as connection:
            errors: tuple[type[BaseException], ...] = (KombuError, OSError)
            errors += (*connection.connection_errors, *connection.channel_errors)
            try:
                connection.ensure_connection(max_retries=1, interval_start=0)
                yield connection
            except errors as error:
                raise QueueUnavailable(str(error) or type(error).__name__) from error


def _depth(connection: Connection, queue: str) -> int:
    with connection.channel() as channel:
        try:
            declared: Any = Queue(queue, channel=channel).queue_declare(passive=True)
            return int(declared.message_count)
        except ChannelError:  # nobody has sent anything yet
            return 0
