"""The shipped architecture by ONNX Runtime against Keras, the same weights on both sides, one song a batch."""

from collections.abc import Iterator

import keras
import numpy as np

from benchmarks import plain
from benchmarks.pairs import Line, compared, judged, tell
from embedder.bundle import load, shipped
from embedder.runtime import Network
from embedder.training.architectures import EMBEDDING
from embedder.training.export import CLOSE, graph
from songs.vectors import unit

SLICES = 11  # of a minute


def lines() -> Iterator[Line]:
    """Measure speed and likeness."""
    bundle = load(shipped())
    model = plain.network(bundle)
    images = np.random.default_rng(1).random((SLICES, *bundle.network.shape), dtype=np.float32)
    network = Network(graph(model, images))
    kept = keras.Model(model.inputs, model.get_layer(EMBEDDING).output)
    cosine = float((unit(network(images)) * unit(kept.predict(images[..., None], verbose=0))).sum(axis=1).min())
    yield compared(
        "network, 11 slices: ONNX Runtime against Keras predict",
        lambda: network(images), lambda: kept.predict(images[..., None], verbose=0), 2.0,
    )  # fmt: skip
    yield judged("network: smallest cosine of ONNX Runtime and Keras", [(1.0, cosine)], CLOSE)


if __name__ == "__main__":
    tell(lines())
