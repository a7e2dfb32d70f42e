"""Heads for a network: lines fitted to the songs it was taught, settings from songs that its likes had not heard."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from embedder.heads.heads import FEATURES, Heads
from embedder.training.heads import fit
from embedder.training.heads.fit import Line
from embedder.training.heads.lines import lines
from embedder.training.heads.settings import Scores, Settings
from embedder.training.heads.songs import Floats, Hearing, Songs
from songs.manifest import EMOTIONS

Table = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


def pooled(hearings: Sequence[Hearing], songs: Songs) -> tuple[Scores, Mask]:
    """Return what heads say of songs whose artists neither they nor their network had heard.

    Each network's heads are fitted to the songs that it was taught; a song that several had not heard is told by the
    first.

    Returns
    -------
    scores : mapping
        Line -> (n, k); 0 where no network can say. Lines that not every network's songs could teach are left out.
    unheard : np.ndarray, shape=(n,), bool
        Songs of which something is said.
    """
    told: list[tuple[Mask, dict[str, Table]]] = []
    open_ = np.ones(len(songs), dtype=bool)
    for hearing in hearings:
        own = hearing.unheard & open_
        open_ &= ~own
        told.append((own, _scores(hearing, songs, own)))
    names = set.intersection(*(set(found) for _, found in told)) if told else set()
    scores = {}
    for name in [one for one in songs.wanted if one in names]:
        scores[name] = np.zeros((len(songs), songs.wanted[name].values.shape[1]))
        for own, found in told:
            scores[name][own] = found[name]
    return scores, ~open_


def _scores(hearing: Hearing, songs: Songs, own: Mask) -> dict[str, Table]:
    taught = ~hearing.unheard
    features = fit.basis(hearing.evidence[taught])
    fitted = lines(features(hearing.evidence), songs.wanted, taught, songs.raters, songs.corpora)
    asked = features(hearing.evidence[own]) if own.any() else np.zeros((0, 0))
    return {name: line(asked) if own.any() else np.zeros((0, len(line.bias))) for name, line in fitted.items()}


def heads(evidence: Floats, songs: Songs, taught: Mask, measured: Settings) -> Heads:
    """Fit the heads of a network.

    Parameters
    ----------
    evidence : np.ndarray, shape=(n, d)
        Of every song, by the network that is to have the heads.
    taught : np.ndarray, shape=(n,), bool
        Songs to fit them to.
    measured : Settings
        What was measured on unheard songs; nothing is measured on the songs that teach.
    """
    basis = fit.basis(evidence[taught])
    found = lines(basis(evidence), songs.wanted, taught, songs.raters, songs.corpora)
    columns = _columns(found, measured)
    nothing = Line(np.zeros((basis(evidence[:1]).shape[1], 0)), np.zeros(0))
    weights = np.concatenate([line.weights for line in (nothing, *columns.values())], axis=1)
    bias = np.concatenate([line.bias for line in (nothing, *columns.values())])
    choices = {name: choice for name, choice in measured.choices.items() if name in columns}
    return Heads(
        reading=basis.reading(weights, bias),
        genre=measured.genre if "genre" in columns else None,
        mood=choices.get("mood"),
        quadrant=choices.get("quadrant"),
        cluster=choices.get("cluster"),
        emotions=EMOTIONS if "emotions" in columns else (),
        valence=measured.shares.get("valence") if "valence" in columns else None,
        arousal=measured.shares.get("arousal") if "arousal" in columns else None,
        popularity=measured.popularity if "popularity" in columns else None,
        features={name: measured.features.get(name) if name in columns else None for name in FEATURES},
    )


def _columns(found: Mapping[str, Line], measured: Settings) -> dict[str, Line]:
    """Return the line of every head, in the order in which ``Heads`` reads them."""
    columns = {}
    if measured.genre and "genre" in found:
        columns["genre"] = found["genre"]
    for name in ("mood", "quadrant", "cluster"):
        if name in measured.choices and name in found:
            columns[name] = found[name]
    if "emotions" in found:
        columns["emotions"] = found["emotions"]
    for name in ("valence", "arousal"):
        blend = measured.blends.get(name)
        if blend and set(blend.weights) <= set(found):
            parts = [(found[line], weight) for line, weight in blend.weights.items()]
            weights = np.sum([line.weights * weight for line, weight in parts], axis=0)
            bias = np.sum([line.bias * weight for line, weight in parts], axis=0) + blend.constant
            columns[name] = Line(weights, bias)
    if measured.popularity and "liked" in found:
        columns["popularity"] = found["liked"]
    columns |= {
        name: found[f"spotify_{name}"] for name in FEATURES if name in measured.features and f"spotify_{name}" in found
    }
    return columns
