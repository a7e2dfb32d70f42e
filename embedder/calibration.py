"""From a cosine to a probability: how likely a listener would hear two songs as kin.

Kin means of the same artist: it is the only kinship that every manifest tells, and listeners hear it.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from songs.vectors import unit

_STEPS = 100  # Newton's method needs five to ten
_CLOSE = 1e-10  # change of a parameter, in a step, at which it has arrived


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic curve over the cosine (Platt, 1999): ``1 / (1 + exp(-(slope * cosine + intercept)))``.

    The odds before listening are taken as even: a pair is as likely of one artist as it is random. Of a catalogue's
    random pairs far fewer are kin, so the number ranks and compares scores of different models; it is not the share
    of kin among the answers to a query.

    Parameters
    ----------
    slope : float, > 0
        Per unit of cosine.
    intercept : float

    Raises
    ------
    ValueError
        If a number is not finite or the slope is not positive: nearer songs would be called less alike.
    """

    slope: float
    intercept: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.slope) and math.isfinite(self.intercept) and self.slope > 0):
            raise ValueError(f"a slope of {self.slope} and an intercept of {self.intercept} are no calibration")

    def __call__(self, cosine: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return probabilities.

        Parameters
        ----------
        cosine : float or np.ndarray of any shape, in [-1, 1]

        Returns
        -------
        probability : np.ndarray, same shape, float64 in [0, 1]
            Grows with the cosine; a scalar gives an array of shape ().
        """
        return _logistic(self.slope * np.asarray(cosine, dtype=np.float64) + self.intercept)

    def as_json(self) -> dict[str, float]:
        """Return the two numbers as they stand in ``bundle.json``."""
        return {"slope": self.slope, "intercept": self.intercept}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Calibration":
        """Read what ``as_json`` wrote; raises KeyError or ValueError where it is something else."""
        return cls(float(data["slope"]), float(data["intercept"]))


def fit(cosines: npt.ArrayLike, same: npt.ArrayLike) -> Calibration:
    """Fit the curve to pairs of songs by maximum likelihood, both kinds of pairs weighing the same in total.

    As Platt proposes, a pair counts as kin with probability (n + 1) / (n + 2) rather than 1, n being the number of
    pairs of its kind; so the slope stays finite where no random pair is as close as the farthest kin.

    Parameters
    ----------
    cosines : np.ndarray, shape=(n,), in [-1, 1]
    same : np.ndarray, shape=(n,), bool
        Whether the pair is of one artist.

    Raises
    ------
    ValueError
        If one of the two kinds is missing, or kin are not closer than random pairs.
    """
    x = np.asarray(cosines, dtype=np.float64)
    kin = np.asarray(same, dtype=bool)
    if x.shape != kin.shape or x.ndim != 1:
        raise ValueError(f"cosines are {x.shape}, same is {kin.shape}")
    alike, apart = int(kin.sum()), int((~kin).sum())
    if not alike or not apart:
        raise ValueError("pairs of both kinds are needed: of one artist, and random")
    target = np.where(kin, (alike + 1) / (alike + 2), 1 / (apart + 2))
    weight = np.where(kin, 0.5 / alike, 0.5 / apart)
    # standardised, so that Newton's steps do not depend on how wide the cosines spread
    centre, width = float(weight @ x), max(float(np.sqrt(weight @ (x - weight @ x) ** 2)), 1e-9)
    slope, intercept = _newton((x - centre) / width, target, weight)
    return Calibration(slope / width, intercept - slope * centre / width)


def fit_songs(vectors: npt.NDArray[np.floating], artists: Sequence[str]) -> Calibration:
    """Fit the curve to all pairs of songs.

    Parameters
    ----------
    vectors : np.ndarray, shape=(n, d)
        Of any positive length.
    artists : sequence of n str

    Raises
    ------
    ValueError
        As ``fit``: no two songs of one artist, or theirs are no closer than others.
    """
    units, names = unit(vectors), np.array(artists)
    one, other = np.triu_indices(len(units), 1)
    return fit((units @ units.T)[one, other], names[one] == names[other])


def _newton(
    z: npt.NDArray[np.float64], target: npt.NDArray[np.float64], weight: npt.NDArray[np.float64]
) -> tuple[float, float]:
    """Return slope and intercept of the weighted logistic regression on one variable."""
    design = np.stack([z, np.ones_like(z)], axis=1)
    found = np.zeros(2)
    loss = _loss(design @ found, target, weight)
    for _ in range(_STEPS):
        p = _logistic(design @ found)
        gradient = design.T @ (weight * (p - target))
        curvature = design.T @ (design * (weight * p * (1 - p))[:, np.newaxis])
        step = np.linalg.solve(curvature + 1e-12 * np.eye(2), gradient)
        # the loss is convex: halving a step that overshoots always leads down
        while (later := _loss(design @ (found - step), target, weight)) > loss and np.abs(step).max() > _CLOSE:
            step = step / 2
        found, loss = found - step, later
        if np.abs(step).max() <= _CLOSE:
            break
    return float(found[0]), float(found[1])


def _loss(logit: npt.NDArray[np.float64], target: npt.NDArray[np.float64], weight: npt.NDArray[np.float64]) -> float:
    return float(weight @ (np.logaddexp(0, logit) - target * logit))


def _logistic(logit: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    # by tanh: exp would overflow for very negative logits
    return np.asarray(0.5 * (1 + np.tanh(0.5 * logit)), dtype=np.float64)
