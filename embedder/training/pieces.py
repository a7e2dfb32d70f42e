"""What is heard while a network learns: batches of varied pieces with all that is known of their songs."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from embedder.spectrogram import Image, Images
from embedder.training import augment
from embedder.training.dataset import Example
from embedder.training.recipe import Recipe
from embedder.training.tasks import Task

Floats = npt.NDArray[np.float32]


class Pieces(keras.utils.PyDataset):  # type: ignore[misc]
    """Batches of pieces, two of each song drawn; long songs are drawn more often, by the root of their length.

    An epoch hears as many pieces as there are slices. Batch i of epoch e depends on seed, e and i only.
    """

    def __init__(self, teaching: Sequence[Example], taught: Mapping[str, Task], recipe: Recipe) -> None:
        super().__init__(workers=2, max_queue_size=8)
        self._images = [np.load(song.images, mmap_mode="r") for song in teaching]
        self._taught, self._recipe, self._epoch = taught, recipe, 0
        odds = np.sqrt([song.slices for song in teaching])
        self._odds = odds / odds.sum()
        self._batches = math.ceil(sum(song.slices for song in teaching) / recipe.batch)

    def __len__(self) -> int:
        return self._batches

    def __getitem__(self, index: int) -> tuple[Any, Any, Any]:
        random = np.random.default_rng([self._recipe.seed, self._epoch, index])
        drawn = random.choice(len(self._images), self._recipe.batch // 2, p=self._odds)
        songs = np.repeat(drawn, 2)
        pieces = np.stack([self._piece(self._images[song], random) for song in songs])
        targets = {name: task.targets[songs] for name, task in self._taught.items()}
        weights = {name: task.weights[songs] for name, task in self._taught.items()}
        if self._recipe.mixed:
            pieces, targets, weights = self._mixed(pieces, targets, weights, random)
        return pieces[..., np.newaxis], targets, weights

    def on_epoch_end(self) -> None:
        """Vary anew."""
        self._epoch += 1

    def _piece(self, images: Images, random: np.random.Generator) -> Image:
        image = images[random.integers(len(images))]
        if self._recipe.varied:
            return augment.varied(image, self._recipe.piece, random)
        return augment.cut(image, self._recipe.piece, random)

    def _mixed(
        self, pieces: Images, targets: dict[str, Floats], weights: dict[str, Floats], random: np.random.Generator
    ) -> tuple[Images, dict[str, Floats], dict[str, Floats]]:
        """Let some pieces sound together with another of the batch; each teaches by its share."""
        n = len(pieces)
        other = random.permutation(n)
        share = np.where(random.random(n) < self._recipe.mixed, random.uniform(0.5, 1.0, n), 1.0).astype(np.float32)
        for i in np.flatnonzero(share < 1):
            pieces[i] = augment.together(pieces[i], pieces[other[i]], float(share[i]))
        told: dict[str, Floats] = {}
        counted: dict[str, Floats] = {}
        for name, target in targets.items():
            own, theirs = weights[name] * share, weights[name][other] * (1 - share)
            counted[name] = own + theirs
            both = target * own[:, None] + target[other] * theirs[:, None]
            told[name] = np.asarray(both / np.maximum(counted[name], 1e-6)[:, None], dtype=np.float32)
        return pieces, told, counted
