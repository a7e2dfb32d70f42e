"""The peer: a song as a plain program hears it, with librosa and Keras."""

from pathlib import Path

import keras
import librosa
import numpy as np

from embedder.bundle import Bundle
from embedder.spectrogram import AudioSettings, Images
from embedder.training.architectures import ARCHITECTURES


def images(path: Path, audio: AudioSettings) -> Images:
    """Return the images of a recording by librosa, shape=(n, mels, frames), in one spectrogram of the whole."""
    y, rate = librosa.load(path, sr=audio.sample_rate)
    mel = librosa.feature.melspectrogram(y=y, sr=rate, n_fft=audio.n_fft, hop_length=audio.hop, n_mels=audio.mels)
    decibels = librosa.power_to_db(mel, ref=np.max, top_db=audio.range_db)
    count = len(y) // audio.slice_samples
    scaled = (decibels[:, : count * audio.frames] / audio.range_db + 1).astype(np.float32)
    return np.ascontiguousarray(scaled.reshape(audio.mels, count, audio.frames).swapaxes(0, 1))


def network(bundle: Bundle) -> keras.Model:
    """Return a Keras network of the bundle's architecture; its weights, which do not change the cost, are random."""
    return ARCHITECTURES[bundle.facts.architecture](bundle.audio, len(bundle.facts.genres))
