"""The in-memory twin of the queue."""

from collections import deque
from collections.abc import Sequence

from songs.identity import JobId


class ListQueue:
    """Messages in a list; ``drain`` takes them out as a worker would."""

    def __init__(self) -> None:
        self._messages: deque[JobId] = deque()
        self._index_wakes = 0

    def send(self, job_ids: Sequence[JobId]) -> None:
        """Put one message a job."""
        self._messages.extend(job_ids)

    def depth(self) -> int:
        """Return how many messages wait."""
        return len(self._messages)

    def wake_index(self) -> None:
        """Put a message for the index worker, unless one waits."""
        self._index_wakes = 1

    def drain(self) -> list[JobId]:
        """Take all messages out, oldest first."""
        taken = list(self._messages)
        self._messages.clear()
        return taken

    def drain_index(self) -> int:
        """Take the messages for the index worker out and return how many there were."""
        taken, self._index_wakes = self._index_wakes, 0
        return taken
