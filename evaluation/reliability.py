"""Does the score mean what it says? Pairs of songs, and how often those called kin are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from embedder.calibration import Calibration, fit
from embedder.split import artist_key
from evaluation.collection import Collection
from songs.vectors import unit

GROUPS = 5  # of artists: each is judged by a curve that was fitted to the others
PAIRS = 10  # of one artist at most: those with many songs must not decide alone
RANDOM = 10  # random pairs for each of one artist
BINS = 10  # of equal width over [0, 1]


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Pairs of songs of one collection; those of one artist, and random ones of two artists."""

    cosines: npt.NDArray[np.float64]  # (n,)
    same: npt.NDArray[np.bool_]  # (n,)
    group: npt.NDArray[np.int64]  # (n,) of both artists, 0 to GROUPS - 1

    @property
    def weights(self) -> npt.NDArray[np.float64]:
        """Of the pairs, so that both kinds weigh a half in total."""
        alike, random = max(int(self.same.sum()), 1), max(int((~self.same).sum()), 1)
        return np.where(self.same, 0.5 / alike, 0.5 / random).astype(np.float64)


@dataclass(frozen=True, slots=True)
class Bin:
    """Pairs that were given about the same probability."""

    low: float
    high: float
    share: float  # of all pairs, both kinds weighing the same
    told: float  # mean probability
    kin: float  # share that is of one artist


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """A calibration and how far it can be believed."""

    slope: float
    intercept: float
    alike: int  # pairs of one artist
    random: int
    artists: int  # who have at least two songs
    bins: tuple[Bin, ...]
    error: float  # expected calibration error: mean of |told - kin| over the bins
    separation: float  # probability that a pair of one artist scores higher than a random one (area under the ROC)


def pairs(collections: Sequence[Collection], seed: int = 0) -> Pairs:
    """Draw pairs within each collection: a codec or a length of excerpt that songs share makes nobody kin.

    Both artists of a random pair are of one group, so that a pair belongs to a single group.
    """
    rng = np.random.default_rng(seed)
    found = [one for songs in collections for one in _pairs(songs, rng)]
    table = np.array(found, dtype=np.float64).reshape(-1, 3)
    return Pairs(table[:, 0], table[:, 1].astype(bool), table[:, 2].astype(np.int64))


def _pairs(songs: Collection, rng: np.random.Generator) -> Iterator[tuple[float, bool, int]]:
    units = unit(songs.vectors)
    names = [artist_key(row.tags.artist) for row in songs.rows]
    artists = sorted({name for name in names if name is not None})
    rng.shuffle(artists)
    groups = {name: i % GROUPS for i, name in enumerate(artists)}
    alike = 0
    for name in artists:
        own = [i for i, other in enumerate(names) if other == name]
        both = [(a, b) for n, a in enumerate(own) for b in own[n + 1 :]]
        for place in rng.permutation(len(both))[:PAIRS]:
            a, b = both[place]
            alike += 1
            yield float(units[a] @ units[b]), True, groups[name]
    for group in range(GROUPS):
        members = [i for i, name in enumerate(names) if name is not None and groups[name] == group]
        for _ in range(alike * RANDOM // GROUPS if len({names[i] for i in members}) > 1 else 0):
            a, b = rng.choice(members, 2, replace=False)
            if names[a] != names[b]:
                yield float(units[a] @ units[b]), False, group


def told(drawn: Pairs) -> npt.NDArray[np.float64]:
    """Return the probability of each pair, by a curve fitted to the pairs of the other groups; shape=(n,)."""
    said = np.empty(len(drawn.cosines))
    for group in range(GROUPS):
        held = drawn.group == group
        if held.any():
            said[held] = fit(drawn.cosines[~held], drawn.same[~held])(drawn.cosines[held])
    return said


def bins(said: npt.NDArray[np.float64], drawn: Pairs) -> tuple[Bin, ...]:
    """Sort pairs by what they were told; empty bins are left out."""
    place = np.minimum((said * BINS).astype(int), BINS - 1)
    weights = drawn.weights
    found = []
    for i in np.unique(place).tolist():
        own = place == i
        share = float(weights[own].sum())
        mean = float(weights[own] @ said[own]) / share
        kin = float(weights[own] @ drawn.same[own]) / share
        found.append(Bin(i / BINS, (i + 1) / BINS, share, mean, kin))
    return tuple(found)


def calibration_error(found: Sequence[Bin]) -> float:
    """Return the mean distance between what was told and what is, weighted by the bins' shares."""
    return float(sum(one.share * abs(one.told - one.kin) for one in found))


def separation(drawn: Pairs) -> float:
    """Return the probability that a pair of one artist has the higher cosine; ties count a half."""
    random = np.sort(drawn.cosines[~drawn.same])
    alike = drawn.cosines[drawn.same]
    below, upto = np.searchsorted(random, alike, "left"), np.searchsorted(random, alike, "right")
    return float((below + upto).mean() / (2 * len(random)))


def reliability(collections: Sequence[Collection]) -> Reliability | None:
    """Fit and judge a calibration on songs that taught the vectors nothing; ``None`` where they have too few pairs."""
    drawn = pairs(collections)
    if any(len(np.unique(drawn.group[drawn.same == kind])) < 2 for kind in (True, False)):
        return None
    try:
        found = bins(told(drawn), drawn)
        curve: Calibration = fit(drawn.cosines, drawn.same)
    except ValueError:
        return None  # songs of one artist are no closer than others: there is nothing to calibrate
    return Reliability(
        slope=curve.slope,
        intercept=curve.intercept,
        alike=int(drawn.same.sum()),
        random=int((~drawn.same).sum()),
        artists=_artists(collections),
        bins=found,
        error=calibration_error(found),
        separation=separation(drawn),
    )


def _artists(collections: Sequence[Collection]) -> int:
    names = [artist_key(row.tags.artist) for songs in collections for row in songs.rows]
    return sum(name is not None and names.count(name) > 1 for name in set(names))
