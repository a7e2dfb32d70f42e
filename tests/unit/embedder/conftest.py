"""Sounds by formula, and a bundle with a network that is small enough to build in a test."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from embedder import bundle
from embedder.heads.choice import Exclusive, Independent
from embedder.heads.heads import FEATURES, Heads
from embedder.heads.number import Named, Share, Standing
from embedder.heads.reading import Reading, Scales
from embedder.spectrogram import AudioSettings
from embedder.split import SplitRule
from songs.manifest import EMOTIONS
from songs.moods import MOODS

RATE = 22_050
GENRES = ("jazz", "pop", "rock")


def tone(hz, seconds, rate=RATE, peak=0.5):
    """Return a sine."""
    t = np.arange(round(seconds * rate)) / rate
    return (peak * np.sin(2 * np.pi * hz * t)).astype(np.float32)


def chirp(low, high, seconds, rate=RATE):
    """Return a sine whose frequency grows by equal factors in equal times."""
    t = np.arange(round(seconds * rate)) / rate
    growth = np.log(high / low) / seconds
    return (0.5 * np.sin(2 * np.pi * low / growth * np.expm1(growth * t))).astype(np.float32)


def noise(seconds, rate=RATE, seed=0):
    """Return white noise."""
    return np.random.default_rng(seed).uniform(-0.5, 0.5, round(seconds * rate)).astype(np.float32)


@pytest.fixture(scope="session")
def sounds():
    """Return the formulas."""

    class Sounds:
        rate = RATE
        tone = staticmethod(tone)
        chirp = staticmethod(chirp)
        noise = staticmethod(noise)

    return Sounds


def small_graph(dimensions=128, mels=256, frames=256):
    """Return a network that averages each image over time and mixes its bands at random."""
    mix = np.random.default_rng(7).normal(size=(mels, dimensions)).astype(np.float32)
    nodes = [
        helper.make_node("ReduceMean", ["images", "axes"], ["bands"], keepdims=0),
        helper.make_node("MatMul", ["bands", "mix"], ["mixed"]),
        helper.make_node("Elu", ["mixed"], ["vectors"]),
    ]
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["n", mels, frames, 1])],
        [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["n", dimensions])],
        [numpy_helper.from_array(np.array([2, 3]), "axes"), numpy_helper.from_array(mix, "mix")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(model)
    return model.SerializeToString()


def small_heads(evidence=128, genres=GENRES, threshold=0.4, seed=8, **other):
    """Return heads of every label with weights at random; liveness cannot be told."""
    rng = np.random.default_rng(seed)
    margins = Share(0.2, 0.1)
    told = {
        "genre": Independent(tuple(genres), (1.0,) * len(genres), (0.0,) * len(genres), threshold),
        "mood": Exclusive(MOODS, 1.0, 0.5), "quadrant": Exclusive(("Q1", "Q2", "Q3", "Q4"), 1.0, 0.5),
        "cluster": Exclusive(("1", "2", "3", "4", "5"), 2.0, 0.5), "emotions": EMOTIONS, "valence": margins,
        "arousal": margins, "popularity": Standing((-1.0, 0.0, 1.0), 30.0, 40.0),
        "features": {name: Named(margins, 0.5) if name != "liveness" else None for name in FEATURES},
    } | other  # fmt: skip
    chosen = [told[name] for name in ("genre", "mood", "quadrant", "cluster")]
    numbers = [told["valence"], told["arousal"], told["popularity"], *told["features"].values()]
    scores = sum(len(one.names) for one in chosen if one) + len(told["emotions"]) + sum(map(bool, numbers))
    centres = rng.normal(size=(6, evidence)).astype(np.float32)
    linear, near = (rng.normal(size=(rows, scores)).astype(np.float32) / 8 for rows in (evidence, 6))
    flat = np.ones(evidence, np.float32)
    scales = Scales(np.zeros(evidence, np.float32), flat, flat / np.float32(np.sqrt(evidence)))
    reading = Reading(scales, (evidence,), centres, linear, near, np.zeros(scores, np.float32))
    return Heads(reading=reading, **told)


def small_parts(**other):
    """Return the parts of a bundle around ``small_graph``."""
    facts = {
        "name": "small", "architecture": "small", "audio": AudioSettings(), "dimensions": 128, "split": SplitRule(),
        "versions": {"numpy": np.__version__}, "network": small_graph(), "heads": small_heads(),
        "card": "# Small\n", "license": "For tests.\n",
    }  # fmt: skip
    return bundle.Parts(**(facts | other))


@pytest.fixture(scope="session")
def parts():
    """Return ``small_parts``."""
    return small_parts


@pytest.fixture(scope="session")
def small():
    """Return ``small_heads``."""
    return small_heads


@pytest.fixture(scope="session")
def graph():
    """Return ``small_graph``."""
    return small_graph


@pytest.fixture(scope="session")
def small_bundle(tmp_path_factory):
    """Return a folder with a bundle; not to be changed."""
    folder = tmp_path_factory.mktemp("bundles") / "small"
    bundle.save(small_parts(), folder)
    return folder
