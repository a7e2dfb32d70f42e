"""Numbers that make scores honest, from songs of artists that neither head nor network had heard."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize, minimize_scalar
from scipy.stats import beta

from embedder.heads.choice import odds, sigmoid, softmax
from embedder.heads.number import COVERED, Share

Table = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

RISK = 0.30  # of answers that are not uncertain, how many may be wrong
SURE = 0.90  # how sure of that one wants to be
ALIKE = 30.0  # how strongly the slopes of names are drawn to their mean: as so many songs would
ROUNDS = 3  # of guessing which open names are right
TEMPERATURES = (0.3, 5.0)


def temperature(scores: Table, shares: Table) -> float:
    """Return the temperature at which the softmax of scores fits shares of 1 best, by cross-entropy."""

    def loss(one: float) -> float:
        return float(-(shares * np.log(softmax(scores / one) + 1e-12)).sum(axis=1).mean())

    return float(minimize_scalar(loss, bounds=TEMPERATURES, method="bounded").x)


def curves(scores: Table, values: Table, open_: Mask, weights: Table) -> tuple[list[float], list[float]]:
    """Fit a logistic curve a name over its odds (Platt, 1999); return slopes and offsets.

    Names with few songs borrow their slope from the others; it is held above a tenth, so that more is never less.
    Of names that are left open at least one is right: each counts as right with the probability that it then has, by
    the curves of the round before (expectation maximisation). Left out, songs that say Pop/Rock would be told neither
    as surely as they are one.

    Parameters
    ----------
    scores, values, open_ : np.ndarray, shape=(n, names)
        Values are 1 or 0.
    weights : np.ndarray, shape=(n,)
        Of the songs.
    """
    even = np.repeat(weights[:, None], scores.shape[1], axis=1)
    slopes, offsets = _curves(scores, values, even * ~open_)
    for _ in range(ROUNDS if open_.any() else 0):
        told = sigmoid(odds(scores) * np.array(slopes) + np.array(offsets))
        either = 1 - np.where(open_, 1 - told, 1.0).prod(axis=1, keepdims=True)
        slopes, offsets = _curves(scores, np.where(open_, told / np.maximum(either, 1e-9), values), even)
    return slopes, offsets


def _curves(scores: Table, values: Table, weights: Table) -> tuple[list[float], list[float]]:
    x, names = odds(scores), scores.shape[1]

    def loss(flat: Table) -> tuple[float, Table]:
        slopes, offsets = flat[:names], flat[names:]
        told = x * slopes + offsets
        wrong = (sigmoid(told) - values) * weights
        away = slopes - slopes.mean()
        value = ((np.logaddexp(0, told) - values * told) * weights).sum() + 0.5 * ALIKE * (away**2).sum()
        return float(value), np.concatenate([(wrong * x).sum(axis=0) + ALIKE * away, wrong.sum(axis=0)])

    start = np.concatenate([np.ones(names), np.zeros(names)])
    bounds = [(0.1, None)] * names + [(-20.0, 20.0)] * names
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return [float(value) for value in found[:names]], [float(value) for value in found[names:]]


@dataclass(frozen=True, slots=True)
class Abstention:
    """From which confidence on answers are to be acted on, and what that was worth where it was chosen."""

    threshold: float  # 1: never
    answered: float  # share of the songs
    wrong: float | None  # share of the answers; None where there were none


def abstention(confidences: Table, right: Mask) -> Abstention:
    """Return the lowest threshold at which, with probability ``SURE``, at most ``RISK`` of the answers are wrong.

    The upper bound is Clopper's and Pearson's (1934), of one threshold; that the lowest is chosen of many makes it a
    little less than sure.
    """
    for threshold in np.unique(confidences):
        kept = confidences >= threshold
        count, wrong = int(kept.sum()), int((kept & ~right).sum())
        upper = 1.0 if wrong == count else float(beta.ppf(SURE, wrong + 1, count - wrong))
        if upper <= RISK:
            return Abstention(float(threshold), count / len(right), wrong / count)
    return Abstention(1.0, 0.0, None)


def margins(said: Table, true: Table) -> Share:
    """Return how far below and above what was said the truth lies in 95 of 100 songs each (split conformal).

    Quantiles are of ``n + 1`` songs, one of them unseen (Vovk, Gammerman and Shafer, 2005).
    """
    rank = min(len(said), int(np.ceil((1 + COVERED) / 2 * (len(said) + 1))))
    below, above = (float(np.sort(errors)[rank - 1]) for errors in (said - true, true - said))
    return Share(max(below, 0.0), max(above, 0.0))


def correlation(one: Table, other: Table) -> float:
    """Return Pearson's r; 0 where one side never changes."""
    a, b = one - one.mean(), other - other.mean()
    both = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / both if both else 0.0
