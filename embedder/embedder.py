"""From blocks of sound to a song's vector and labels, in bounded memory."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from embedder.bundle import Bundle
from embedder.pooling import song_vector
from embedder.spectrogram import Image, Samples, image, silent, stream
from embedder.spread import Windows
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
        vectors, sounding = self._slices(stream(meter, audio))
        if meter.samples and not meter.sounding:
            raise AudioSilent(meter.seconds)
        if meter.samples < audio.slice_samples:
            raise AudioTooShort(meter.seconds, audio.slice_seconds)
        return self._heard(vectors, sounding, meter.seconds)

    def preview(self, windows: Windows) -> Heard:
        """Hear a recording by some of its slices: the same as hearing the whole, at a cosine of about 0.99.

        Raises
        ------
        AudioSilent
            If none of the windows has anything in it; between them there may be sound, if they are not all.
        Exception
            What ``windows.samples`` raises while it is iterated.
        """
        vectors, sounding = self._slices(image(window, self._bundle.audio) for window in windows.samples)
        return self._heard(vectors, [windows.indices[place] for place in sounding], windows.duration)

    def _slices(self, images: Iterator[Image]) -> tuple[Vectors, list[int]]:
        """Return the vectors of the images that hold sound, and which they are."""
        vectors, sounding = [], list[int]()
        seen = 0
        while batch := list(islice(images, BATCH)):
            stacked = np.stack(batch)
            chosen = np.flatnonzero(~silent(stacked))
            vectors.append(self._bundle.network(stacked if len(chosen) == len(stacked) else stacked[chosen]))
            sounding += [seen + int(i) for i in chosen]
            seen += len(batch)
        return np.concatenate(vectors) if vectors else np.empty((0, 0), dtype=np.float32), sounding

    def _heard(self, vectors: Vectors, slices: Sequence[int], seconds: float) -> Heard:
        """Put together what vectors of sounding slices say, given the numbers of those slices."""
        if not slices:
            raise AudioSilent(seconds)
        embedding = Embedding(
            model=self._bundle.model,
            vector=song_vector(vectors),
            slice_vectors=vectors,
            slice_starts=np.asarray(slices, dtype=np.float32) * np.float32(self._bundle.audio.slice_seconds),
        )
        labels = Labels(genre=self._bundle.genre(vectors), features={"duration": Feature(seconds, 1.0, "signal")})
        return Heard(embedding=embedding, labels=labels, duration=seconds)


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
