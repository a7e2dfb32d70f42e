"""Deletion: whether the cells that seem to drive a label do so together, beside random cells of the same energy.

A network may answer any deletion with a lower score, and a loud cell's with a much lower one. So the strongest cells
are compared with random sets of as many cells and nearly the same energy (after Petsiuk et al. 2018, RISE).

The same network chose the cells and is asked again: a small p says that what they do alone they also do together, and
more than their loudness explains. It does not say that a listener hears it so, nor that the label is right.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from embedder.explain.song import Cells, Progress, ScoredSong
from songs.explanation import Check

SHARE = 0.1  # of all cells is deleted
SETS = 99  # random sets; the smallest p is .01
NEAR = 8  # other cells, those next in energy, of which one takes the place of each strongest cell
SEED = 5  # of the random sets: the same song gets the same answer
_ROUNDING = 1e-6  # of the score: differences of single precision


@dataclass(frozen=True, slots=True, eq=False)
class Deletion:
    """The cells that were deleted together, and what came of it."""

    cells: Cells
    check: Check


def strongest(effects: npt.NDArray[np.float64], share: float = SHARE) -> Cells:
    """Return the ``share`` of all cells that speak most for the label; fewer where fewer speak for it."""
    count = max(1, round(share * effects.size))
    cells = np.zeros(effects.shape, dtype=np.bool_)
    cells.flat[np.argsort(-effects, axis=None, kind="stable")[:count]] = True
    return cells & (effects > 0)


def matched(
    cells: Cells, energy: npt.NDArray[np.float64], count: int, random: np.random.Generator, near: int = NEAR
) -> list[Cells]:
    """Draw sets of as many other cells: in the place of each cell one of the ``near`` others next to it in energy.

    Parameters
    ----------
    cells : np.ndarray, bool
        At most half of all.
    energy : np.ndarray, shape of ``cells``
    count : int
        How many sets.
    """
    others = np.flatnonzero(~cells)
    others = others[np.argsort(energy.flat[others], kind="stable")]
    ranks = np.searchsorted(energy.flat[others], energy[cells])
    drawn = []
    for _ in range(count):
        free, chosen = np.ones(len(others), dtype=np.bool_), np.zeros(cells.shape, dtype=np.bool_)
        for rank in random.permutation(ranks):
            left = np.flatnonzero(free)
            place = random.choice(left[np.argsort(np.abs(left - rank), kind="stable")[:near]])
            free[place] = False
            chosen.flat[others[place]] = True
        drawn.append(chosen)
    return drawn


def deletion(
    song: ScoredSong, effects: npt.NDArray[np.float64], progress: Progress = lambda _: None, sets: int = SETS
) -> Deletion:
    """Delete the strongest cells together, and ``sets`` random sets of equal size and near-equal energy."""
    cells = strongest(effects)
    if not cells.any():  # nothing speaks for the label
        progress(1.0)
        return Deletion(cells, Check(share=0.0, sets=0, drop=0.0, random_mean=0.0, energy_ratio=1.0, p=1.0))
    energy, whole = song.energy(), song()
    randoms = matched(cells, energy, sets, np.random.default_rng(SEED))
    drop, *drops = whole - song.without([cells, *randoms], progress)
    as_much = sum(bool(other >= drop - _ROUNDING * max(1.0, abs(whole))) for other in drops)
    own = float(energy[cells].sum())
    check = Check(
        share=float(cells.mean()),
        sets=sets,
        drop=float(drop),
        random_mean=float(np.mean(drops)),
        energy_ratio=float(np.mean([energy[one].sum() for one in randoms])) / own if own > 0 else 1.0,
        p=(1 + as_much) / (1 + sets),
    )
    return Deletion(cells, check)
