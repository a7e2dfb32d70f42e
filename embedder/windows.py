"""Slices spread over a recording: what its vector needs, so that a long song costs no more than a short one.

Where libsndfile can be trusted to seek to a sample and to know the length, only the windows are decoded. Elsewhere
(formats of FFmpeg, headers that lie, damage) the recording is decoded twice: to count its slices, then to cut them out.
A recording of no more slices than are wanted is decoded once, and given whole.
"""

import logging
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from embedder.audio import RATES, Stream, mixed, open_audio, opened, resampled
from embedder.decoders import Broken, Sought, sought
from embedder.gauge import Gauge
from embedder.settings import AudioSettings, Samples
from embedder.spread import SPREAD, Whole, spread
from embedder.spread import Windows as Windows
from songs.errors import AudioSilent, AudioTooLong, AudioTooShort

LEAD = 9216  # samples decoded in front of a window: 8 frames of MP3, whose bits may lie that far ahead
TAIL = 2048  # samples decoded after one, and at the end to prove the length: more than the resampler looks ahead

_log = logging.getLogger(__name__)


def read_windows(path: Path, audio: AudioSettings, max_seconds: float, at_most: int = SPREAD) -> Windows | Whole:
    """Read evenly spread windows of a recording, on the grid of its slices; all of it where these would be all slices.

    Their images are those of ``stream`` over the whole recording, but for the noise of a decoder that was sent to the
    middle of a file. All of them are in memory, 0.46 MB each, and nothing else of the recording. A short one has also
    its last, partial slice, and its levels.

    Parameters
    ----------
    max_seconds : float
        A longer recording fails, by what is really there.
    at_most : int
        How many windows; 16 keep the vector of a song of 1 to 4 minutes at a cosine of 0.99 to the whole song's.

    Raises
    ------
    AudioTooShort, AudioSilent
        If the recording does not fill one slice. Windows are not looked into, so silent ones come back as they are.
    AudioError
        As ``open_audio`` and its stream raise them; what lies between the windows is not looked into.
    """
    try:
        return _sought(path, audio, max_seconds, at_most)
    except Broken as why:
        _log.debug("%s: not sought, since %s", path, why)
        return _streamed(path, audio, max_seconds, at_most)


def _sought(path: Path, audio: AudioSettings, max_seconds: float, at_most: int) -> Windows:
    with opened(path) as handle, sought(handle) as file:
        if not RATES[0] <= file.rate <= RATES[1]:
            raise Broken(f"its sample rate would be {file.rate} Hz")
        samples = math.floor(file.frames * audio.sample_rate / file.rate + 0.5)  # as soxr rounds
        total = samples // audio.slice_samples
        if total <= at_most:
            raise Broken("all of it is wanted")  # then the whole stream is, and what is wrong with it is found
        for _ in file.blocks(max(0, file.frames - TAIL), file.frames):
            pass  # the length is true if its end can be read
        if file.frames > max_seconds * file.rate:
            raise AudioTooLong(file.frames / file.rate, max_seconds)
        windows = _empty(spread(total, at_most), audio)
        for run in _runs(tuple(windows), file.rate, audio):
            start, blocks = _run(file, run, audio)
            _fill({index: windows[index] for index in run}, blocks, start, audio)
        return Windows(
            indices=tuple(windows), total=total, duration=samples / audio.sample_rate, file_rate=file.rate,
            channels=file.channels, samples=tuple(windows.values()),
        )  # fmt: skip


def _runs(indices: Sequence[int], file_rate: int, audio: AudioSettings) -> list[list[int]]:
    """Group slices that are read in one go, since the gap between them is no longer than a new start."""
    longest = (LEAD + TAIL) * audio.sample_rate / file_rate + audio.window_samples
    runs = [[indices[0]]]
    for index in indices[1:]:
        if (index - runs[-1][-1]) * audio.slice_samples <= longest:
            runs[-1].append(index)
        else:
            runs.append([index])
    return runs


def _run(file: Sought, run: Sequence[int], audio: AudioSettings) -> tuple[int, Iterator[Samples]]:
    """Return the number of the first sample at our rate, and blocks from there to the end of the run's last window."""
    ours, theirs = audio.sample_rate, file.rate
    first = run[0] * audio.slice_samples - audio.n_fft // 2
    last = run[-1] * audio.slice_samples - audio.n_fft // 2 + audio.window_samples
    together = ours // math.gcd(ours, theirs)  # every so many samples, one of ours falls on one of theirs
    start = max(0, first - math.ceil(LEAD * ours / theirs)) // together * together
    begin, end = start * theirs // ours, min(file.frames, math.ceil(last * theirs / ours) + TAIL)

    def mono() -> Iterator[Samples]:
        heard = begin
        for block in file.blocks(begin, end):
            yield mixed(block, heard)
            heard += len(block.samples)

    return start, resampled(mono(), theirs, ours)


def _streamed(path: Path, audio: AudioSettings, max_seconds: float, at_most: int) -> Windows | Whole:
    with open_audio(path, audio.sample_rate, max_seconds) as sound:
        begun = _begun(sound, audio.slice_samples * (at_most + 1))
        file_rate, channels = sound.file_rate, sound.channels
    seconds, total = begun.samples / audio.sample_rate, begun.samples // audio.slice_samples
    if not total:
        silent = not any(block.any() for block in begun.blocks)
        raise AudioSilent(seconds) if begun.samples and silent else AudioTooShort(seconds, audio.slice_seconds)
    if total <= at_most:
        return Whole(
            total=total, duration=seconds, file_rate=file_rate, channels=channels,
            blocks=tuple(begun.blocks), levels=begun.gauge.levels(),
        )  # fmt: skip
    windows = _empty(spread(total, at_most), audio)
    with open_audio(path, audio.sample_rate, max_seconds) as sound:
        _fill(windows, sound, 0, audio)
    return Windows(
        indices=tuple(windows), total=total, duration=seconds, file_rate=file_rate, channels=channels,
        samples=tuple(windows.values()),
    )  # fmt: skip


@dataclass(slots=True)
class _Begun:
    """A stream that was read to its end, and what it held where that was little."""

    gauge: Gauge
    blocks: list[Samples] = field(default_factory=list)  # all, or none
    samples: int = 0
    long: bool = False

    def tap(self, samples: Samples) -> None:
        """Measure what may be needed."""
        if not self.long:
            self.gauge(samples)


def _begun(sound: Stream, too_many: int) -> _Begun:
    """Read a stream to its end, and keep it unless it holds ``too_many`` samples."""
    begun = _Begun(Gauge(sound))
    for block in sound.tapped(begun.tap):
        begun.samples += block.size
        if not begun.long:
            begun.blocks.append(block)
        if begun.samples >= too_many:
            begun.long = True
            begun.blocks.clear()
    return begun


def _empty(indices: Iterable[int], audio: AudioSettings) -> dict[int, Samples]:
    """Return windows of zeros, which is what stands before the start of a recording and after its end."""
    return {index: np.zeros(audio.window_samples, dtype=np.float32) for index in indices}


def _fill(windows: Mapping[int, Samples], blocks: Iterable[Samples], start: int, audio: AudioSettings) -> int:
    """Copy into windows what they see of blocks, which begin at sample ``start``; return where these end."""
    at, step, early = start, audio.slice_samples, audio.n_fft // 2  # windows begin so much before their slice
    for block in blocks:
        first, last = (at + early - audio.window_samples) // step, (at + early + block.size) // step
        for index in range(first, last + 1):
            window = windows.get(index)
            if window is None:
                continue
            offset = index * step - early - at  # of the window, in the block
            begin, end = max(offset, 0), min(offset + window.size, block.size)
            if begin < end:
                window[begin - offset : end - offset] = block[begin:end]
        at += block.size
    return at
