"""What songs can teach at once: each teaches the tasks for which it has a label."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from embedder.training.dataset import Example, target
from songs.manifest import EMOTIONS

Floats = npt.NDArray[np.float32]

QUADRANTS = ("Q1", "Q2", "Q3", "Q4")
CLUSTERS = ("1", "2", "3", "4", "5")
FEELINGS = (*EMOTIONS, "liked")
CHOICES = ("genre", "quadrant", "cluster")  # tasks: one of several
KIN = ("artist", "album")  # whose pieces must lie together
FELT, STATISTICS = "felt", "statistics"  # numbers to be told
SMOOTHED = 0.1  # of a genre target, shared out among all genres


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """Targets of every song, and which songs have one."""

    targets: Floats  # (songs, size); rows without a label are 0
    weights: Floats  # (songs,), 1 or 0


def tasks(teaching: Sequence[Example], names: Sequence[str], statistics: Floats) -> dict[str, Task]:
    """Return what songs teach, by task.

    Parameters
    ----------
    teaching : sequence of n Examples
    names : sequence of str
        Genres.
    statistics : np.ndarray, shape=(n, d)
        Whitened statistics of the songs: what the network must be able to say of them too.
    """
    genre = [
        (1 - SMOOTHED) * target(song, names) + SMOOTHED / len(names) if song.genres else np.zeros(len(names))
        for song in teaching
    ]
    return {
        "genre": _task(np.array(genre)),
        "quadrant": _chosen([song.quadrant for song in teaching], QUADRANTS),
        "cluster": _chosen([song.cluster for song in teaching], CLUSTERS),
        "artist": _named([song.artist for song in teaching]),
        "album": _named([song.album for song in teaching]),
        FELT: _felt(teaching),
        STATISTICS: Task(statistics.astype(np.float32), np.ones(len(teaching), np.float32)),
    }


def _chosen(said: Sequence[str | None], names: Sequence[str]) -> Task:
    return _task(np.array([[one == name for name in names] for one in said]))


def _named(said: Sequence[str | None]) -> Task:
    return _chosen(said, sorted({name for name in said if name}) or ("",))


def _task(targets: npt.NDArray[np.generic]) -> Task:
    rows = targets.astype(np.float32)
    return Task(rows, (rows.sum(axis=1) > 0).astype(np.float32))


def _felt(teaching: Sequence[Example]) -> Task:
    """Return what listeners felt, each emotion with mean 0 and deviation 1 over the songs that were asked about."""
    asked = np.array([song.felt is not None for song in teaching])
    targets = np.zeros((len(teaching), len(FEELINGS)), np.float32)
    if asked.any():
        felt = np.array([song.felt for song in teaching if song.felt is not None])
        targets[asked] = (felt - felt.mean(axis=0)) / (felt.std(axis=0) + 1e-6)
    return Task(targets, asked.astype(np.float32))
