"""The shipped network by OpenVINO in bfloat16 against Keras, where the processor multiplies matrices of bfloat16.

This is the only module that imports OpenVINO (``pip install 'soundkin[openvino]'``).
"""

from collections.abc import Iterator

import keras
import numpy as np
import openvino

from benchmarks import plain
from benchmarks.network import SLICES
from benchmarks.pairs import Line, compared, judged, tell
from embedder.bundle import load, shipped
from embedder.training.architectures import EMBEDDING
from embedder.training.export import CLOSE, graph
from songs.vectors import unit

SETTINGS = {"INFERENCE_PRECISION_HINT": "bf16", "PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": 1}


def lines() -> Iterator[Line]:
    """Measure speed and likeness."""
    bundle = load(shipped())
    model = plain.network(bundle)
    images = np.random.default_rng(1).random((SLICES, *bundle.network.shape, 1), dtype=np.float32)
    core = openvino.Core()
    network = core.compile_model(core.read_model(graph(model, images[..., 0])), "CPU", SETTINGS)
    kept = keras.Model(model.inputs, model.get_layer(EMBEDDING).output)
    cosine = float((unit(network(images)[0]) * unit(kept.predict(images, verbose=0))).sum(axis=1).min())
    yield compared(
        "network, 11 slices: OpenVINO bf16 against Keras predict",
        lambda: network(images), lambda: kept.predict(images, verbose=0), 4.0,
    )  # fmt: skip
    yield judged("network: smallest cosine of OpenVINO bf16 and Keras", [(1.0, cosine)], CLOSE)


if __name__ == "__main__":
    tell(lines())
