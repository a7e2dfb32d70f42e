"""Taught networks, kept: a training that was interrupted goes on with the network that it had not finished."""

import hashlib
import inspect
import io
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from embedder.training import (
    architectures,
    augment,
    export,
    fusion,
    kinship,
    objectives,
    pieces,
    recipe,
    statistics,
    stopping,
    tasks,
)
from embedder.training.dataset import Progress, load_images
from embedder.training.lesson import Lesson, network

FOLDER = "networks"  # within the cache
SAMPLE = 64  # songs whose slices the exported network is compared on
_TEACHERS = (architectures, augment, fusion, kinship, objectives, pieces, recipe, statistics, stopping, tasks)


@dataclass(frozen=True, slots=True, eq=False)
class Taught:
    """A network after training, as it is shipped."""

    graph: bytes  # ONNX, without the last layer
    history: recipe.History


def taught(given: Lesson, cache: Path, progress: Progress) -> Taught:
    """Return the lesson's network, that of last time where the same was taught by the same code.

    Parameters
    ----------
    given : Lesson
    cache : Path
        Folder of images of slices; networks lie beside them (1 to 3 MB each).
    progress : callable
        Told a stage and how much of it is done, 0 to 1.
    """
    kept = cache / FOLDER / f"{_key(given)}.npz"
    if kept.exists():
        return _read(kept)
    model, history = network(given, progress)
    progress("exporting", 0.0)
    sample = np.concatenate([load_images(example) for example in given.used[:: -(-len(given.used) // SAMPLE)]])
    made = Taught(export.graph(model, sample), history)
    progress("exporting", 1.0)
    _write(made, kept)
    return made


def _key(given: Lesson) -> str:
    """Return a name for everything that a network depends on."""
    told = {
        "recipe": {**asdict(replace(given.recipe, tasks={})), "tasks": dict(given.recipe.tasks)},
        "audio": asdict(given.audio),
        "names": given.names,
        "songs": [
            (one.images.stem, one.part, sorted(one.genres), one.artist, one.album, one.quadrant, one.cluster, one.felt)
            for one in given.used
        ],
        "code": [inspect.getsource(module) for module in _TEACHERS],
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:24]


def _write(made: Taught, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays = io.BytesIO()
    history = np.frombuffer(json.dumps(made.history).encode(), dtype=np.uint8)
    graph = np.frombuffer(made.graph, dtype=np.uint8)
    np.savez(arrays, graph=graph, history=history)
    beside = path.with_suffix(".new")
    beside.write_bytes(arrays.getvalue())
    beside.replace(path)


def _read(path: Path) -> Taught:
    with np.load(path, allow_pickle=False) as arrays:
        history = json.loads(arrays["history"].tobytes())
        return Taught(export.with_evidence(arrays["graph"].tobytes()), history)
