"""The two libraries that turn a file's bytes into samples, behind one generator type."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, TypeAlias

import av
import numpy as np
import numpy.typing as npt
import soundfile

VALUES_A_BLOCK = 65_536  # samples of all channels together: bounds memory whatever the header claims

# No playlists, no image lists, no concatenations: those make FFmpeg open other files and addresses.
CONTAINERS = "aac,ac3,aiff,amr,ape,asf,au,caf,dsf,dts,eac3,flac,matroska,mov,mp3,mpc,mpc8,ogg,tak,tta,w64,wav,wv"


class Broken(Exception):
    """A decoder cannot go on with these bytes."""


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Some consecutive samples as the file holds them."""

    rate: int  # Hz
    samples: npt.NDArray[np.float32]  # (n, channels), full scale is 1


Decoder: TypeAlias = Callable[[BinaryIO], Iterator[Block]]


def with_soundfile(handle: BinaryIO) -> Iterator[Block]:
    """Decode WAV, FLAC, Ogg, MP3 and what else libsndfile knows; raises Broken.

    The file is given by its descriptor: from a name ending in .au or .vox libsndfile would take any bytes for audio.
    """
    try:
        with soundfile.SoundFile(handle.fileno(), closefd=False) as file:
            room = np.empty((max(1, VALUES_A_BLOCK // file.channels), file.channels), dtype=np.float32)
            # read into a buffer of ours: otherwise the header's count of frames would be believed
            while len(samples := file.read(out=room)):
                yield Block(file.samplerate, samples.copy())
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
