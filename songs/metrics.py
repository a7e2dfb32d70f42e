"""Measures of retrieval and of labels, in numpy."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from songs.vectors import Vectors, unit


@dataclass(frozen=True, slots=True)
class Retrieval:
    """How well neighbours share a label; queries are songs with at least one relevant neighbour."""

    queries: int
    p_at_1: float  # share of queries whose nearest song is relevant
    r_at_5: float  # mean share of the relevant songs (at most 5 can be) among the nearest five
    map: float  # mean average precision over the whole ranking


def retrieval(vectors: Vectors, keys: Sequence[frozenset[str]]) -> Retrieval:
    """Rank every song's neighbours by cosine and compare what they share.

    Parameters
    ----------
    vectors : np.ndarray, shape=(n, d)
        Of any positive length.
    keys : sequence of n sets
        Two songs are relevant to each other where their sets meet; an empty set meets none.

    Returns
    -------
    figures : Retrieval
        All 0 where no song has a relevant neighbour. ``r_at_5`` divides by min(5, number of relevant songs).
    """
    units = unit(vectors)
    return _ranked((units @ own for own in units), keys)


def retrieval_by(scores: npt.NDArray[np.floating], keys: Sequence[frozenset[str]]) -> Retrieval:
    """Rank every song's neighbours by given scores; like ``retrieval``, where nearness is more than a cosine.

    Parameters
    ----------
    scores : np.ndarray, shape=(n, n)
        Row: who asks; the higher, the nearer. The diagonal is not looked at.
    keys : sequence of n sets
        As for ``retrieval``.
    """
    return _ranked(scores, keys)


def _ranked(scores: Iterable[npt.NDArray[np.floating]], keys: Sequence[frozenset[str]]) -> Retrieval:
    """Judge the rankings of all songs; the rows of scores come one by one, so that no catalogue is too large."""
    names = sorted(set().union(*keys)) if keys else []
    column = {name: i for i, name in enumerate(names)}
    member = np.zeros((len(keys), len(names)), dtype=np.float32)
    for row, own in enumerate(keys):
        member[row, [column[name] for name in own]] = 1
    firsts, fives, precisions = [], [], []
    for row, given in enumerate(scores):
        relevant = (member @ member[row]) > 0
        relevant[row] = False
        total = int(relevant.sum())
        if not total:
            continue
        asked = np.array(given)
        asked[row] = -np.inf
        hits = relevant[np.argsort(-asked, kind="stable")]
        firsts.append(bool(hits[0]))
        fives.append(hits[:5].sum() / min(5, total))
        ranks = np.flatnonzero(hits) + 1
        precisions.append(float(np.mean(np.arange(1, total + 1) / ranks)))
    if not firsts:
        return Retrieval(0, 0.0, 0.0, 0.0)
    return Retrieval(len(firsts), float(np.mean(firsts)), float(np.mean(fives)), float(np.mean(precisions)))


def confusion(truth: Sequence[str], guess: Sequence[str], names: Sequence[str]) -> npt.NDArray[np.int64]:
    """Count pairs: row = truth, column = guess, in the order of ``names``."""
    place = {name: i for i, name in enumerate(names)}
    table = np.zeros((len(names), len(names)), dtype=np.int64)
    for true, guessed in zip(truth, guess, strict=True):
        table[place[true], place[guessed]] += 1
    return table
