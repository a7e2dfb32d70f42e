"""What a network can tell: figures of whole songs, made by what is served, not by what was trained."""

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from embedder.calibration import Calibration, fit_songs
from embedder.heads.heads import Heads
from embedder.measures import genre_figures
from embedder.pooling import song_vector
from embedder.runtime import Network
from embedder.training.dataset import Example, load_images
from songs.labels import Choice
from songs.metrics import retrieval
from songs.vectors import Vector

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What was said of a song, and what is true."""

    example: Example
    vector: Vector
    genre: Choice

    @property
    def right(self) -> bool:
        """Whether the likeliest genre is one of the song's."""
        return self.genre.value in self.example.genres


def answers(network: Network, heads: Heads, chosen: Sequence[Example]) -> list[Answer]:
    """Let a network hear songs, and its heads name their genres."""
    heard = []
    for example in chosen:
        vectors, evidence = network.hear(load_images(example))
        heard.append(Answer(example, song_vector(vectors), heads(evidence.mean(axis=0)).genre))
    return heard


def calibration(checked: Sequence[Answer]) -> Calibration | None:
    """Return how likely a cosine means one artist, over all pairs of songs; None where it cannot be told.

    Songs without an artist are left out.
    """
    known = [answer for answer in checked if answer.example.artist]
    if len(known) < 2:
        return None
    try:
        return fit_songs(np.stack([a.vector for a in known]), [str(a.example.artist) for a in known])
    except ValueError as error:  # no two songs of one artist, or theirs are no closer than others
        _log.info("scores are not calibrated: %s", error)
        return None


def figures(heard: Sequence[Answer]) -> dict[str, Any] | None:
    """Return ``measures.genre_figures`` and how well neighbours share a genre, JSON-ready; ``None`` for no songs."""
    if not heard:
        return None
    truths = [answer.example.genres for answer in heard]
    near = retrieval(np.stack([answer.vector for answer in heard]), truths)
    return {**genre_figures([answer.genre for answer in heard], truths), "retrieval": {"genre": asdict(near)}}
