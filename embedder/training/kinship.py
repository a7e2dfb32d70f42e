"""Teaching ``kin``: several tasks at once for its learning half, then one linear map over both halves."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import layers, ops

from embedder.spectrogram import AudioSettings, Images
from embedder.training import architectures, augment
from embedder.training.dataset import Example, Progress, load_images
from embedder.training.fusion import fuse
from embedder.training.recipe import History, Recipe, Told, untrained
from embedder.training.statistics import FAMILIES
from embedder.training.tasks import FELT, Task, tasks
from songs.vectors import DIMENSIONS

IMPORTANCE = {"genre": 1.0, "quadrant": 0.5, "cluster": 0.5, "felt": 1.0, "statistics": 1.0, "artist": 0.5}
PIECE = 128  # frames of what is heard at once: half a slice, so that twice as many songs are heard in the time
WHITE = 64  # principal axes of the statistics that the network must tell
MARGIN, SHARPNESS = 0.15, 20.0  # of the artists' cosines
LEARNT = 4.0  # weight of the learnt half in the fused vector, where a family of statistics has 1
GENRE_ROUNDS, GENRE_RATE = 30, 3e-3

Floats = npt.NDArray[np.float32]


def teach(
    recipe: Recipe, audio: AudioSettings, teaching: Sequence[Example], names: Sequence[str], progress: Progress
) -> tuple[keras.Model, History]:
    """Return a taught network and how it went; a song without a genre teaches what else is known of it."""
    model = untrained(recipe, audio, len(names))
    known = _heard(model.get_layer(architectures.STATISTICS), teaching)
    white = fuse(_songs(known), FAMILIES, {}, WHITE)(_songs(known))
    white /= white.std(axis=0) + 1e-6
    history = _learn(model.get_layer(architectures.TRUNK), recipe, teaching, tasks(teaching, names, white), progress)
    learnt = _heard(model.get_layer(architectures.TRUNK), teaching)
    evidence = [np.concatenate(both, axis=1) for both in zip(known, learnt, strict=True)]
    families = {**FAMILIES, "learnt": architectures.HEARD}
    fused = fuse(_songs(evidence), families, {"learnt": LEARNT}, DIMENSIONS)
    model.get_layer(architectures.EMBEDDING).set_weights([fused.matrix, fused.bias])
    _name(model.get_layer(architectures.GENRE), [fused(one) for one in evidence], teaching, names, recipe)
    return model, history


def _heard(layer: Any, songs: Sequence[Example]) -> list[Floats]:
    """Return what a layer makes of every slice of every song."""
    reader = keras.Sequential([layer])
    return [np.asarray(reader(load_images(song)[..., np.newaxis], training=False)) for song in songs]


def _songs(slices: Sequence[Floats]) -> Floats:
    return np.stack([own.mean(axis=0) for own in slices])


def _learn(
    trunk: keras.Model, recipe: Recipe, teaching: Sequence[Example], taught: Mapping[str, Task], progress: Progress
) -> History:
    """Teach the trunk in place: AdamW on a falling rate, weights averaged over the steps."""
    pieces = Pieces(teaching, taught, recipe)
    model = _with_heads(trunk, taught)
    steps = len(pieces) * recipe.epochs
    rate = keras.optimizers.schedules.CosineDecay(
        recipe.rate / 10, steps, alpha=0.1, warmup_target=recipe.rate, warmup_steps=max(steps // 12, 1)
    )
    model.compile(
        optimizer=keras.optimizers.AdamW(
            rate, weight_decay=0.02, clipnorm=5.0, use_ema=True, ema_momentum=min(0.995, 1 - 5 / (steps + 5))
        ),
        loss=_losses(),
        loss_weights=IMPORTANCE,
        weighted_metrics={"genre": [keras.metrics.CategoricalAccuracy(name="accuracy")]},
    )
    told = model.fit(pieces, epochs=recipe.epochs, callbacks=[Told(recipe.epochs, progress)], verbose=0).history
    _settle(trunk, teaching, recipe)
    return {name.replace("genre_accuracy", "accuracy"): [float(v) for v in values] for name, values in told.items()}


def _with_heads(trunk: keras.Model, taught: Mapping[str, Task]) -> keras.Model:
    """Put a small layer on the trunk for each task."""
    heard = trunk.output
    kept = layers.Dropout(0.3)(layers.ReLU()(heard))
    sizes = {name: task.targets.shape[1] for name, task in taught.items()}
    heads = {
        "genre": layers.Dense(sizes["genre"], name="genre")(kept),
        "quadrant": layers.Dense(sizes["quadrant"], name="quadrant")(kept),
        "cluster": layers.Dense(sizes["cluster"], name="cluster")(kept),
        "felt": layers.Dense(len(FELT), name="felt")(kept),
        "statistics": layers.Dense(WHITE, name="statistics")(heard),
        "artist": Cosines(sizes["artist"], name="artist")(heard),
    }
    return keras.Model(trunk.input, heads)


def _losses() -> dict[str, keras.losses.Loss]:
    mean: dict[str, Any] = {"reduction": "mean_with_sample_weight"}  # over the songs that have a label
    chosen = {name: keras.losses.CategoricalCrossentropy(from_logits=True, **mean) for name in _CHOICES}
    return {
        **chosen,
        "felt": keras.losses.MeanSquaredError(**mean),
        "statistics": keras.losses.MeanAbsoluteError(**mean),
        "artist": _AmongArtists(**mean),
    }


_CHOICES = ("genre", "quadrant", "cluster")


class Cosines(keras.layers.Layer):  # type: ignore[misc]
    """Cosines of the input with one learnt direction an artist."""

    def __init__(self, artists: int, **options: Any) -> None:
        super().__init__(**options)
        self._artists = artists

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Create the directions."""
        self._directions = self.add_weight(shape=(shape[-1], self._artists), initializer="random_normal")

    def call(self, heard: Any) -> Any:
        """Return (n, artists)."""
        return ops.matmul(ops.normalize(heard, axis=-1), ops.normalize(self._directions, axis=0))


class _AmongArtists(keras.losses.Loss):  # type: ignore[misc]
    """Cross-entropy of sharpened cosines; the right artist must be nearer than the others by a margin."""

    def call(self, true: Any, cosines: Any) -> Any:
        return ops.categorical_crossentropy(true, SHARPNESS * (cosines - MARGIN * true), from_logits=True)


class Pieces(keras.utils.PyDataset):  # type: ignore[misc]
    """Batches of varied pieces, two of each song drawn; long songs are drawn more often, by the root of their length.

    An epoch hears as many pieces as there are slices. Batch i of epoch e depends on seed, e and i only.
    """

    def __init__(self, teaching: Sequence[Example], taught: Mapping[str, Task], recipe: Recipe) -> None:
        super().__init__(workers=2, max_queue_size=8)
        self._images = [np.load(song.images, mmap_mode="r") for song in teaching]
        self._taught, self._size, self._seed, self._epoch = taught, recipe.batch, recipe.seed, 0
        odds = np.sqrt([song.slices for song in teaching])
        self._odds = odds / odds.sum()
        self._batches = math.ceil(sum(song.slices for song in teaching) / recipe.batch)

    def __len__(self) -> int:
        return self._batches

    def __getitem__(self, index: int) -> tuple[Any, Any, Any]:
        random = np.random.default_rng([self._seed, self._epoch, index])
        drawn = random.choice(len(self._images), self._size // 2, p=self._odds)
        songs = np.repeat(drawn, 2)
        pieces = [self._piece(self._images[song], random) for song in songs]
        targets = {name: task.targets[songs] for name, task in self._taught.items()}
        weights = {name: task.weights[songs] for name, task in self._taught.items()}
        return np.stack(pieces)[..., np.newaxis], targets, weights

    def on_epoch_end(self) -> None:
        """Vary anew."""
        self._epoch += 1

    @staticmethod
    def _piece(images: Images, random: np.random.Generator) -> Any:
        return augment.varied(images[random.integers(len(images))], PIECE, random)


def _settle(trunk: keras.Model, teaching: Sequence[Example], recipe: Recipe) -> None:
    """Measure the normalisations of the averaged weights anew, on whole and clean slices."""
    random = np.random.default_rng(recipe.seed)
    for layer in trunk.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.momentum = 0.9
    for _ in range(25):
        drawn = random.choice(len(teaching), min(48, len(teaching)), replace=False)
        images = [np.load(teaching[song].images, mmap_mode="r") for song in drawn]
        batch = np.stack([own[random.integers(len(own))] for own in images]).astype(np.float32)
        trunk(batch[..., np.newaxis], training=True)


def _name(
    layer: Any, vectors: Sequence[Floats], teaching: Sequence[Example], names: Sequence[str], recipe: Recipe
) -> None:
    """Fit the genre layer on finished vectors; slices of a song share its weight."""
    named = [i for i, song in enumerate(teaching) if song.genres]
    task = tasks(teaching, names, np.zeros((len(teaching), 1), np.float32))["genre"]
    counts = [len(vectors[i]) for i in named]
    x = np.concatenate([vectors[i] for i in named])
    y = np.repeat(task.targets[named], counts, axis=0)
    weights = np.repeat(1 / np.sqrt(counts), counts)
    reader = keras.Sequential([keras.Input((DIMENSIONS,)), layer])
    reader.compile(keras.optimizers.AdamW(GENRE_RATE, weight_decay=0.05), "categorical_crossentropy")
    keras.utils.set_random_seed(recipe.seed)
    reader.fit(x, y, sample_weight=weights / weights.mean(), batch_size=64, epochs=GENRE_ROUNDS, verbose=0)
