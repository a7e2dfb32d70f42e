"""From blocks of sound to a song's vector and labels, in bounded memory."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from embedder.bundle import Bundle
from embedder.descriptors.analyser import Analyser, Described
from embedder.descriptors.loudness import Levels
from embedder.pooling import song_vector
from embedder.settings import Evidence
from embedder.spectrogram import Image, Samples, Tap, image, silent, stream
from embedder.spread import Windows
from songs.errors import AudioSilent, AudioTooShort
from songs.labels import Feature, Labels
from songs.song import Embedding
from songs.structure import Structure
from songs.vectors import Vectors

BATCH = 16  # slices that go through the network together: 82 s of sound, 4 MB of images, 70 MB inside

Progress = Callable[[float], None]  # told how many seconds have been heard


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Heard:
    """What the embedder made of a recording."""

    embedding: Embedding
    labels: Labels  # of the heads, and features["duration"]; signal features where all of it was heard and described
    duration: float  # seconds, as heard
    structure: Structure | None = None  # likewise


class Embedder:
    """A bundle at work. It keeps nothing between songs and gives the same answer to the same sound."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle

    def __call__(
        self,
        blocks: Iterable[Samples],
        progress: Progress | None = None,
        levels: Callable[[], Levels | None] = lambda: None,
    ) -> Heard:
        """Hear a recording and describe it.

        Slices that hold nothing but silence are left out: they say nothing of the song.

        Parameters
        ----------
        blocks : iterable of np.ndarray, shape=(n,), float32 in [-1, 1]
            Mono, at the bundle's ``audio.sample_rate``; of any sizes.
        progress : callable, optional
            Called with the seconds heard so far, after every block.
        levels : callable, optional
            Asked after the last block how loud the recording was, which its mono mix does not tell.

        Raises
        ------
        AudioSilent
            If there is sound of some length, but not one slice with anything in it.
        AudioTooShort
            If the recording does not fill one slice.
        Exception
            What the blocks themselves raise.
        """
        analyser = Analyser(self._bundle.audio)
        heard = self._whole(blocks, progress, analyser.feed)
        described = analyser.result(heard.duration, levels())
        return replace(heard, labels=_merged(heard.labels, described), structure=described.structure)

    def embed(self, blocks: Iterable[Samples], progress: Progress | None = None) -> Heard:
        """Hear a recording for its vectors; as ``__call__``, but that its signal is not described."""
        return self._whole(blocks, progress, None)

    def preview(self, windows: Windows) -> Heard:
        """Hear a recording by some of its slices: the same as hearing the whole, at a cosine of about 0.99.

        Raises
        ------
        AudioSilent
            If none of the windows has anything in it; between them there may be sound, if they are not all.
        Exception
            What ``windows.samples`` raises while it is iterated.
        """
        heard = self._slices(image(window, self._bundle.audio) for window in windows.samples)
        return self._heard(heard, [windows.indices[place] for place in heard.sounding], windows.duration)

    def _whole(self, blocks: Iterable[Samples], progress: Progress | None, tap: Tap | None) -> Heard:
        audio = self._bundle.audio
        count = _Count(blocks, audio.sample_rate, progress)
        heard = self._slices(stream(count, audio, tap))
        if count.samples and not count.sounding:
            raise AudioSilent(count.seconds)
        if count.samples < audio.slice_samples:
            raise AudioTooShort(count.seconds, audio.slice_seconds)
        return self._heard(heard, heard.sounding, count.seconds)

    def _slices(self, images: Iterator[Image]) -> "_Slices":
        """Hear the images that hold sound."""
        vectors, sounding = [], list[int]()
        total = np.zeros(self._bundle.network.evidence, dtype=np.float64)
        seen = 0
        while batch := list(islice(images, BATCH)):
            stacked = np.stack(batch)
            chosen = np.flatnonzero(~silent(stacked))
            own, evidence = self._bundle.network.hear(stacked if len(chosen) == len(stacked) else stacked[chosen])
            vectors.append(own)
            total += evidence.sum(axis=0, dtype=np.float64)
            sounding += [seen + int(i) for i in chosen]
            seen += len(batch)
        mean = (total / max(len(sounding), 1)).astype(np.float32)
        return _Slices(np.concatenate(vectors) if vectors else np.empty((0, 0), dtype=np.float32), mean, sounding)

    def _heard(self, heard: "_Slices", slices: Sequence[int], seconds: float) -> Heard:
        """Put together what sounding slices say, given the numbers of those slices."""
        if not slices:
            raise AudioSilent(seconds)
        embedding = Embedding(
            model=self._bundle.model,
            vector=song_vector(heard.vectors),
            slice_vectors=heard.vectors,
            slice_starts=np.asarray(slices, dtype=np.float32) * np.float32(self._bundle.audio.slice_seconds),
        )
        told = self._bundle.heads(heard.evidence)
        labels = replace(told, features={**told.features, "duration": Feature(seconds, 1.0, "signal")})
        return Heard(embedding=embedding, labels=labels, duration=seconds)


@dataclass(frozen=True, slots=True, eq=False)
class _Slices:
    """What was heard in the slices that hold sound."""

    vectors: Vectors  # (n, dimensions)
    evidence: Evidence  # (d,), their mean
    sounding: list[int]  # which slices they are


def _merged(labels: Labels, described: Described) -> Labels:
    """Add what the signal tells to what the heads tell; where both know a feature, the algorithm is believed."""
    return replace(labels, features={**labels.features, **described.features})


class _Count:
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
