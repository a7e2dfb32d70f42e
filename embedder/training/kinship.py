"""Teaching several tasks at once, and for ``kin`` one linear map over what was learnt and what statistics know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import layers

from embedder.spectrogram import AudioSettings
from embedder.training import architectures
from embedder.training.dataset import Example, Progress, load_images
from embedder.training.fusion import beside, principal
from embedder.training.objectives import losses, with_heads
from embedder.training.pieces import Pieces
from embedder.training.precision import fastest
from embedder.training.recipe import History, Recipe, Told, untrained
from embedder.training.statistics import FAMILIES, Statistics
from embedder.training.stopping import Stopping
from embedder.training.tasks import Task, tasks
from songs.vectors import DIMENSIONS

EVENED_KNOWN, EVENED_LEARNT = 0.8, 0.5  # how far the axes of the two halves of the vector are evened out
WHITE = 64  # principal axes of the statistics that the network must tell
GENRE_ROUNDS, GENRE_RATE = 30, 3e-3
SETTLING, TOGETHER = 25, 48  # batches, and slices in each, on which normalisations are measured anew

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Material:
    """What a network is taught with."""

    teaching: Sequence[Example]  # their genres are among the names
    checking: Sequence[Example]  # by other artists, to decide when to stop; where there are none, all epochs are taught
    names: Sequence[str]  # genres


def teach(recipe: Recipe, audio: AudioSettings, material: Material, progress: Progress) -> tuple[keras.Model, History]:
    """Return a taught network and how it went; a song without a genre teaches what else is known of it."""
    teaching, names = material.teaching, material.names
    model = untrained(recipe, audio, len(names))
    known = _heard(Statistics(audio), teaching)
    white = principal(_songs(known), FAMILIES, WHITE, 0.0)(_songs(known))
    white /= white.std(axis=0) + 1e-6
    told = tasks(teaching, names, white)
    learner = _learner(model, recipe)
    twin = _learner(untrained(recipe, audio, len(names), fastest()), recipe)  # the same weights, in faster numbers
    history = _learn(twin, recipe, material, {name: told[name] for name in recipe.tasks}, progress)
    learner.set_weights(twin.get_weights())
    _settle(learner, teaching, recipe)
    vectors = _heard(learner, teaching)
    if recipe.architecture == "kin":
        vectors = _fused(model, recipe, known, vectors)
    _name(model.get_layer(architectures.GENRE), vectors, teaching, told["genre"], recipe)
    return model, history


def _learner(model: keras.Model, recipe: Recipe) -> keras.Model:
    """Return the part of a network that gradients reach."""
    if recipe.architecture == "kin":
        return model.get_layer(architectures.TRUNK)
    return keras.Model(model.inputs, model.get_layer(architectures.EMBEDDING).output)


def _fused(model: keras.Model, recipe: Recipe, known: Sequence[Floats], learnt: Sequence[Floats]) -> list[Floats]:
    """Set the embedding of ``kin`` and return the vectors that it then gives."""
    statistics = principal(_songs(known), FAMILIES, recipe.known, EVENED_KNOWN)
    hearing = {"learnt": architectures.HEARD}
    fused = beside(statistics, principal(_songs(learnt), hearing, DIMENSIONS - recipe.known, EVENED_LEARNT))
    model.get_layer(architectures.EMBEDDING).set_weights([fused.matrix, fused.bias])
    return [fused(np.concatenate(both, axis=1)) for both in zip(known, learnt, strict=True)]


def _heard(layer: Any, songs: Sequence[Example]) -> list[Floats]:
    """Return what a layer makes of every slice of every song."""
    reader = keras.Sequential([layer])
    return [np.asarray(reader(load_images(song)[..., np.newaxis], training=False)) for song in songs]


def _songs(slices: Sequence[Floats]) -> Floats:
    return np.stack([own.mean(axis=0) for own in slices])


def _learn(
    learner: keras.Model, recipe: Recipe, material: Material, taught: Mapping[str, Task], progress: Progress
) -> History:
    """Teach the learner in place: AdamW on a falling rate, weights averaged over the steps."""
    pieces = Pieces(material.teaching, taught, recipe)
    model = keras.Model(learner.inputs, with_heads(learner.output, taught))
    steps = len(pieces) * recipe.epochs
    rate = keras.optimizers.schedules.CosineDecay(
        recipe.rate / 10, steps, alpha=0.1, warmup_target=recipe.rate, warmup_steps=max(steps // 12, 1)
    )
    momentum = {"use_ema": True, "ema_momentum": min(0.995, 1 - 5 / (steps + 5))} if recipe.averaged else {}
    model.compile(
        optimizer=keras.optimizers.AdamW(rate, weight_decay=0.02, clipnorm=5.0, **momentum),
        loss=losses(taught),
        loss_weights=dict(recipe.tasks),
        weighted_metrics={"genre": [keras.metrics.CategoricalAccuracy(name="accuracy")]} if "genre" in taught else None,
    )
    stopping = Stopping(learner, material.checking, recipe.patience)
    averages = [keras.callbacks.SwapEMAWeights(swap_on_epoch=True)] if recipe.averaged else []
    callbacks = [*averages, stopping, Told(recipe.epochs, progress)]
    told = model.fit(pieces, epochs=recipe.epochs, callbacks=callbacks, verbose=0).history
    stopping.take_best()
    history = {name.replace("genre_accuracy", "accuracy"): [float(v) for v in values] for name, values in told.items()}
    return {**history, **stopping.history}


def _settle(learner: keras.Model, teaching: Sequence[Example], recipe: Recipe) -> None:
    """Measure the normalisations of the averaged weights anew, on whole and clean slices."""
    random = np.random.default_rng(recipe.seed)
    for layer in learner.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.momentum = 0.9
    for _ in range(SETTLING):
        drawn = random.choice(len(teaching), min(TOGETHER, len(teaching)), replace=False)
        images = [np.load(teaching[song].images, mmap_mode="r") for song in drawn]
        batch = np.stack([own[random.integers(len(own))] for own in images]).astype(np.float32)
        learner(batch[..., np.newaxis], training=True)


def _name(layer: Any, vectors: Sequence[Floats], teaching: Sequence[Example], task: Task, recipe: Recipe) -> None:
    """Fit the genre layer on finished vectors; slices of a song share its weight."""
    named = [i for i, song in enumerate(teaching) if song.genres]
    counts = [len(vectors[i]) for i in named]
    x = np.concatenate([vectors[i] for i in named])
    y = np.repeat(task.targets[named], counts, axis=0)
    weights = np.repeat(1 / np.sqrt(counts), counts)
    reader = keras.Sequential([keras.Input((DIMENSIONS,)), layer])
    reader.compile(keras.optimizers.AdamW(GENRE_RATE, weight_decay=0.05), "categorical_crossentropy")
    keras.utils.set_random_seed(recipe.seed)
    reader.fit(x, y, sample_weight=weights / weights.mean(), batch_size=64, epochs=GENRE_ROUNDS, verbose=0)


def shortened(recipe: Recipe, history: History) -> Recipe:
    """Return the recipe for teaching again with nobody to check: as many epochs as served best the first time."""
    if "best_epoch" in history:
        return replace(recipe, patience=None, epochs=int(history["best_epoch"][0]))
    if "val_loss" in history:  # what the seed's recipe stops by
        return replace(recipe, patience=None, epochs=int(np.argmin(history["val_loss"])) + 1)
    return recipe
