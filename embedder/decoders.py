"""The two libraries that turn a file's bytes into samples, behind one generator type."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO, TypeAlias

import av
import numpy as np
import numpy.typing as npt
import soundfile

VALUES_A_BLOCK = 65_536  # samples of all channels together: bounds memory whatever the header claims

SEEKS_TO_THE_SAMPLE = frozenset({
    "PCM_S8", "PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW", "ALAW", "VORBIS", "OPUS",
    "MPEG_LAYER_III",
})  # fmt: skip

# No playlists, no image lists, no concatenations: those make FFmpeg open other files and addresses.
CONTAINERS = "aac,ac3,aiff,amr,ape,asf,au,caf,dsf,dts,eac3,flac,matroska,mov,mp3,mpc,mpc8,ogg,tak,tta,w64,wav,wv"


class Broken(Exception):
    """A decoder cannot go on with these bytes."""


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Some consecutive samples as the file holds them; to be used before the next block is asked for."""

    rate: int  # Hz
    samples: npt.NDArray[np.float32]  # (n, channels), contiguous, full scale is 1; may be overwritten by the next


Decoder: TypeAlias = Callable[[BinaryIO], Iterator[Block]]


class Forward(soundfile.SoundFile):  # type: ignore[misc]
    """A file that is read from front to back."""

    def seekable(self) -> bool:
        """Say no: soundfile seeks after every read where it may, and for MP3 that is to decode again."""
        return False

    def blocks(self, stop: int | None = None) -> Iterator[Block]:
        """Yield what comes from here on, or ``stop`` samples of it.

        They are read into a buffer of ours: otherwise the header's count of samples would be believed.
        """
        room = np.empty((max(1, VALUES_A_BLOCK // self.channels), self.channels), dtype=np.float32)
        left = math.inf if stop is None else stop
        while left and len(samples := self.read(out=room[: int(min(left, len(room)))])):
            left -= len(samples)
            yield Block(self.samplerate, samples)


def with_soundfile(handle: BinaryIO) -> Iterator[Block]:
    """Decode WAV, FLAC, Ogg, MP3 and what else libsndfile knows; raises Broken.

    The file is given by its descriptor: from a name ending in .au or .vox libsndfile would take any bytes for audio.
    """
    try:
        with Forward(handle.fileno(), closefd=False) as file:
            yield from file.blocks()
    except soundfile.LibsndfileError as error:
        raise Broken(error.error_string) from error


@dataclass(frozen=True, slots=True)
class Sought:
    """A file whose samples may be asked for by their numbers, at the word of its header."""

    file: Forward

    @property
    def rate(self) -> int:
        """Hz."""
        return int(self.file.samplerate)

    @property
    def channels(self) -> int:
        """Channels."""
        return int(self.file.channels)

    @property
    def frames(self) -> int:
        """Samples of one channel, as the header says; it may lie."""
        return int(self.file.frames)

    def blocks(self, begin: int, end: int) -> Iterator[Block]:
        """Yield the samples from ``begin`` up to ``end``; raises Broken where one of them is not there."""
        self.file.seek(begin)
        left = end - begin
        for block in self.file.blocks(left):
            left -= len(block.samples)
            yield block
        if left:
            raise Broken(f"{left} samples before {end} are missing")


@contextmanager
def sought(handle: BinaryIO) -> Iterator[Sought]:
    """Open a file in whose coding libsndfile seeks to the sample; raises Broken for others, and for what goes wrong."""
    try:
        with Forward(handle.fileno(), closefd=False) as file:
            if file.subtype not in SEEKS_TO_THE_SAMPLE:
                raise Broken(f"{file.subtype} is not sought in")
            yield Sought(file)
    except soundfile.LibsndfileError as error:
        raise Broken(error.error_string) from error


def with_ffmpeg(handle: BinaryIO) -> Iterator[Block]:
    """Decode AAC, ALAC, WMA and what else FFmpeg knows; pictures and video beside the sound are left; raises Broken."""
    options = {"format_whitelist": CONTAINERS, "protocol_whitelist": ""}
    try:
        with av.open(handle, "r", options=options, metadata_errors="ignore") as container:
            if not container.streams.audio:
                raise Broken("it holds no audio stream")
            for packet in container.demux(container.streams.audio[0]):
                yield from _packet(packet)
    except (av.FFmpegError, ValueError, OSError) as error:  # OSError: seeks to where a damaged header points
        raise Broken(str(error)) from error


def _packet(packet: Any) -> Iterator[Block]:
    try:
        frames = packet.decode()
    except av.InvalidDataError:
        return  # players go on after a damaged packet, and so do we
    for frame in frames:
        if frame.samples:
            yield Block(frame.sample_rate, _samples(frame))


def _samples(frame: Any) -> npt.NDArray[np.float32]:
    data = frame.to_ndarray()
    table = data.T if frame.format.is_planar else data.reshape(-1, len(frame.layout.channels))
    if table.dtype.kind == "f":
        return np.ascontiguousarray(table, dtype=np.float32)
    middle = 128 if table.dtype.kind == "u" else 0  # only 8-bit samples are unsigned
    full_scale = float(2 ** (8 * table.dtype.itemsize - 1))
    return np.ascontiguousarray((table.astype(np.float64) - middle) / full_scale, dtype=np.float32)


DECODERS: tuple[Decoder, ...] = (with_soundfile, with_ffmpeg)  # the faster first
