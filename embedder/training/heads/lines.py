"""Every line that labels are made of, fitted to the songs that taught a network."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from embedder.heads.heads import FEATURES
from embedder.training.heads import fit
from embedder.training.heads.fit import Line
from embedder.training.heads.targets import Target

Table = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

FEWEST = 4  # songs that teach a line
GENRE, CHOSEN, HALVED = 0.1, 0.3, 0.1  # strengths of genre, of mood, quadrant and cluster, of pleasant and excited
FELT, LIKED, SERVICE = 1.0, 5.0, 1.0  # of emotions, of popularity, of a service's numbers
CHOICES = ("mood", "quadrant", "cluster")
HALVES = ("pleasant", "excited")
ODDS = tuple(f"spotify_{name}" for name in ("valence", *FEATURES))  # from 0 to 1: fitted as log-odds
NEVER = 0.005  # nearest to 0 and to 1 that odds are taken of


def lines(
    features: Table, wanted: Mapping[str, Target], chosen: Mask, raters: Table, corpora: npt.NDArray[np.str_]
) -> dict[str, Line]:
    """Fit a line for every target that enough of the chosen songs tell.

    Scores of choices are logarithms of odds, those of ``ODDS`` too; the others are the numbers themselves.

    Parameters
    ----------
    features : np.ndarray, shape=(n, p)
    wanted : mapping
        See ``targets``.
    chosen : np.ndarray, shape=(n,), bool
        Songs that teach.
    raters : np.ndarray, shape=(n,)
        Listeners asked about each song: what more of them felt weighs more, by the root of their number.
    corpora : np.ndarray, shape=(n,)
        Of each song: they weigh the same in a choice, whatever their sizes.
    """
    found = {}
    for name, target in wanted.items():
        own = chosen & (target.rows if name == "genre" else target.known.all(axis=1))
        if own.sum() < FEWEST or (target.values[own] == target.values[own][0]).all():
            continue
        x, y = features[own], target.values[own]
        if name == "genre":
            open_ = (~target.known[own]).astype(np.float64)
            found[name] = fit.named(x, y * target.known[own], open_, even(corpora[own]), GENRE)
        elif name in CHOICES:
            found[name] = fit.logistic(x, y, even(corpora[own]), CHOSEN)
        elif name in HALVES:
            found[name] = fit.curves(x, y, np.ones_like(y), HALVED)
        elif name == "emotions":
            found[name] = fit.ridge(x, y, np.sqrt(raters[own]), FELT)
        elif name in ("liked", "felt_valence", "felt_arousal"):
            found[name] = fit.ridge(x, y, np.sqrt(raters[own]), LIKED if name == "liked" else FELT)
        else:
            found[name] = fit.ridge(x, log_odds(y) if name in ODDS else y, np.ones(len(x)), SERVICE)
    return found


def log_odds(shares: Table) -> Table:
    """Return the logarithm of the odds of shares, held away from 0 and 1."""
    held = np.clip(shares, NEVER, 1 - NEVER)
    return np.asarray(np.log(held / (1 - held)))


def even(corpora: npt.NDArray[np.str_]) -> Table:
    """Return weights of songs that make corpora of different sizes weigh the same; their mean is 1."""
    _, place, counts = np.unique(corpora, return_inverse=True, return_counts=True)
    return np.asarray(len(corpora) / len(counts) / counts[place])
