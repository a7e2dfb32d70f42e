"""How a network is taught, as data.

The published recipe was RMSprop at 0.001 with batches of 128, on 120,000 slices. Our corpora have 3,500: with that
recipe the network made a thirtieth of the steps and told pop, rock and classical only. Batches of 32 at 0.0003 raised,
on the validation artists, right genres from 40 to 50 % and nearest neighbours that share a genre from 44 to 60 %.

``kin`` is taught several tasks at once, see ``kinship``; when to stop is chosen on the validation artists, by whether
neighbours are of one artist.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import keras

from embedder.spectrogram import AudioSettings
from embedder.training.architectures import ARCHITECTURES
from embedder.training.dataset import Batches, Progress
from embedder.training.precision import PLAIN, computing_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What is chosen before training begins."""

    architecture: str = "seed"
    batch: int = 32  # slices
    epochs: int = 20  # at most
    patience: int | None = 3  # epochs without a better validation, then the best weights are taken; None: never
    optimizer: str = "RMSprop"
    rate: float = 3e-4  # of the optimizer, at its highest
    seed: int = 1
    tasks: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))  # importance; empty: genre alone
    piece: int = 256  # frames heard at once while several tasks are taught
    varied: bool = True  # whether pieces are augmented
    mixed: float = 0.0  # share of the pieces that sound together with another
    averaged: bool = True  # whether the weights are averaged over the steps
    known: int = 80  # dimensions of the vector that tell what statistics know; the others, what was learnt

    @property
    def kindred(self) -> bool:
        """Whether songs without a genre teach as well."""
        return bool(self.tasks)


TASKS = MappingProxyType(
    {"genre": 1.0, "quadrant": 0.5, "cluster": 0.5, "felt": 1.0, "statistics": 1.0, "artist": 0.5, "album": 0.25}
)
RECIPES: Mapping[str, Recipe] = MappingProxyType(
    {
        "seed": Recipe(),
        "kin": Recipe(
            architecture="kin",
            batch=64,
            epochs=40,
            patience=10,
            optimizer="AdamW",
            rate=2e-3,
            tasks=TASKS,
            piece=128,
            mixed=0.4,
        ),
    }
)


def recipe_of(architecture: str, seed: int, epochs: int | None = None) -> Recipe:
    """Return the recipe by which an architecture is taught; raises KeyError for one that we do not know.

    ``epochs``: at most so many, in place of the recipe's own.
    """
    chosen = RECIPES[architecture]
    return replace(chosen, seed=seed, epochs=epochs or chosen.epochs)


History = dict[str, list[float]]  # "loss", "accuracy", and with validation "val_loss", "val_accuracy": one an epoch


def fit(model: keras.Model, teaching: Batches, checking: Batches | None, recipe: Recipe, progress: Progress) -> History:
    """Teach a network in place and return how it went.

    ``checking`` decides when to stop; without it, the training loss does. Slices count as right where their
    likeliest genre is the first of the likeliest targets.
    """
    model.compile(
        optimizer=keras.optimizers.RMSprop(recipe.rate),
        loss=keras.losses.CategoricalCrossentropy(),
        metrics=[keras.metrics.CategoricalAccuracy(name="accuracy")],
    )
    stop = keras.callbacks.EarlyStopping(
        monitor="loss" if checking is None else "val_loss",
        patience=recipe.epochs if recipe.patience is None else recipe.patience,
        restore_best_weights=True,
    )
    history = model.fit(
        teaching,
        validation_data=checking,
        epochs=recipe.epochs,
        callbacks=[stop, Told(recipe.epochs, progress)],
        verbose=0,
    )
    return {name: [float(value) for value in values] for name, values in history.history.items()}


def untrained(recipe: Recipe, audio: AudioSettings, genres: int, policy: str = PLAIN) -> keras.Model:
    """Return the recipe's network with weights that depend on the recipe's seed only.

    ``policy``: in which numbers it computes, see ``precision``. What it says is float32 in any case.
    """
    keras.utils.set_random_seed(recipe.seed)
    with computing_in(policy):
        return ARCHITECTURES[recipe.architecture](audio, genres)


class Told(keras.callbacks.Callback):  # type: ignore[misc]
    """Passes on how far training is."""

    def __init__(self, epochs: int, progress: Progress) -> None:
        super().__init__()
        self._epochs, self._progress, self._epoch = epochs, progress, 0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002 - Keras calls it so
        """Keep count."""
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:  # noqa: ARG002
        """Tell."""
        steps = self.params["steps"]
        self._progress("training", (self._epoch + (batch + 1) / steps) / self._epochs)

    def on_train_end(self, logs: Any = None) -> None:  # noqa: ARG002
        """Tell that it is over."""
        self._progress("training", 1.0)
