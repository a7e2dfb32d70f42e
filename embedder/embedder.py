"""From blocks of sound to a song's vector and labels, in bounded memory."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from embedder.bundle import Bundle
from embedder.pooling import song_vector
from embedder.spectrogram import Image, Samples, silent, stream
from songs.errors import AudioSilent, AudioTooShort
from songs.labels import Feature, Labels
from songs.song import Embedding
from songs.vectors import Vectors

BATCH = 16  # slices that go through the network together: 82 s of sound, 4 MB of images, 70 MB inside

Progress = Callable[[float], None]  # told how many seconds have been heard


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Heard:
    """What the embedder made of a recording."""

    embedding: Embedding
    labels: Labels  # genre, and features["duration"]
    duration: float  # seconds, as heard


class Embedder:
    """A bundle at work. It keeps nothing between songs and gives the same answer to the same sound."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle

    def __call__(self, blocks: Iterable[Samples], progress: Progress | None = None) -> Heard:
        """Hear a recording.

        Slices that hold nothing but silence are left out: they say nothing of the song.

        Parameters
        ----------
        blocks : iterable of np.ndarray, shape=(n,), float32 in [-1, 1]
            Mono, at the bundle's ``audio.sample_rate``; of any sizes.
        progress : callable, optional
            Called with the seconds heard so far, after every block.

        Raises
        ------
        AudioSilent
            If there is sound of some length, but not one slice with anything in it.
        AudioTooShort
            If the recording does not fill one slice.
        Exception
            What the blocks themselves raise.
        """
        audio = self._bundle.audio
        meter = _Meter(blocks, audio.sample_rate, progress)
        vectors, starts = self._slices(stream(meter, audio))
        if meter.samples and not meter.sounding:
            raise AudioSilent(meter.seconds)
        if meter.samples < audio.slice_samples:
            raise AudioTooShort(meter.seconds, audio.slice_seconds)
        if not starts:
            raise AudioSilent(meter.seconds)
        embedding = Embedding(
            model=self._bundle.model,
            vector=song_vector(vectors),
            slice_vectors=vectors,
            slice_starts=np.asarray(starts, dtype=np.float32),
        )
        duration = Feature(meter.seconds, 1.0, "signal")
        labels = Labels(genre=self._bundle.genre(vectors), features={"duration": duration})
        return Heard(embedding=embedding, labels=labels, duration=meter.seconds)

    def _slices(self, images: Iterator[Image]) -> tuple[Vectors, list[float]]:
        """Return the vectors of the slices that hold sound, and when each begins (seconds)."""
        vectors, starts = [], list[float]()
        seen = 0
        while batch := list(islice(images, BATCH)):
            stacked = np.stack(batch)
            sounding = np.flatnonzero(~silent(stacked))
            vectors.append(self._bundle.network(stacked[sounding]))
            starts += [float(seen + i) * self._bundle.audio.slice_seconds for i in sounding]
            seen += len(batch)
        return np.concatenate(vectors) if vectors else np.empty((0, 0), dtype=np.float32), starts


class _Meter:
    """Passes blocks on and keeps count of them."""

    def __init__(self, blocks: Iterable[Samples], sample_rate: int, progress: Progress | None) -> None:
        self._blocks, self._sample_rate, self._progress = blocks, sample_rate, progress
        self.samples = 0
        self.sounding = False  # whether any sample was not zero

    @property
    def seconds(self) -> float:
        return self.samples / self._sample_rate

    def __iter__(self) -> Iterator[Samples]:
        for block in self._blocks:
            self.samples += len(block)
            self.sounding = self.sounding or bool(block.any())
            yield block
            if self._progress is not None:
                self._progress(self.seconds)
