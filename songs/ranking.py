"""The order of songs by popularity, and how much of it is more than noise."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from statistics import NormalDist

from songs.labels import Popularity

TOLD_APART = 0.8  # probability from which on one song is said to be above another
_SIGMAS = NormalDist().inv_cdf(0.95)  # 1.645: half of the interval that holds 90 of 100, in standard deviations
_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Pair:
    """Two songs by their place in what was ranked, and how likely the higher one is truly higher."""

    higher: int
    lower: int
    probability: float  # at least one half

    @property
    def within_noise(self) -> bool:
        """Whether the two cannot be told apart."""
        return self.probability < TOLD_APART


@dataclass(frozen=True, slots=True)
class Ranking:
    """An order of songs, and the probability of each step of it."""

    order: tuple[int, ...]  # places in what was ranked, the most popular first
    pairs: tuple[Pair, ...]  # all of them, in the order of ``order``

    @property
    def steps(self) -> tuple[Pair, ...]:
        """The pairs of songs that are next to each other."""
        wanted = set(pairwise(self.order))
        return tuple(pair for pair in self.pairs if (pair.higher, pair.lower) in wanted)

    @property
    def within_noise(self) -> bool:
        """Whether some song cannot be told from the one below it: then another order is about as likely."""
        return any(step.within_noise for step in self.steps)

    @property
    def sentence(self) -> str:
        """One plain sentence on how far the order can be relied on."""
        steps = self.steps
        if not steps:
            return "there is nothing to order"
        unsure = sum(step.within_noise for step in steps)
        if not unsure:
            return f"each song is above the next with a probability of {TOLD_APART:.0%} or more"
        ends = next(pair for pair in self.pairs if (pair.higher, pair.lower) == (self.order[0], self.order[-1]))
        if ends.within_noise:
            return (
                "the order is within noise: even the first song is above the last with a probability of only "
                f"{ends.probability:.0%}"
            )
        return (
            f"the order is within noise at {unsure} of {len(steps)} steps; the first song is above the last with a "
            f"probability of {ends.probability:.0%}"
        )


def rank(songs: Sequence[Popularity]) -> Ranking:
    """Order songs by popularity, the highest first; of equal ones the first given stays first.

    Raises
    ------
    ValueError
        A popularity without value or interval.
    """
    order = tuple(sorted(range(len(songs)), key=lambda place: -_told(songs[place])[0]))
    pairs = (Pair(a, b, above(songs[a], songs[b])) for a, b in combinations(order, 2))
    return Ranking(order, tuple(pairs))


def above(one: Popularity, other: Popularity) -> float:
    """Return the probability that one song's true popularity is above another's.

    Errors are taken as normal and independent: ``P = Phi((a - b) / sqrt(s_a^2 + s_b^2))``. A song's deviation ``s`` is
    the longer half of its 90 % interval by 1.645; the other half may have been cut off at 0 or 100.

    Raises
    ------
    ValueError
        A popularity without value or interval.
    """
    (a, sigma_a), (b, sigma_b) = _told(one), _told(other)
    spread = math.hypot(sigma_a, sigma_b)
    if a == b:
        return 0.5
    if spread == 0:
        return 1.0 if a > b else 0.0
    return _NORMAL.cdf((a - b) / spread)


def _told(song: Popularity) -> tuple[float, float]:
    """Return a song's value and its standard deviation."""
    if song.value is None or song.low is None or song.high is None:
        raise ValueError("a popularity is ranked with its interval only")
    return song.value, max(song.value - song.low, song.high - song.value, 0.0) / _SIGMAS
