"""Scores of a song that an explanation may be about: what the heads say of its evidence, as one number."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy.typing as npt

from embedder.explain.song import Evidence, Score
from songs.errors import Unexplainable
from songs.explanation import Explainable
from songs.labels import Choice, Labels

_SUREST = 1e-12  # distance from 0 and 1 that a probability keeps


class Heads(Protocol):
    """What tells labels from the mean evidence of a song, (d,)."""

    def __call__(self, evidence: Evidence, /) -> Labels:
        """Return the labels."""
        ...

    def scores(self, evidence: Evidence, /) -> Mapping[str, npt.NDArray[Any]]:
        """Return the numbers, (size,), that labels are made of, by label."""
        ...


@dataclass(frozen=True, slots=True)
class Target:
    """What is explained: the name that a label has, and how much a song's evidence speaks for it."""

    name: str
    score: Score


def target(heads: Heads, label: Explainable, evidence: Evidence, name: str | None = None) -> Target:
    """Return the target of a label for a song.

    Parameters
    ----------
    evidence : np.ndarray, shape=(d,), float32
        Mean evidence of the song, which says what the likeliest name is.
    name : str, optional
        A genre or mood; without one, the likeliest.

    Raises
    ------
    Unexplainable
        The heads tell no such label, or do not know the name.
    """
    labels = heads(evidence)
    if label is Explainable.POPULARITY:
        if labels.popularity.value is None or name is not None:
            raise Unexplainable(_asked(label, name), [] if labels.popularity.value is None else [str(label)])
        # the head's own number: as a percentile, the best and the worst song would not feel what is taken from them
        return Target(str(label), lambda heard: float(heads.scores(heard)["popularity"][0]))
    known = _choice(labels, label).probabilities
    wanted = _choice(labels, label).value if name is None else name
    if wanted is None or wanted not in known:
        raise Unexplainable(_asked(label, name), list(known))
    return Target(wanted, lambda heard: logit(_choice(heads(heard), label).probabilities[wanted]))


def logit(probability: float) -> float:
    """Return the logarithm of the odds, finite also at 0 and 1: near those, probabilities hardly move."""
    kept = min(max(probability, _SUREST), 1 - _SUREST)
    return math.log(kept / (1 - kept))


def _asked(label: str, name: str | None) -> str:
    return label if name is None else f"{label}:{name}"


def _choice(labels: Labels, label: Explainable) -> Choice:
    return labels.genre if label is Explainable.GENRE else labels.mood
