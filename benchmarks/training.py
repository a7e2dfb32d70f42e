"""The seed's network taught by our loop, against ``model.fit`` as it was published: ELU before the pool."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np
from keras import layers

from benchmarks.pairs import PAIRS, Line, judged, tell
from embedder.spectrogram import AudioSettings
from embedder.training.dataset import Batches, Example
from embedder.training.precision import fastest
from embedder.training.recipe import Recipe, Told, fit, untrained
from songs.vectors import DIMENSIONS

AUDIO = AudioSettings()
GENRES = tuple(f"genre {i}" for i in range(9))
SONGS, SLICES = 16, 16
RECIPE = Recipe(batch=128, epochs=2, patience=None)  # the first epoch compiles, the second is measured


class Clock:
    """Told of progress, keeps the processor time of the second half."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self, _stage: str, share: float) -> None:
        """Start at a half, read at the end."""
        if share == 0.5:
            self.seconds = -time.process_time()
        elif share == 1 and self.seconds < 0:
            self.seconds += time.process_time()


def lines(folder: Path) -> Iterator[Line]:
    """Measure one epoch of each."""
    examples = [_example(folder, number) for number in range(SONGS)]
    costs = [(ours(examples), plainly(examples)) for _ in range(PAIRS)]
    yield judged(f"training the seed's network ({fastest()}): against model.fit, ms/slice", costs, 1.5)


def ours(examples: list[Example]) -> float:
    """Return ms a slice as training does it, slices coming from the cache on disk."""
    clock = Clock()
    network = untrained(RECIPE, AUDIO, len(GENRES), fastest())
    fit(network, Batches(examples, GENRES, RECIPE.batch, 1), None, RECIPE, clock)
    return clock.seconds * 1e3 / (SONGS * SLICES)


def plainly(examples: list[Example]) -> float:
    """Return ms a slice by ``model.fit`` over arrays in memory."""
    images = np.concatenate([np.load(example.images) for example in examples]).astype(np.float32)[..., None]
    targets = np.repeat([[name in example.genres for name in GENRES] for example in examples], SLICES, axis=0)
    model, clock = published(), Clock()
    model.compile(keras.optimizers.RMSprop(RECIPE.rate), "categorical_crossentropy", metrics=["accuracy"])
    told = Told(RECIPE.epochs, clock)
    model.fit(images, targets.astype(np.float32), RECIPE.batch, RECIPE.epochs, verbose=0, callbacks=[told])
    return clock.seconds * 1e3 / len(images)


def published() -> keras.Model:
    """Build the network in the order in which it was published."""
    images = keras.Input((AUDIO.mels, AUDIO.frames, 1))
    x = images
    for filters in (64, 128, 256, 512):
        x = layers.MaxPooling2D(2)(layers.ELU()(layers.Conv2D(filters, 2, strides=2)(x)))
    x = layers.Dropout(0.5)(layers.Dense(DIMENSIONS, activation="elu")(layers.Flatten()(x)))
    return keras.Model(images, layers.Dense(len(GENRES), activation="softmax")(x))


def _example(folder: Path, number: int) -> Example:
    path = folder / f"{number}.npy"
    images = np.random.default_rng(number).random((SLICES, AUDIO.mels, AUDIO.frames), dtype=np.float32)
    np.save(path, images.astype(np.float16))
    genre = GENRES[number % len(GENRES)]
    return Example(corpus="none", genres=frozenset({genre}), part="train", images=path, slices=SLICES)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        tell(lines(Path(place)))
