"""When to stop teaching: as soon as artists whom the network never heard lie no closer together than before."""

from collections.abc import Iterator, Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from embedder.training.dataset import Example, load_images
from songs.metrics import retrieval

AT_ONCE = 16  # songs


class Stopping(keras.callbacks.Callback):  # type: ignore[misc]
    """Measures retrieval by artist after every epoch; keeps the best weights and stops when patience ends.

    Attributes
    ----------
    history : dict
        ``val_artist_map``, one an epoch, and ``best_epoch``, counted from 1; empty where nobody checks.
    """

    def __init__(self, learner: keras.Model, checking: Sequence[Example], patience: int | None) -> None:
        super().__init__()
        self._learner, self._patience = learner, patience
        asked = [song for song in checking if song.artist] if patience is not None else []
        self._artists = [frozenset({str(song.artist)}) for song in asked]
        self._asked = asked if len(set(self._artists)) > 1 and len(set(self._artists)) < len(asked) else []
        self._best = -1.0
        self._weights: list[npt.NDArray[np.float32]] | None = None
        self.history: dict[str, list[float]] = {}

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002 - Keras calls it so
        """Measure."""
        if not self._asked:
            return
        found = retrieval(np.concatenate(list(self._vectors())), self._artists).map
        self.history.setdefault("val_artist_map", []).append(found)
        if found > self._best:
            self._best, self._weights = found, self._learner.get_weights()
            self.history["best_epoch"] = [float(epoch + 1)]
        elif epoch + 1 - self.history["best_epoch"][0] >= (self._patience or 0):
            self.model.stop_training = True

    def take_best(self) -> None:
        """Give the learner the weights of its best epoch."""
        if self._weights is not None:
            self._learner.set_weights(self._weights)

    def _vectors(self) -> Iterator[npt.NDArray[np.float32]]:
        """Yield the vectors of the songs that are asked, a few songs at a time."""
        for start in range(0, len(self._asked), AT_ONCE):
            images = [load_images(song) for song in self._asked[start : start + AT_ONCE]]
            heard = self._learner.predict_on_batch(np.concatenate(images)[..., np.newaxis])
            ends = np.cumsum([len(own) for own in images])[:-1]
            yield np.stack([own.mean(axis=0) for own in np.split(heard, ends)])
