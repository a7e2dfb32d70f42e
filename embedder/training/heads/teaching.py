"""From networks and songs to heads and to what they are worth: the two calls that training needs."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from embedder.heads.heads import Heads
from embedder.split import SplitRule
from embedder.training.dataset import Example, Progress
from embedder.training.heads import fitted
from embedder.training.heads.abroad import abroad
from embedder.training.heads.figures import figures
from embedder.training.heads.settings import settings
from embedder.training.heads.songs import Floats, Hearing, Songs, cached_evidence, songs


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A network that was not taught some artists."""

    graph: bytes  # serialised ONNX
    split: SplitRule


def own_heads(network: Judged, used: Sequence[Example], cache: Path, progress: Progress) -> Heads:
    """Return heads for a network that is to be judged itself: nothing of its test artists is in them.

    Lines are fitted to the songs that taught the network, and measured on its validation songs.
    """
    kept = [one for one in used if one.row and network.split.part(one.row.tags.artist) != "test"]
    known = songs(kept)
    with threadpool_limits(1):  # sums are small: threads that wait for each other cost more than they bring
        hearing = _hearing(network, known, kept, cache, progress)
        scores, unheard = fitted.pooled([hearing], known)
        return fitted.heads(hearing.evidence, known, ~hearing.unheard, settings(scores, known, unheard))


def fit_heads(
    judged: Sequence[Judged], final: bytes, used: Sequence[Example], cache: Path, progress: Progress
) -> tuple[Heads, dict[str, Any]]:
    """Return heads for a network that was taught all songs, and what such heads are worth for unheard artists.

    Parameters
    ----------
    judged : sequence of Judged
        Networks of the same recipe; a song is measured by the first that was not taught its artist, the songs that all
        of them were taught are not measured.
    final : bytes
        The network that is to have the heads, as a serialised ONNX graph.
    used : sequence of Example
        Songs, with their manifests' rows.
    cache : Path
        Folder for evidence (3 kB a song and network); may be deleted.

    Returns
    -------
    heads : Heads
    measured : dict, JSON-ready
        See ``figures``; and ``abstention`` (each choice's threshold, where it was chosen) and ``abroad``.
    """
    known = songs(used)
    with threadpool_limits(1):
        hearings = [_hearing(one, known, used, cache, progress) for one in judged]
        scores, unheard = fitted.pooled(hearings, known)
        measured = settings(scores, known, unheard)
        heard = _heard(final, used, cache, progress)
        made = fitted.heads(heard, known, np.ones(len(known), dtype=bool), measured)
        worth = figures(scores, known, unheard, judged[0].split)
        worth["abstention"] = {name: asdict(one) for name, one in measured.abstentions.items()}
        worth["abroad"] = abroad(hearings, known) if "genre" in scores else []
        return made, worth


def _hearing(one: Judged, known: Songs, used: Sequence[Example], cache: Path, progress: Progress) -> Hearing:
    held = np.array([one.split.part(row.tags.artist) != "train" for row in known.rows], dtype=bool)
    return Hearing(_heard(one.graph, used, cache, progress), held)


def _kept(used: Sequence[Example]) -> list[Example]:
    return [one for one in used if one.row is not None]


def _heard(graph: bytes, used: Sequence[Example], cache: Path, progress: Progress) -> Floats:
    return cached_evidence(graph, _kept(used), cache, progress)
