"""What the index worker runs: it follows the change log and publishes generations; one for each index directory."""

import fcntl
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from indexer.faiss_index import FaissIndex
from indexer.generations import Generations
from songs.errors import IndexLocked, IndexMismatch
from songs.ports import ChangeLog

log = logging.getLogger("soundkin.index")

PAGE = 1000  # lines of the log read at once


@dataclass(slots=True)
class _Held:
    """The index in memory, and how far it and its newest generation have come in the log."""

    model: str
    index: FaissIndex
    seq: int
    published: int | None


class IndexWriter:
    """Keeps the generations below ``directory`` up with the log of the active model.

    Parameters
    ----------
    directory : Path
        Index directory of one serving machine; made where absent, and locked until ``close``.
    log : ChangeLog
        What to follow.
    model : callable
        Gives the active model's version, ``None`` before the first start; asked at every call.
    dimensions : int
        Length of its vectors.

    Raises
    ------
    IndexLocked
        Another writer has the directory.
    """

    def __init__(self, directory: Path, log: ChangeLog, model: Callable[[], str | None], dimensions: int) -> None:
        self._directory, self._log, self._model, self._dimensions = directory, log, model, dimensions
        self._held: _Held | None = None
        directory.mkdir(parents=True, exist_ok=True)
        self._lock = os.open(directory / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self.close()
            raise IndexLocked(str(directory)) from error

    def catch_up(self) -> int:
        """Publish a generation where the log has grown; return how many lines (or songs, when built anew) it took."""
        model = self._model()
        if model is None:
            return 0
        head = self._log.head()
        held = self._held
        if held is None or held.model != model or held.seq > head:
            held = self._held = self._opened(model, head)
        if held is None:
            return self._rebuilt(model) if head else 0
        lines = self._follow(held)
        if self._model() != model:  # lines of two models may have met: forget them all
            self._held = None
            return 0
        if held.seq != held.published:
            self._publish(held)
        return lines

    def reindex(self) -> int:
        """Build a generation afresh from the rows, whatever is there; return how many songs it holds."""
        model = self._model()
        return 0 if model is None else self._rebuilt(model)

    def close(self) -> None:
        """Let another writer have the directory."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __del__(self) -> None:
        if hasattr(self, "_lock"):
            self.close()

    def _generations(self, model: str) -> Generations:
        return Generations(self._directory / self._log.identity(), model, self._dimensions)

    def _opened(self, model: str, head: int) -> _Held | None:
        """Read the newest good generation into memory; ``None`` where the rows must be read."""
        try:
            newest = self._generations(model).newest(head)
        except IndexMismatch as stranger:
            log.warning("%s; building it from the rows", stranger)
            return None
        if newest is None:
            return None
        rows, seq = newest.rows, newest.manifest.seq
        return _Held(model, FaissIndex.of(rows.songs(), newest.search.matrix()), seq, published=seq)

    def _rebuilt(self, model: str) -> int:
        seq, song_ids, vectors = self._log.everything()
        if self._model() != model:
            return 0
        if vectors.shape[1:] != (self._dimensions,) and len(song_ids):
            raise IndexMismatch(have=(model, vectors.shape[-1]), want=(model, self._dimensions))
        index = FaissIndex.of(song_ids, vectors.reshape(-1, self._dimensions))
        self._held = _Held(model, index, seq, published=None)
        self._publish(self._held)
        return len(song_ids)

    def _follow(self, held: _Held) -> int:
        count = 0
        while changes := self._log.since(held.seq, PAGE):
            for change in changes:
                if change.vector is None:
                    held.index.delete(change.song_id)
                else:
                    held.index.upsert(change.song_id, change.vector)
            held.seq = changes[-1].seq
            count += len(changes)
        return count

    def _publish(self, held: _Held) -> None:
        path = self._generations(held.model).publish(held.seq, *held.index.everything())
        held.published = held.seq
        log.info("published %s: %d songs of %s", path.name, len(held.index), held.model)
