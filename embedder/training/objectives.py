"""What a network is asked while it learns: a small layer and a loss for each task."""

from collections.abc import Mapping
from typing import Any

import keras
from keras import layers, ops

from embedder.training.tasks import CHOICES, FELT, KIN, STATISTICS, Task

MARGIN, SHARPNESS = 0.15, 20.0  # of the cosines with artists and albums


def with_heads(heard: Any, taught: Mapping[str, Task]) -> dict[str, Any]:
    """Put a small layer on what a network hears, (n, HEARD), for each task; return the layers' outputs by task."""
    kept = layers.Dropout(0.3)(layers.ReLU()(heard))
    heads: dict[str, Any] = {}
    for name, task in taught.items():
        size = task.targets.shape[1]
        if name in KIN:
            heads[name] = Cosines(size, name=name)(heard)
        else:
            heads[name] = layers.Dense(size, name=name)(heard if name == STATISTICS else kept)
    return heads


def losses(names: Mapping[str, Any]) -> dict[str, keras.losses.Loss]:
    """Return each task's loss, a mean over the songs that have a label."""
    mean: dict[str, Any] = {"reduction": "mean_with_sample_weight"}
    known: dict[str, keras.losses.Loss] = {
        **{name: keras.losses.CategoricalCrossentropy(from_logits=True, **mean) for name in CHOICES},
        **{name: AmongKin(**mean) for name in KIN},
        FELT: keras.losses.MeanSquaredError(**mean),
        STATISTICS: keras.losses.MeanAbsoluteError(**mean),
    }
    return {name: known[name] for name in names}


class Cosines(keras.layers.Layer):  # type: ignore[misc]
    """Cosines of the input with one learnt direction for each artist, or album."""

    def __init__(self, directions: int, **options: Any) -> None:
        super().__init__(**options)
        self._count = directions

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Create the directions."""
        self._directions = self.add_weight(shape=(shape[-1], self._count), initializer="random_normal")

    def call(self, heard: Any) -> Any:
        """Return (n, directions)."""
        return ops.matmul(ops.normalize(heard, axis=-1), ops.normalize(self._directions, axis=0))


class AmongKin(keras.losses.Loss):  # type: ignore[misc]
    """Cross-entropy of sharpened cosines; the right one must be nearer than the others by a margin (CosFace, 2018)."""

    def call(self, true: Any, cosines: Any) -> Any:
        """Return one number a row."""
        return ops.categorical_crossentropy(true, SHARPNESS * (cosines - MARGIN * true), from_logits=True)
