"""The index as web processes and the command line read it: the newest generation, and the log's tail on top."""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from indexer.faiss_index import FaissIndex
from indexer.generations import Generation, Generations
from indexer.view import View
from songs.errors import IndexMismatch, UnknownSong
from songs.identity import SongId
from songs.ports import ALL, ChangeLog, Neighbour, SongSet
from songs.vectors import Vector

log = logging.getLogger("soundkin.index")

ASK_LOG = 0.2  # seconds for which an answer of the log is good
ASK_DISK = 1.0  # seconds between two looks for a newer generation
PAGE = 1000  # lines of the log read at once


class FollowingIndex:
    """A song is findable a moment after its commit, with or without an index worker, and gone a moment after its end.

    Follows the active model too: where that changes, the next search is in the vectors of the new one.
    Safe between threads; to be opened after a fork, never before.

    Parameters
    ----------
    directory : Path
        Index directory of this machine; need not exist.
    log : ChangeLog
        What to follow.
    model : callable
        Gives the active model's version, ``None`` before the first start (the index is empty then).
    dimensions : int
        Length of its vectors.
    clock : callable, optional
        Monotonic seconds.

    Raises
    ------
    StoreUnavailable
        From every method, while the log does not answer: an index that cannot know of deletions says nothing.
    """

    def __init__(
        self,
        directory: Path,
        log: ChangeLog,
        model: Callable[[], str | None],
        dimensions: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._directory, self._log, self._model, self._dimensions = directory, log, model, dimensions
        self._clock = clock
        self._view: View | None = None
        self._asked_log = self._asked_disk = float("-inf")
        self._mark: tuple[int, int, int] | None = None  # of the newest generation that was looked into
        self._refreshing = threading.Lock()

    def vector(self, song_id: SongId) -> Vector:
        """Return the unit vector of a song; raises UnknownSong only after asking the log again."""
        view = self._present()
        try:
            if view is not None:
                return view.vector(song_id)
        except UnknownSong:
            pass
        view = self._refreshed()
        if view is None:
            raise UnknownSong(song_id)
        return view.vector(song_id)

    def nearest(self, vector: Vector, k: int, among: SongSet = ALL) -> list[Neighbour]:
        """Return at most ``k`` songs, best first, ties by song id."""
        view = self._present()
        return [] if view is None else view.nearest(vector, k, among)

    def __len__(self) -> int:
        view = self._present()
        return 0 if view is None else len(view)

    def _present(self) -> View | None:
        view = self._view
        recent = self._clock() - self._asked_log < ASK_LOG
        if recent or (view is not None and self._refreshing.locked()):  # nobody waits while a generation is opened
            return view
        return self._refreshed()

    def _refreshed(self) -> View | None:
        began = self._clock()
        with self._refreshing:
            if self._asked_log <= began:  # else another thread asked while we waited
                self._view = self._followed()
                self._asked_log = began
            return self._view

    def _followed(self) -> View | None:
        """Return a view of the active model at the log's end."""
        while (model := self._model()) is not None:
            view, head = self._view, self._log.head()
            if view is None or view.model != model or view.seq > head:  # a lower head: the database was replaced
                view = self._opened(model, head)
            else:
                view = self._newer(view, head) or view
            if view is not None and self._caught_up(view):
                return view
        return None

    def _caught_up(self, view: View) -> bool:
        """Apply the rest of the log; ``False`` where the active model changed meanwhile."""
        while changes := self._log.since(view.seq, PAGE):
            if self._model() != view.model:
                return False
            view.apply(changes)
        return self._model() == view.model

    def _opened(self, model: str, head: int) -> View | None:
        """Return a view from the newest generation, else from all rows; ``None`` where the model changed meanwhile."""
        self._asked_disk = self._clock()
        self._mark = self._generations(model).mark()
        generation = self._generation(model, head)
        if generation is not None:
            return View(model, generation, FaissIndex(self._dimensions), generation.manifest.seq)
        seq, song_ids, vectors = self._log.everything()
        if self._model() != model:
            return None
        if len(song_ids) and vectors.shape[1] != self._dimensions:
            raise IndexMismatch(have=(model, vectors.shape[1]), want=(model, self._dimensions))
        return View(model, None, FaissIndex.of(song_ids, vectors.reshape(-1, self._dimensions)), seq)

    def _newer(self, view: View, head: int) -> View | None:
        """Return a view on a newer generation where one was published since we looked."""
        if self._clock() - self._asked_disk < ASK_DISK:
            return None
        self._asked_disk = self._clock()
        mark = self._generations(view.model).mark()
        if mark == self._mark:
            return None
        self._mark = mark
        generation = self._generation(view.model, head)
        if generation is None or (view.base is not None and generation.manifest.seq <= view.base.manifest.seq):
            return None
        log.info("following %s", generation.path.name)
        return View(view.model, generation, FaissIndex(self._dimensions), generation.manifest.seq)

    def _generation(self, model: str, head: int) -> Generation | None:
        try:
            return self._generations(model).newest(head)
        except IndexMismatch as stranger:
            log.error("%s: %s; serving from the rows", stranger.code, stranger)  # noqa: TRY400 - says it all
            return None

    def _generations(self, model: str) -> Generations:
        return Generations(self._directory / self._log.identity(), model, self._dimensions)
