"""From a path to everything that one ingest commits, but for the store."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from embedder import bundle
from embedder.embedder import Embedder, Heard
from embedder.spectrogram import AudioSettings
from embedder.spread import Windows
from songs.song import Tags
from worker.decoder import Decoder, Decoding

Progress = Callable[[float], None]  # told how much was heard so far: seconds, of windows their share


@dataclass(frozen=True, slots=True)
class Listened:
    """What was heard, and what the file says of itself."""

    heard: Heard
    tags: Tags
    sample_rate: int  # Hz, of the file
    channels: int
    whole: bool = True  # else a few windows of it were heard


@dataclass(frozen=True, slots=True)
class Listener:
    """Decodes in a child, embeds here; bounded memory however long the recording."""

    model: str  # version of the bundle
    decoder: Decoder
    embedder: Embedder
    audio: AudioSettings  # of the bundle

    def __call__(self, path: str, progress: Progress = lambda _: None) -> Listened:
        """Listen to a file; raises the typed AudioError that says what is wrong with it."""
        return self._all(self.decoder.open(path), progress)

    def embed(self, path: str) -> Listened:
        """Listen to a file for its vectors alone, which is quicker; raises the typed AudioError."""
        decoding = self.decoder.open(path, measured=False)
        return _listened(self.embedder.embed(decoding), decoding)

    def preview(self, path: str, progress: Progress = lambda _: None) -> Listened:
        """Listen to a few spread windows of a file, to all of a short one; raises the typed AudioError.

        ``progress`` is told the share that was heard, 0 to 1.
        """
        decoding = self.decoder.windows(path, self.audio)
        facts, spread = decoding.facts, decoding.spread
        if facts is None or spread is None:
            raise RuntimeError("windows begin with their facts")
        if spread.whole:
            return self._all(decoding, lambda seconds: progress(min(1.0, seconds / spread.duration)))
        windows = Windows(
            indices=spread.indices,
            total=spread.total,
            duration=spread.duration,
            file_rate=facts.file_rate,
            channels=facts.channels,
            samples=tuple(_shared(decoding, len(spread.indices), progress)),  # to the end: the child is free again
        )
        return replace(_listened(self.embedder.preview(windows), decoding), whole=False)

    def _all(self, decoding: Decoding, progress: Progress) -> Listened:
        blocks = _counted(decoding, self.decoder.sample_rate, progress)
        return _listened(self.embedder(blocks, levels=lambda: decoding.levels), decoding)


def open_listener(folder: Path | None, max_seconds: float) -> Listener:
    """Return ears with a bundle (``None``: the shipped one); close ``decoder`` after use.

    Raises
    ------
    BundleRefused
        Where the folder does not hold a bundle that this version reads.
    """
    loaded = bundle.load(folder or bundle.shipped())
    decoder = Decoder(loaded.audio.sample_rate, max_seconds)
    return Listener(loaded.model, decoder, Embedder(loaded), loaded.audio)


def _listened(heard: Heard, decoding: Decoding) -> Listened:
    facts = decoding.facts
    if facts is None:
        raise RuntimeError("a decoding begins with its facts")
    return Listened(heard, facts.tags, facts.file_rate, facts.channels)


def _counted(decoding: Decoding, rate: int, progress: Progress) -> Iterator[npt.NDArray[np.float32]]:
    samples = 0
    for block in decoding:
        samples += len(block)
        progress(samples / rate)
        yield block


def _shared(decoding: Decoding, count: int, progress: Progress) -> Iterator[npt.NDArray[np.float32]]:
    for done, window in enumerate(decoding, start=1):
        progress(min(1.0, done / count))
        yield window
