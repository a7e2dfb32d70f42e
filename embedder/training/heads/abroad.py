"""What genre heads are worth on a corpus that taught them nothing: taught on one, asked about artists of another.

It is the nearest thing to a stranger's catalogue: other recordings, other codecs, another idea of what a genre is.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from embedder.heads.choice import Independent
from embedder.training.heads import calibrate, fit
from embedder.training.heads.figures import area, calibration_error
from embedder.training.heads.lines import GENRE
from embedder.training.heads.settings import Mask, Table
from embedder.training.heads.songs import Hearing, Songs

FEWEST = 8  # songs of a genre in the corpus that is asked about, and in the one that teaches


def abroad(hearings: Sequence[Hearing], songs: Songs) -> list[dict[str, Any]]:
    """Return figures for every corpus that teaches, every other one, and every genre that both have enough songs of.

    Each is JSON-ready: ``taught``, ``asked``, ``genre``, ``songs`` (asked about), ``area`` (under the ROC), ``told``
    (mean probability), ``true`` (share that is of the genre), ``calibration_error``.
    """
    target = songs.wanted["genre"]
    corpora = [str(name) for name in np.unique(songs.corpora[target.rows])]
    found = []
    for teaching in corpora:
        own = songs.corpora == teaching
        told, unheard = _told(hearings, songs, own)
        for other in [name for name in corpora if name != teaching]:
            asked = unheard & target.rows & (songs.corpora == other)
            for i, name in enumerate(target.names):
                rows, true = asked & target.known[:, i], target.values[:, i] > 0
                if min((true & own).sum(), (true & rows).sum()) >= FEWEST:
                    about = {"taught": teaching, "asked": other, "genre": name, "songs": int(rows.sum())}
                    found.append(about | _figures(told[rows, i], true[rows]))
    return found


def _figures(said: Table, true: Mask) -> dict[str, float]:
    return {
        "area": area(said, true),
        "told": float(said.mean()),
        "true": float(true.mean()),
        "calibration_error": calibration_error(said, true),
    }


def _told(hearings: Sequence[Hearing], songs: Songs, own: Mask) -> tuple[Table, Mask]:
    """Return probabilities of unheard songs by heads that one corpus taught and made honest."""
    target = songs.wanted["genre"]
    scores, open_ = np.zeros(target.values.shape), np.ones(len(songs), dtype=bool)
    for hearing in hearings:
        asked, rows = hearing.unheard & open_, ~hearing.unheard & own & target.rows
        open_ &= ~asked
        features = fit.basis(hearing.evidence[~hearing.unheard])(hearing.evidence)
        sure, unsure = target.values[rows] * target.known[rows], (~target.known[rows]).astype(np.float64)
        line = fit.named(features[rows], sure, unsure, np.ones(int(rows.sum())), GENRE)
        scores[asked] = line(features[asked])
    rows = ~open_ & own & target.rows
    slopes, offsets = calibrate.curves(scores[rows], target.values[rows], ~target.known[rows], np.ones(int(rows.sum())))
    return Independent(target.names, slopes, offsets, 0.0).probabilities(scores), ~open_
