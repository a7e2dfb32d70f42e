"""From a score to a number with the interval that holds the truth in 90 of 100 cases."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from embedder.heads.choice import sigmoid
from songs.labels import Feature, Interval, Popularity

Table = npt.NDArray[np.float64]
COVERED = 0.9  # share of songs whose truth the interval is to hold


@dataclass(frozen=True, slots=True)
class Share:
    """A number from 0 to 1. Its margins are conformal: quantiles of errors for artists that nobody had heard.

    Raises
    ------
    ValueError
        Where a margin is negative or not finite.
    """

    below: float  # from the value down to the end of the interval, >= 0
    above: float

    def __post_init__(self) -> None:
        _check(self.below, self.above)

    def __call__(self, score: float) -> Interval:
        """Return the score, held within 0 and 1, with its interval, which is held there too."""
        value = min(max(float(score), 0.0), 1.0)
        return Interval(value, max(0.0, value - self.below), min(1.0, value + self.above))


@dataclass(frozen=True, slots=True)
class Standing:
    """0 to 100: how many of the songs that it was measured on score less.

    Raises
    ------
    ValueError
        Where a margin is negative or not finite, or the scale falls somewhere or is too short.
    """

    scale: Sequence[float]  # quantiles of their scores at even steps, never falling; at least 2
    below: float  # margins, in the units of the value
    above: float

    def __post_init__(self) -> None:
        _check(self.below, self.above)
        if len(self.scale) < 2 or not np.isfinite(self.scale).all() or (np.diff(self.scale) < 0).any():
            raise ValueError("a scale of standings has at least two finite steps and never falls")

    def rank(self, scores: Table) -> Table:
        """Return where scores stand, 0 to 100; of the same shape."""
        return np.interp(scores, self.scale, np.linspace(0, 100, len(self.scale)))

    def __call__(self, score: float) -> Popularity:
        """Return where a song stands, with its interval."""
        value = float(self.rank(np.asarray(score, dtype=np.float64)))
        return Popularity(value, max(0.0, value - self.below), min(100.0, value + self.above), "model")


@dataclass(frozen=True, slots=True)
class Named:
    """An audio feature, 0 to 1, by a model of what a streaming service says of songs; its score is the log-odds.

    Raises
    ------
    ValueError
        Where the confidence is not between 0 and 1.
    """

    share: Share
    confidence: float  # share of the variance that it explained for unheard artists, 0 to 1

    def __post_init__(self) -> None:
        if not 0 <= self.confidence <= 1:
            raise ValueError(f"a confidence of {self.confidence} is not between 0 and 1")

    def __call__(self, score: float) -> Feature:
        """Return the feature with its interval."""
        told = self.share(float(sigmoid(np.asarray(score, dtype=np.float64))))
        return Feature(told.value, self.confidence, "model", told.low, told.high)


def _check(below: float, above: float) -> None:
    if not (0 <= below < math.inf and 0 <= above < math.inf):
        raise ValueError(f"margins of {below} and {above} are no interval around a value")
