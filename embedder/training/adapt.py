"""A bundle that knows one catalogue better: its vectors seen from that catalogue's middle, by what its tags call kin.

The network stays. One linear map is put behind it, which makes directions in which an artist's (else an album's, else
a genre's) own songs differ count less: within-class covariance normalisation (Hatch, Kajarekar and Stolcke, 2006),
shrunk towards no change. Labels are read from the evidence before the map, so they stay what they were.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from embedder import bundle
from embedder.calibration import Calibration, fit_songs
from embedder.runtime import EVIDENCE
from embedder.split import EVERYTHING
from songs.metrics import retrieval

SHRINKAGES = (1.0, 0.95, 0.9, 0.8, 0.7)  # 1: only the middle moves
HALVES = 12  # random halves on which it is judged; inside each, as many choose the shrinkage
SURE = 10  # of these must gain
JUDGED = 1500  # songs at most that are judged at once: the work grows with their square
FEWEST = 16  # songs with a relevant neighbour
_MIDDLE, _MATRIX = "adaptation_middle", "adaptation_matrix"  # in the graph

Table = npt.NDArray[np.float64]
Keys = Sequence[frozenset[str]]


@dataclass(frozen=True, slots=True, eq=False)
class Tagged:
    """A catalogue as adapting sees it."""

    vectors: Table  # (n, d): mean of each song's slice vectors as the network gives them, not of unit length
    kin: Mapping[str, Keys]  # "artist", "album", "genre" -> of each song; empty sets where the tags say nothing

    def part(self, chosen: npt.NDArray[np.bool_]) -> "Tagged":
        """Return some of the songs."""
        places = [int(i) for i in np.flatnonzero(chosen)]
        return Tagged(self.vectors[places], {name: [keys[i] for i in places] for name, keys in self.kin.items()})

    def __len__(self) -> int:
        return len(self.vectors)


@dataclass(frozen=True, slots=True, eq=False)
class Map:
    """``(x - middle) @ matrix``; the matrix can be inverted."""

    middle: Table  # (d,)
    matrix: Table  # (d, d)

    def __call__(self, x: Table) -> Table:
        """Return the images of rows."""
        return (x - self.middle) @ self.matrix


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether adapting helps songs that it was not fitted on."""

    songs: int
    queries: int  # songs with a relevant neighbour by one of the tags
    before: float  # MAP, a mean over tags and halves
    after: float
    halves: int  # on which it was judged, 0: too few songs
    gained: int  # of them

    @property
    def better(self) -> bool:
        """Whether nearly every half gained."""
        return self.halves > 0 and self.after > self.before and self.gained >= SURE


def judge(catalogue: Tagged, seed: int) -> Verdict:
    """Fit on random halves of the songs and compare retrieval within the other halves.

    Everything that is chosen is chosen within the half that is fitted on.
    """
    random = np.random.default_rng(seed)
    queries = _queries(catalogue)
    if queries < FEWEST:
        return Verdict(len(catalogue), queries, 0.0, 0.0, 0, 0)
    pairs = []
    for _ in range(HALVES):
        taught, asked = _halves(catalogue, random)
        before = score(asked.vectors, asked.kin)
        pairs.append((before, score(best(taught, random)(asked.vectors), asked.kin)))
    old, new = np.array(pairs).T
    return Verdict(len(catalogue), queries, float(old.mean()), float(new.mean()), HALVES, int((new > old).sum()))


def best(catalogue: Tagged, random: np.random.Generator) -> Map:
    """Return the map whose shrinkage does best on halves of the catalogue, fitted on all of it."""
    gains = np.zeros(len(SHRINKAGES))
    for _ in range(HALVES // 2):
        taught, asked = _halves(catalogue, random)
        gains += [score(fitted(taught, shrinkage)(asked.vectors), asked.kin) for shrinkage in SHRINKAGES]
    return fitted(catalogue, SHRINKAGES[int(gains.argmax())])


def fitted(catalogue: Tagged, shrinkage: float) -> Map:
    """Return the map for one shrinkage, 0 (the covariance as measured) to 1 (no change but of the middle)."""
    x = catalogue.vectors
    within = _within(x, catalogue.kin)
    size = x.shape[1]
    even: Table = np.eye(size) * max(float(np.trace(within)) / size, 1e-12)
    variances, axes = np.linalg.eigh((1 - shrinkage) * within + shrinkage * even)
    matrix: Table = (axes * np.maximum(variances, 1e-12) ** -0.5) @ axes.T
    middle: Table = x.mean(axis=0)
    reached = float(np.linalg.norm((x - middle) @ matrix))
    return Map(middle, matrix * (float(np.linalg.norm(x)) / reached if reached else 1.0))


def score(vectors: Table, kin: Mapping[str, Keys]) -> float:
    """Return the mean, over the tags that relate songs, of MAP."""
    found = [retrieval(vectors.astype(np.float32), keys) for keys in kin.values()]
    return float(np.mean([one.map for one in found if one.queries] or [0.0]))


def apply(loaded: bundle.Bundle, change: Map, catalogue: Tagged, out: Path) -> bundle.Facts:
    """Write the bundle with the map behind its network; licence and card are carried over, the card with a note."""
    graph = _behind((loaded.path / bundle.NETWORK).read_bytes(), change)
    note = f"\n## Adapted\n\nTo {len(catalogue)} songs by their tags; figures above are of `{loaded.model}`.\n"
    parts = bundle.Parts(
        name=out.name, architecture=loaded.facts.architecture, audio=loaded.audio,
        dimensions=loaded.facts.dimensions, split=EVERYTHING, versions=loaded.facts.versions, network=graph,
        heads=loaded.heads,
        card=(loaded.path / bundle.CARD).read_text(encoding="utf-8") + note,
        license=(loaded.path / bundle.LICENSE).read_text(encoding="utf-8"),
        calibration=_calibration(change(catalogue.vectors), catalogue.kin) or loaded.facts.calibration,
    )  # fmt: skip
    return bundle.save(parts, out)


def _behind(serialised: bytes, change: Map) -> bytes:
    """Return the graph with two nodes more: subtract, multiply. An adapted graph has such nodes, of other names.

    Where the vectors were the evidence, they stay it as they are without the map.
    """
    model = onnx.load_from_string(serialised)
    graph = model.graph
    given = next(one for one in graph.output if one.name != EVIDENCE)
    times = sum(one.name.startswith(_MATRIX) for one in graph.initializer)
    inner, centred, middle, matrix = (f"{name}_{times}" for name in ("before_adaptation", "centred", _MIDDLE, _MATRIX))
    for node in graph.node:
        node.output[:] = [inner if name == given.name else name for name in node.output]
        node.input[:] = [inner if name == given.name else name for name in node.input]
    graph.initializer.extend(
        [
            numpy_helper.from_array(change.middle.astype(np.float32), middle),
            numpy_helper.from_array(change.matrix.astype(np.float32), matrix),
        ]
    )
    graph.node.extend(
        [
            helper.make_node("Sub", [inner, middle], [centred]),
            helper.make_node("MatMul", [centred, matrix], [given.name]),
        ]
    )
    if len(graph.output) == 1:
        graph.node.append(helper.make_node("Identity", [inner], [EVIDENCE]))
        shape = [None, given.type.tensor_type.shape.dim[1].dim_value]
        graph.output.append(helper.make_tensor_value_info(EVIDENCE, TensorProto.FLOAT, shape))
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def _queries(catalogue: Tagged) -> int:
    if not len(catalogue):
        return 0
    chosen = np.arange(len(catalogue)) < 2 * JUDGED
    some = catalogue.part(chosen)
    return max((retrieval(some.vectors.astype(np.float32), keys).queries for keys in some.kin.values()), default=0)


def _halves(catalogue: Tagged, random: np.random.Generator) -> tuple[Tagged, Tagged]:
    """Return two random halves; the second, which is judged, holds at most ``JUDGED`` songs."""
    order = random.permutation(len(catalogue))
    middle = len(order) // 2
    taught, asked = np.zeros(len(order), bool), np.zeros(len(order), bool)
    taught[order[middle:]], asked[order[: min(middle, JUDGED)]] = True, True
    return catalogue.part(taught), catalogue.part(asked)


def _within(x: Table, kin: Mapping[str, Keys]) -> Table:
    """Return the covariance of songs around the middle of their kin, by the finest tag that relates enough of them."""
    for keys in kin.values():
        groups: dict[str, list[int]] = {}
        for song, own in enumerate(keys):
            for key in own:
                groups.setdefault(key, []).append(song)
        several = [songs for songs in groups.values() if len(songs) > 1]
        around = [x[songs] - x[songs].mean(axis=0) for songs in several]
        free = sum(len(songs) - 1 for songs in several)
        if free >= FEWEST // 2:
            together = np.concatenate(around)
            return np.asarray(together.T @ together / free)
    return np.zeros((x.shape[1], x.shape[1]))


def _calibration(vectors: Table, kin: Mapping[str, Keys]) -> Calibration | None:
    keys = kin.get("artist", ())
    known = [i for i, own in enumerate(keys) if own][:JUDGED]
    if len(known) < FEWEST:
        return None
    try:
        return fit_songs(vectors[known], [min(keys[i]) for i in known])  # a song has one artist
    except ValueError:
        return None
