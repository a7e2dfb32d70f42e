"""What a vector must not depend on: how a recording was treated, and which corpus (codec) it came from."""

import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import combinations, repeat
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict
from threadpoolctl import threadpool_limits

from embedder import bundle
from embedder.decoders import Broken
from embedder.embedder import Embedder
from evaluation.cache import Cache, digest
from evaluation.changes import CHANGES, Sound, read
from evaluation.collection import Collection
from evaluation.label_probes import artists
from evaluation.progress import Progress
from songs.errors import AudioError
from songs.vectors import Vector, Vectors, unit
from songs.vocabulary import genres

SONGS = 30  # of one collection that are changed
SHORTEST = 30.0  # seconds: of less, an excerpt that is cut is another excerpt
FEWEST = 10  # songs of a genre in each of two collections that are to be told apart
PROCESSES = 2

_FORMAT = "changes 1"
_FOLDS = 5

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Robustness:
    """What became of songs under one change."""

    change: str
    songs: int
    own_nearest: float  # share whose own original is the nearest of all
    mean: float  # cosine with the own original
    least: float


def sample(collection: Collection) -> Collection:
    """Return at most ``SONGS`` songs of at least ``SHORTEST`` seconds, spread over the collection."""
    long = [i for i, labels in enumerate(collection.labels) if _seconds(labels.features) >= SHORTEST]
    step = max(1, -(-len(long) // SONGS))
    return collection.chosen(long[::step])


def _seconds(features: Mapping[str, object]) -> float:
    value = getattr(features.get("duration"), "value", None)
    return float(value) if value is not None else 0.0


def robustness(vectors: Mapping[str, Vectors], own: Vectors, originals: Vectors) -> list[Robustness]:
    """Compare changed songs with all originals.

    Parameters
    ----------
    vectors : mapping of a change's name to np.ndarray, shape=(n, d)
        Of the changed songs.
    own : np.ndarray, shape=(n, d)
        Of the same songs, unchanged; they are among ``originals``.
    originals : np.ndarray, shape=(m, d)
        Songs among which the own original must be the nearest; as near as its own counts as nearest too.
    """
    units, everything = unit(own), unit(originals)
    found = []
    for change, changed in vectors.items():
        heard = unit(changed)
        near = np.einsum("nd,nd->n", heard, units)
        nearest = (heard @ everything.T).max(axis=1)
        right = near >= nearest - 1e-6
        found.append(Robustness(change, len(near), float(right.mean()), float(near.mean()), float(near.min())))
    return found


def changed_vectors(
    songs: Collection, folder: Path, cache: Cache, progress: Progress
) -> tuple[list[int], dict[str, Vectors]]:
    """Hear songs under every change of ``changes.CHANGES``, in ``PROCESSES`` processes.

    Returns
    -------
    places : list of n
        Of the songs that could be heard under all of them.
    vectors : dict of a change's name to np.ndarray, shape=(n, d)
    """
    if not songs.rows:
        return [], {}
    paths = [row.path for row in songs.rows]
    places, heard = [], []
    # not forked: the threads of the runtime do not survive that
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        done = pool.map(changed, paths, repeat(folder), repeat(cache))
        for place, one in enumerate(done):
            progress("changing songs", (place + 1) / len(paths))
            if one is not None:
                places.append(place)
                heard.append(one)
    return places, {name: np.stack([one[name] for one in heard]) for name in CHANGES} if heard else {}


def changed(path: Path, folder: Path, cache: Cache) -> dict[str, Vector] | None:
    """Return a song's vector under every change, ``None`` where a change leaves nothing to hear."""
    loaded = bundle.load(folder)
    names = {name: f"{_FORMAT} {loaded.model} {name} {digest(path)}" for name in CHANGES}
    kept = {name: cache.get(key) for name, key in names.items()}
    found = {name: one["vector"] for name, one in kept.items() if one is not None}
    if len(found) == len(CHANGES):
        return found
    embed = Embedder(loaded)
    try:
        sound = read(path)
        for name in CHANGES:
            if name not in found:
                found[name] = _vector(embed, CHANGES[name](sound), loaded.audio.sample_rate)
                cache.put(names[name], {"vector": found[name]})
    except (AudioError, Broken, OSError) as error:
        _log.warning("%s is left out: %s", path, error)
        return None
    return found


def _vector(embed: Embedder, sound: Sound, rate: int) -> Vector:
    return embed([sound.mono(rate)]).embedding.vector


@dataclass(frozen=True, slots=True)
class CorpusProbe:
    """How well two collections are told apart from vectors of one genre; a half is chance, and the aim."""

    genre: str
    collections: tuple[str, str]
    songs: tuple[int, int]
    accuracy: float  # balanced: mean of the shares told right in either


def corpus_probes(collections: Sequence[Collection]) -> list[CorpusProbe]:
    """Try to tell collections apart, genre by genre, by a logistic regression that is asked about unheard artists.

    Two collections differ in codec and length, but in taste as well: even a vector that knows nothing of codecs may
    tell them apart, so the figure is an upper bound of what a codec leaves in a vector.
    """
    found = []
    for one, other in combinations(collections, 2):
        for genre in sorted(_genres(one) & _genres(other)):
            mine, theirs = (
                songs.chosen([i for i, row in enumerate(songs.rows) if genre in genres(row.tags.genre)])
                for songs in (one, other)
            )
            if min(_artists(mine), _artists(theirs)) >= _FOLDS and min(len(mine.rows), len(theirs.rows)) >= FEWEST:
                found.append(_told_apart(genre, mine, theirs))
    return found


def _genres(songs: Collection) -> set[str]:
    return set().union(*(genres(row.tags.genre) for row in songs.rows))


def _artists(songs: Collection) -> int:
    return len(set(artists(songs.rows)))


def _told_apart(genre: str, mine: Collection, theirs: Collection) -> CorpusProbe:
    x = unit(np.concatenate([mine.vectors, theirs.vectors])).astype(np.float64)
    x = (x - x.mean(axis=0)) / max(float(x.std(axis=0).mean()), 1e-12)
    y = np.repeat([0, 1], [len(mine.rows), len(theirs.rows)])
    groups = artists([*mine.rows, *theirs.rows])
    probe = LogisticRegression(C=0.1, class_weight="balanced", max_iter=1000)
    folds = StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=0)
    with threadpool_limits(1):  # sums are small here: threads that wait for each other cost more than they bring
        said = cross_val_predict(probe, x, y, groups=groups, cv=folds)
    accuracy = float(balanced_accuracy_score(y, said))
    return CorpusProbe(genre, (mine.name, theirs.name), (len(mine.rows), len(theirs.rows)), accuracy)
