"""The networks that can be trained, by name. A new one is one more function and one more line in ``ARCHITECTURES``."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

import keras
from keras import layers

from embedder.spectrogram import AudioSettings
from songs.vectors import DIMENSIONS

EMBEDDING, GENRE = "embedding", "genre"  # layers that every architecture has: what is kept, what is cut off

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
    x = layers.Dense(DIMENSIONS, activation="elu", name=EMBEDDING)(layers.Flatten()(x))
    x = layers.Dropout(0.5)(x)
    return keras.Model(images, layers.Dense(genres, activation="softmax", name=GENRE)(x), name="seed")


ARCHITECTURES: Mapping[str, Architecture] = MappingProxyType({"seed": seed})
