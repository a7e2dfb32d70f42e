"""The networks that can be trained, by name. A new one is one more function and one more line in ``ARCHITECTURES``."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

import keras
from keras import layers, ops

from embedder.spectrogram import AudioSettings
from embedder.training.statistics import Statistics
from songs.vectors import DIMENSIONS

EMBEDDING, GENRE = "embedding", "genre"  # layers that every architecture has: what is kept, what is cut off
STATISTICS, TRUNK, EVIDENCE = "statistics", "trunk", "evidence"  # further layers of kin
HEARD = 128  # numbers that the trunk makes of an image

Architecture: TypeAlias = Callable[[AudioSettings, int], keras.Model]  # (audio, number of genres) -> untrained network


def seed(audio: AudioSettings, genres: int) -> keras.Model:
    """Build the network of the published dance-music recommender.

    Four times [convolution 2x2 in steps of 2, max-pool 2, ELU] with 64, 128, 256 and 512 filters, dense 128 ELU,
    dropout a half, softmax. It was published with ELU before the pool; ELU only grows, so the order changes no number,
    and a quarter of the work remains.

    Parameters
    ----------
    audio : AudioSettings
        Decides the size of the images, (mels, frames).
    genres : int
        Width of the softmax.

    Returns
    -------
    network : keras.Model
        Takes (n, mels, frames, 1) in [0, 1], gives (n, genres); not compiled.
    """
    images = keras.Input((audio.mels, audio.frames, 1), name="images")
    x = images
    for filters in (64, 128, 256, 512):
        x = layers.Conv2D(filters, 2, strides=2)(x)
        x = layers.MaxPooling2D(2)(x)
        x = layers.ELU()(x)
    x = layers.Dense(DIMENSIONS, activation="elu", name=EMBEDDING, dtype="float32")(layers.Flatten()(x))
    x = layers.Dropout(0.5, dtype="float32")(x)
    genre = layers.Dense(genres, activation="softmax", name=GENRE, dtype="float32")(x)
    return keras.Model(images, genre, name="seed")


def kin(audio: AudioSettings, genres: int) -> keras.Model:
    """Build a small convolutional network beside the statistics of the same image.

    The two are put together by one linear layer, the embedding, which ``fusion`` sets and no gradient reaches; so the
    mean of slices' vectors is the map of the mean of what was heard. Parameters as for ``seed``.
    """
    images = keras.Input((audio.mels, audio.frames, 1), name="images")
    learnt = trunk(audio)(images)
    known = Statistics(audio, name=STATISTICS, dtype="float32")(images)
    told = layers.Concatenate(name=EVIDENCE, dtype="float32")([known, learnt])
    x = layers.Dense(DIMENSIONS, name=EMBEDDING, trainable=False, dtype="float32")(told)
    genre = layers.Dense(genres, activation="softmax", name=GENRE, dtype="float32")(x)
    return keras.Model(images, genre, name="kin")


def trunk(audio: AudioSettings) -> keras.Model:
    """Build the learning half of ``kin``: images of any width to ``HEARD`` numbers, mean and peak over time.

    Steps of 4, 2, 2 and 2 with 32, 64, 96 and 160 filters, one residual convolution, by depth; the height stays until
    the end, for it matters where in the spectrum a pattern lies. A trunk of 2.4 times the work a slice, 128 filters and
    a full residual convolution, was no better: what counts is how many pieces are heard in the time.
    """
    images = keras.Input((audio.mels, None, 1))
    x = _convolved(images, 32, (8, 4), 4)
    x = _convolved(x, 64, 2, 2)
    x = _convolved(x, 96, 3, 2)
    x = layers.Add()([x, _convolved(_by_depth(x), 96, 1, 1)])
    x = _convolved(x, 160, 3, 2)
    flat = layers.Reshape((audio.mels // 32 * 160,))
    x = layers.Concatenate()([flat(ops.mean(x, axis=2)), flat(ops.max(x, axis=2))])
    x = layers.Dense(HEARD, dtype="float32")(layers.Dropout(0.3)(x))
    return keras.Model(images, layers.BatchNormalization(momentum=0.98, dtype="float32")(x), name=TRUNK)


def _convolved(x: Any, filters: int, size: int | tuple[int, int], step: int) -> Any:
    x = layers.Conv2D(filters, size, step, padding="same", use_bias=False, kernel_initializer="he_normal")(x)
    return layers.ReLU()(layers.BatchNormalization(momentum=0.98)(x))


def _by_depth(x: Any) -> Any:
    x = layers.DepthwiseConv2D(3, padding="same", use_bias=False)(x)
    return layers.BatchNormalization(momentum=0.98)(x)


ARCHITECTURES: Mapping[str, Architecture] = MappingProxyType({"seed": seed, "kin": kin})
