"""From a path to everything that one ingest commits, but for the store."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from embedder import bundle
from embedder.embedder import Embedder, Heard
from songs.song import Tags
from worker.decoder import Decoder, Decoding

Progress = Callable[[float], None]  # seconds of audio heard so far


@dataclass(frozen=True, slots=True)
class Listened:
    """What was heard, and what the file says of itself."""

    heard: Heard
    tags: Tags
    sample_rate: int  # Hz, of the file
    channels: int


@dataclass(frozen=True, slots=True)
class Listener:
    """Decodes in a child, embeds here; bounded memory however long the recording."""

    model: str  # version of the bundle
    decoder: Decoder
    embedder: Embedder

    def __call__(self, path: str, progress: Progress = lambda _: None) -> Listened:
        """Listen to a file; raises the typed AudioError that says what is wrong with it."""
        decoding = self.decoder.open(path)
        heard = self.embedder(_counted(decoding, self.decoder.sample_rate, progress))
        facts = decoding.facts
        if facts is None:
            raise RuntimeError("a decoding begins with its facts")
        return Listened(heard, facts.tags, facts.file_rate, facts.channels)


def open_listener(folder: Path | None, max_seconds: float) -> Listener:
    """Return ears with a bundle (``None``: the shipped one); close ``decoder`` after use.

    Raises
    ------
    BundleRefused
        Where the folder does not hold a bundle that this version reads.
    """
    loaded = bundle.load(folder or bundle.shipped())
    return Listener(loaded.model, Decoder(loaded.audio.sample_rate, max_seconds), Embedder(loaded))


def _counted(decoding: Decoding, rate: int, progress: Progress) -> Iterator[npt.NDArray[np.float32]]:
    samples = 0
    for block in decoding:
        samples += len(block)
        progress(samples / rate)
        yield block
