"""From scores to names with their probabilities."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from songs.labels import Choice

Table = npt.NDArray[np.float64]
LEAST = 1e-9  # of a probability whose odds are taken


@dataclass(frozen=True, slots=True)
class Exclusive:
    """One of several names: the softmax of the scores at a temperature (Guo et al., 2017).

    Raises
    ------
    ValueError
        Names given twice or none, a temperature that is not positive, a threshold that is no probability.
    """

    names: Sequence[str]
    temperature: float  # > 0; above 1 it is less sure than the scores
    threshold: float  # probability below which the likeliest name is not to be acted on

    def __post_init__(self) -> None:
        _check(self.names, self.threshold)
        if not 0 < self.temperature < math.inf:
            raise ValueError(f"a temperature of {self.temperature} is not positive")

    def probabilities(self, scores: Table) -> Table:
        """Return one row's probabilities for each row of scores, (..., names); they sum to 1."""
        return softmax(scores / self.temperature)

    def __call__(self, scores: Table) -> Choice:
        """Return the song's choice, given its scores, (names,)."""
        return _choice(self.names, self.probabilities(scores), self.threshold)


@dataclass(frozen=True, slots=True)
class Independent:
    """Any number of several names: one logistic curve a name (Platt, 1999), over its odds against all the others.

    Raises
    ------
    ValueError
        Names given twice or none, not one positive slope and one offset a name, a threshold that is no probability.
    """

    names: Sequence[str]
    slopes: Sequence[float]  # of each name, > 0
    offsets: Sequence[float]
    threshold: float  # probability below which the likeliest name is not to be acted on

    def __post_init__(self) -> None:
        _check(self.names, self.threshold)
        if not len(self.slopes) == len(self.offsets) == len(self.names):
            raise ValueError(f"{len(self.names)} names have {len(self.slopes)} slopes, {len(self.offsets)} offsets")
        if not all(0 < slope < math.inf for slope in self.slopes) or not all(map(math.isfinite, self.offsets)):
            raise ValueError("its slopes are not positive, or its offsets not finite")

    def probabilities(self, scores: Table) -> Table:
        """Return the probability of each name for rows of scores, (..., names); a row need not sum to 1."""
        return sigmoid(odds(scores) * np.array(self.slopes) + np.array(self.offsets))

    def __call__(self, scores: Table) -> Choice:
        """Return the song's choice, given its scores, (names,)."""
        return _choice(self.names, self.probabilities(scores), self.threshold)


def softmax(scores: Table) -> Table:
    """Return rows of shares of 1."""
    grown = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares: Table = grown / grown.sum(axis=-1, keepdims=True)
    return shares


def odds(scores: Table) -> Table:
    """Return the logarithm of the odds of each name, by the softmax of a row, against all others of the row."""
    shares = np.clip(softmax(scores), LEAST, 1 - LEAST)
    return np.asarray(np.log(shares) - np.log1p(-shares))


def sigmoid(scores: Table) -> Table:
    """Return the logistic function, by tanh: exp would overflow."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * scores)))


def _check(names: Sequence[str], threshold: float) -> None:
    if not names or len(set(names)) < len(names):
        raise ValueError(f"it names nothing, or one name twice: {', '.join(names)}")
    if not 0 <= threshold <= 1:
        raise ValueError(f"a threshold of {threshold} is no probability")


def _choice(names: Sequence[str], probabilities: Table, threshold: float) -> Choice:
    best = int(probabilities.argmax())
    confidence = float(probabilities[best])
    return Choice(
        value=names[best],
        uncertain=confidence < threshold,
        confidence=confidence,
        probabilities={name: float(p) for name, p in zip(names, probabilities, strict=True)},
    )
