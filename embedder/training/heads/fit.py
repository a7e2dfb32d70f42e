"""Heads fitted on the evidence of songs: least squares and logistic models over one set of features.

The features are the evened-out evidence and its nearness to centres, so that the ridge's kernel is the mean of a linear
kernel and of a Gaussian one (Nystroem's approximation, Williams and Seeger, 2001): of linear models, kernels and their
means, on three pairs of held-out folds, this was best or within .005 of it for every label.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from sklearn.cluster import KMeans

from embedder.heads.choice import sigmoid, softmax
from embedder.heads.reading import Reading, Scales, nearness
from embedder.training.fusion import CROWDING
from embedder.training.statistics import FAMILIES, STATISTICS

Table = npt.NDArray[np.float64]
Loss: TypeAlias = Callable[[Table], tuple[float, Table]]  # of scores (n, k): the loss, and its slope by each score

CENTRES = 256  # of 64, 128, 256 and 512, none was better than another by more than .006
JITTER = 1e-3  # of the centres' kernel, so that its root exists
STEPS = 200  # of the logistic fit


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """What heads are fitted over: fitted to songs, without a label of theirs."""

    scales: Scales
    parts: tuple[int, ...]
    centres: Table  # (m, d), evened out
    root: Table  # (m, m): inverse root of the centres' kernel

    def __call__(self, evidence: npt.NDArray[np.floating]) -> Table:
        """Return features of songs, (n, d + m), of a mean square length of about 1."""
        z = self.scales(evidence)
        near = nearness(z, self.centres, self.parts) @ self.root
        features: Table = np.concatenate([z / np.sqrt(len(self.parts)), near], axis=1) / np.sqrt(2)
        return features

    def reading(self, weights: Table, bias: Table) -> Reading:
        """Return what reads the scores ``features @ weights + bias`` from evidence."""
        d = len(self.scales.middle)
        linear = weights[:d] / np.sqrt(2 * len(self.parts))
        near = self.root @ weights[d:] / np.sqrt(2)
        one, two, three, four = (x.astype(np.float32) for x in (self.centres, linear, near, bias))
        return Reading(self.scales, self.parts, one, two, three, four)


def basis(songs: npt.NDArray[np.floating], seed: int = 0) -> Basis:
    """Fit the features to the mean evidence of songs, (n, d), n >= 1."""
    families = _families(songs.shape[1])
    middle, spread = songs.mean(axis=0, dtype=np.float64), songs.std(axis=0, dtype=np.float64) + 1e-6
    sizes = [size for part in families for size in part]
    weight = np.repeat([size ** (-CROWDING / 2) for size in sizes], sizes)
    single = np.ones(songs.shape[1], np.float32)
    z = Scales(middle.astype(np.float32), spread.astype(np.float32), single)(songs) * weight
    parts, start = tuple(sum(part) for part in families), 0
    for size in parts:
        length = np.sqrt((z[:, start : start + size] ** 2).sum(axis=1).mean()) or 1.0
        weight[start : start + size] /= length
        start += size
    scales = Scales(*(x.astype(np.float32) for x in (middle, spread, weight)))
    z = scales(songs)
    centres = _centres(z, seed)
    values, axes = np.linalg.eigh(nearness(centres, centres, parts) + JITTER * np.eye(len(centres)))
    return Basis(scales, parts, centres, (axes / np.sqrt(np.maximum(values, JITTER))) @ axes.T)


def _families(size: int) -> list[list[int]]:
    """Return sizes of the families of each part of evidence: statistics and what was learnt, or all in one."""
    return [list(FAMILIES.values()), [size - STATISTICS]] if size > STATISTICS else [[size]]


def _centres(z: Table, seed: int) -> Table:
    """Return means of groups of songs that sound alike; fewer than ``CENTRES`` where there are few songs."""
    count = max(1, min(CENTRES, len(z) // 4))
    return np.asarray(KMeans(count, n_init=1, max_iter=30, random_state=seed).fit(z).cluster_centers_, np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """``features @ weights + bias``."""

    weights: Table  # (features, k)
    bias: Table  # (k,)

    def __call__(self, features: Table) -> Table:
        """Return scores, (n, k)."""
        return features @ self.weights + self.bias


def ridge(features: Table, values: Table, weights: Table, strength: float) -> Line:
    """Fit by least squares.

    Parameters
    ----------
    features : np.ndarray, shape=(n, p)
    values : np.ndarray, shape=(n, k)
    weights : np.ndarray, shape=(n,)
        Of the songs; their mean is taken as 1.
    strength : float, > 0
        Of the penalty on squared weights, as a number of songs.
    """
    share = weights / weights.sum()
    x_middle, y_middle = share @ features, share @ values
    root = np.sqrt(share * len(features))[:, None]
    x, y = (features - x_middle) * root, (values - y_middle) * root
    dual = np.linalg.solve(x @ x.T + strength * np.eye(len(x)), y)  # songs are about as many as features
    found = x.T @ dual
    return Line(found, y_middle - x_middle @ found)


def logistic(features: Table, values: Table, weights: Table, strength: float) -> Line:
    """Fit the softmax of scores to rows of shares of 1, by cross-entropy. Parameters as for ``ridge``."""
    return named(features, values, np.zeros_like(values), weights, strength)


def named(features: Table, sure: Table, open_: Table, weights: Table, strength: float) -> Line:
    """Fit the softmax of scores to names, where of some it is only said that one of them is right.

    What is left open counts as one name, whose share is the sum of theirs: it teaches that sum and not how it divides.

    Parameters
    ----------
    features, weights, strength
        As for ``ridge``.
    sure, open_ : np.ndarray, shape=(n, k)
        Shares, or 1 for every name; 1 for the names of which one is right. No row is empty in both.
    """
    left = open_.any(axis=1, keepdims=True).astype(np.float64)
    total = sure.sum(axis=1, keepdims=True) + left
    sure, left = sure / total, left / total

    def loss(scores: Table) -> tuple[float, Table]:
        told = softmax(scores) + 1e-12
        either = np.where(left > 0, (told * open_).sum(axis=1, keepdims=True), 1.0)
        value = (sure * np.log(told)).sum(axis=1) + (left * np.log(either))[:, 0]
        return float(-value @ weights), (told - sure - left * open_ * told / either) * weights[:, None]

    return _descended(features, sure.shape[1], loss, strength)


def curves(features: Table, values: Table, weights: Table, strength: float) -> Line:
    """Fit independent logistic curves to values from 0 to 1; ``weights``, (n, k), is 0 where one is not known."""

    def loss(scores: Table) -> tuple[float, Table]:
        crossed = np.logaddexp(0, scores) - values * scores
        return float((crossed * weights).sum()), (sigmoid(scores) - values) * weights

    return _descended(features, values.shape[1], loss, strength)


def _descended(features: Table, size: int, loss: Loss, strength: float) -> Line:
    """Return the line of the least loss plus half the penalty; the biases are free."""
    width = features.shape[1]

    def whole(flat: Table) -> tuple[float, Table]:
        weights, bias = flat[: width * size].reshape(width, size), flat[width * size :]
        value, slopes = loss(features @ weights + bias)
        gradient = np.concatenate([(features.T @ slopes + strength * weights).ravel(), slopes.sum(axis=0)])
        return value + 0.5 * strength * float((weights**2).sum()), gradient

    start = np.zeros((width + 1) * size)
    found = minimize(whole, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS}).x
    return Line(found[: width * size].reshape(width, size), found[width * size :])
