"""From a path to the explanation of one of its labels."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from embedder import bundle
from embedder.explain.explainer import Drawn, Excerpt, Explainer, Progress
from embedder.settings import AudioSettings
from embedder.spectrogram import image, stream
from songs.explanation import Explainable
from worker.decoder import Decoder


@dataclass(frozen=True, slots=True)
class Explaining:
    """Decodes in a child, explains here; bounded memory however long the recording."""

    model: str  # version of the bundle
    decoder: Decoder
    explainer: Explainer

    def __call__(
        self, path: str, label: Explainable, name: str | None = None, progress: Progress = lambda _, __: None
    ) -> Drawn:
        """Explain a label of a file.

        Parameters
        ----------
        name : str, optional
            A genre or mood; without one, the likeliest.

        Raises
        ------
        AudioError
            What is wrong with the file.
        Unexplainable
            The model tells no such label, or does not know the name.
        """
        return self.explainer(excerpt(self.decoder, path, self.explainer.audio), label, name, progress)


def open_explaining(folder: Path | None, max_seconds: float) -> Explaining:
    """Load a bundle (``None``: the shipped one) to explain it; close ``decoder`` after use. Raises BundleRefused."""
    loaded = bundle.load(folder or bundle.shipped())
    explainer = Explainer(loaded.audio, lambda images: loaded.network.hear(images)[1], loaded.heads)
    return Explaining(loaded.model, Decoder(loaded.audio.sample_rate, max_seconds), explainer)


def excerpt(decoder: Decoder, path: str, audio: AudioSettings) -> Excerpt:
    """Return all slices of a short recording, or 16 that are spread over a long one; raises a typed AudioError."""
    decoding = decoder.windows(path, audio)
    spread = decoding.spread
    if spread is None:
        raise RuntimeError("windows begin with where they stand")
    images = stream(decoding, audio) if spread.whole else (image(window, audio) for window in decoding)
    return Excerpt(np.stack(list(images)), spread.indices)
