"""From slice vectors to labels: the small layers that were cut off the network."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from songs.labels import Choice
from songs.vectors import Vectors


@dataclass(frozen=True, slots=True, eq=False)
class GenreHead:
    """The softmax layer of the network, and from which probability on it is believed."""

    names: Sequence[str]
    weights: npt.NDArray[np.float32]  # (dimensions, n_names)
    bias: npt.NDArray[np.float32]  # (n_names,)
    threshold: float  # below it the song's genre is uncertain

    def probabilities(self, slice_vectors: Vectors) -> npt.NDArray[np.float64]:
        """Return the mean over slices of each slice's softmax.

        Parameters
        ----------
        slice_vectors : np.ndarray, shape=(n_slices, dimensions), n_slices >= 1

        Returns
        -------
        probabilities : np.ndarray, shape=(n_names,), sum 1
        """
        logits = slice_vectors.astype(np.float64) @ self.weights + self.bias
        logits -= logits.max(axis=1, keepdims=True)
        odds = np.exp(logits)
        mean: npt.NDArray[np.float64] = (odds / odds.sum(axis=1, keepdims=True)).mean(axis=0)
        return mean

    def __call__(self, slice_vectors: Vectors) -> Choice:
        """Return the song's genre; ``uncertain`` where the likeliest is below the threshold."""
        probabilities = self.probabilities(slice_vectors)
        best = int(probabilities.argmax())
        confidence = float(probabilities[best])
        return Choice(
            value=self.names[best],
            uncertain=confidence < self.threshold,
            confidence=confidence,
            probabilities={name: float(p) for name, p in zip(self.names, probabilities, strict=True)},
        )
