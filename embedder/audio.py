"""A file of audio, streamed: mono blocks at the rate that the network hears; never a whole recording in memory."""

import errno
import itertools
import logging
import stat
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import numpy as np
import numpy.typing as npt
import soxr

from embedder.decoders import DECODERS, Block, Broken
from embedder.settings import Samples
from songs.errors import (
    AudioEmpty,
    AudioNotFinite,
    AudioNotFound,
    AudioNotReadable,
    AudioTooLong,
    AudioUndecodable,
)

RATES = (1_000, 1_600_000)  # Hz; outside, the header is wrong
LOUDEST = 1e12  # full scale is 1; squares of more overflow float32 and are as little a sound as infinity

Tap = Callable[[npt.NDArray[np.float32]], None]  # given samples (n, channels), to be used before it returns

_log = logging.getLogger(__name__)


def _nothing(_: npt.NDArray[np.float32]) -> None:
    """Look away."""


class Stream:
    """An open recording: iterate once over its blocks, then leave the ``with``.

    Attributes
    ----------
    file_rate : int
        Hz, as decoded (not as the header says).
    channels : int
        Channels of the file; their mean is what is heard.
    """

    def __init__(
        self, path: Path, first: Block, others: Iterator[Block], asked: tuple[int, float], held: ExitStack
    ) -> None:
        """Take over what ``open_audio`` opened; ``asked`` is (sample rate, longest seconds)."""
        self.file_rate = first.rate
        self.channels = int(first.samples.shape[1])
        self._path, self._held = path, held
        self._blocks = itertools.chain((first,), others)
        self._sample_rate, self._max_seconds = asked

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give file and decoder back."""
        self._held.close()

    def __iter__(self) -> Iterator[Samples]:
        """Yield mono float32 blocks at the asked rate, none of them empty.

        Raises
        ------
        AudioNotFinite
            At the first sample that is NaN, infinite or beyond ``LOUDEST``.
        AudioTooLong
            As soon as more than ``max_seconds`` have been decoded; headers are not asked.
        """
        yield from self.tapped(_nothing)

    def tapped(self, tap: Tap) -> Iterator[Samples]:
        """Yield and raise what iterating does; ``tap`` is given all samples of the file first, channels unmixed.

        What it is given is finite, at ``file_rate``, and may have other numbers of channels from some block on.
        """
        yield from resampled(self._mono(tap), self.file_rate, self._sample_rate)

    def _mono(self, tap: Tap) -> Iterator[Samples]:
        heard = 0  # samples of the file
        try:
            for block in self._blocks:
                if block.rate != self.file_rate:
                    _log.info("%s: the sample rate changes after %d samples; the rest is left", self._path, heard)
                    return
                mono = mixed(block, heard)
                heard += len(mono)
                if heard > self._max_seconds * self.file_rate:
                    raise AudioTooLong(heard / self.file_rate, self._max_seconds)
                tap(block.samples)
                yield mono
        except Broken as error:
            _log.info("%s: decoded as far as it goes (%d samples): %s", self._path, heard, error)


def mixed(block: Block, heard: int) -> Samples:
    """Return the mean of a block's channels, in memory of its own; ``heard`` samples came before it.

    Raises
    ------
    AudioNotFinite
        At the first sample that is NaN, infinite or beyond ``LOUDEST``.
    """
    channels = block.samples.shape[1]
    with np.errstate(over="ignore", invalid="ignore"):
        mono: Samples = (
            block.samples @ np.full(channels, 1 / channels, dtype=np.float32)
            if channels > 1
            else block.samples[:, 0].copy()
        )
        energy = np.dot(mono, mono)  # one fast pass for what almost always is fine
    if not energy <= LOUDEST**2:  # also true of NaN, and of many loud samples, which are fine
        fine = (np.abs(block.samples) <= LOUDEST).all(axis=1)
        if not fine.all():
            raise AudioNotFinite((heard + int(np.argmin(fine))) / block.rate)
    return mono


def resampled(blocks: Iterable[Samples], rate: int, wanted: int) -> Iterator[Samples]:
    """Bring mono blocks from one rate to another (Hz), by soxr at its quality HQ; none of the new ones is empty.

    The n samples become n wanted / rate, rounded to the nearest; sample k stands where k rate / wanted stood.
    """
    if rate == wanted:
        yield from blocks
        return
    resampler = soxr.ResampleStream(rate, wanted, 1, dtype="float32", quality="HQ")
    for block in blocks:
        out = resampler.resample_chunk(block)
        if out.size:
            yield out
    rest = resampler.resample_chunk(np.empty(0, dtype=np.float32), last=True)
    if rest.size:
        yield rest


def open_audio(path: Path, sample_rate: int, max_seconds: float) -> Stream:
    """Open a recording for streaming; what it holds decides, not what it is called.

    Channels are averaged, then resampled by soxr at its quality HQ. A truncated file decodes as far as it goes.

    Parameters
    ----------
    path : Path
        A regular file: WAV, FLAC, Ogg Vorbis or Opus, MP3, M4A (AAC, ALAC), WMA and more; playlists are refused.
    sample_rate : int
        Hz of the blocks.
    max_seconds : float
        A recording that goes on longer fails while it is read.

    Raises
    ------
    AudioNotFound, AudioNotReadable, AudioEmpty
        By what the file system says.
    AudioUndecodable
        If no decoder gets a single sample out of it.
    """
    with ExitStack() as held:
        handle = held.enter_context(opened(path))
        blocks = held.enter_context(closing(_decoded(path, handle)))
        first = next(blocks)
        if not RATES[0] <= first.rate <= RATES[1]:
            raise AudioUndecodable(str(path), f"its sample rate would be {first.rate} Hz")
        return Stream(path, first, blocks, (sample_rate, max_seconds), held.pop_all())


def opened(path: Path) -> BinaryIO:
    """Open a regular file with something in it, unbuffered; raises AudioNotFound, AudioNotReadable, AudioEmpty."""
    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):
            raise AudioNotReadable(str(path), "it is a directory" if path.is_dir() else "it is not a regular file")
        if facts.st_size == 0:
            raise AudioEmpty(str(path))
        return path.open("rb", buffering=0)  # libsndfile reads the descriptor itself
    except OSError as error:
        if error.errno in {errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG}:
            raise AudioNotFound(str(path)) from error
        raise AudioNotReadable(str(path), error.strerror or str(error)) from error
    except ValueError as error:  # a NUL in the name
        raise AudioNotFound(str(path)) from error


def _decoded(path: Path, handle: BinaryIO) -> Generator[Block]:
    reasons = []
    for decoder in DECODERS:
        handle.seek(0)
        blocks = decoder(handle)
        try:
            first = next(blocks, None)
        except Broken as error:
            reasons.append(str(error))
            continue
        if first is not None:
            yield first
            yield from blocks
            return
        reasons.append("it holds no samples")
    raise AudioUndecodable(str(path), "; ".join(reasons))
