"""What happens to a recording on its way: codecs, cuts, levels, rates, channels, tempo. The song stays the same."""

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias

import av
import numpy as np
import numpy.typing as npt
import soxr

from embedder.decoders import Block, with_ffmpeg

LAYOUTS = ("mono", "stereo")
_FRAME = 4096  # samples that are given to a filter at once
OPUS_RATE = 48_000  # Hz, the rate that Opus codes at
MP3_RATES = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)  # Hz, all that MP3 has


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """A recording as its file holds it."""

    rate: int  # Hz
    samples: npt.NDArray[np.float32]  # (n, channels), one or two channels, full scale is 1

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.samples) / self.rate

    def mono(self, rate: int) -> npt.NDArray[np.float32]:
        """Return the mean of the channels at another rate, as ``embedder.audio`` makes it; shape=(n,)."""
        mixed = self.samples.mean(axis=1, dtype=np.float32)
        return np.asarray(soxr.resample(mixed, self.rate, rate, quality="HQ"), dtype=np.float32)


Change: TypeAlias = Callable[[Sound], Sound]


def read(path: Path) -> Sound:
    """Decode a file, of more than two channels the first two; raises decoders.Broken and OSError."""
    with path.open("rb") as handle:
        return _gathered(with_ffmpeg(handle))


def _gathered(blocks: Iterator[Block]) -> Sound:
    found = list(blocks)
    return Sound(found[0].rate, np.concatenate([block.samples[:, :2] for block in found]))


def unchanged(sound: Sound) -> Sound:
    """Return the sound as it is: the reference line of a table."""
    return sound


def mp3(sound: Sound, bit_rate: int = 64_000) -> Sound:
    """Encode as MP3 and decode again."""
    quick = {"compression_level": "7"}  # LAME's own scale, 9 is the quickest and worst: an encoder in a hurry
    rate = next((rate for rate in MP3_RATES if rate >= sound.rate), MP3_RATES[-1])  # another one is resampled to
    return _coded(sound, ("libmp3lame", "mp3"), bit_rate, rate, quick)


def opus(sound: Sound, bit_rate: int = 32_000) -> Sound:
    """Encode as Opus and decode again; it comes back at 48 kHz."""
    return _coded(sound, ("libopus", "ogg"), bit_rate, OPUS_RATE, {})


def trimmed(sound: Sound, seconds: float) -> Sound:
    """Cut the beginning off."""
    return Sound(sound.rate, sound.samples[round(seconds * sound.rate) :])


def gained(sound: Sound, decibels: float) -> Sound:
    """Change the level; what exceeds full scale is clipped."""
    louder = sound.samples * np.float32(10 ** (decibels / 20))
    return Sound(sound.rate, np.clip(louder, -1, 1))


def band_limited(sound: Sound, rate: int) -> Sound:
    """Resample to a lower rate and back."""
    narrow = soxr.resample(sound.samples, sound.rate, rate, quality="HQ")
    return Sound(sound.rate, np.asarray(soxr.resample(narrow, rate, sound.rate, quality="HQ"), dtype=np.float32))


def unbalanced(sound: Sound, decibels: float) -> Sound:
    """Return two channels, the right one at another level; a mono sound is doubled first."""
    both = sound.samples if sound.samples.shape[1] > 1 else np.repeat(sound.samples, 2, axis=1)
    return Sound(sound.rate, both * np.array([1, 10 ** (decibels / 20)], dtype=np.float32))


def one_channel(sound: Sound) -> Sound:
    """Keep the left channel only."""
    return Sound(sound.rate, sound.samples[:, :1])


def faster(sound: Sound, factor: float) -> Sound:
    """Change the tempo and keep the pitch (FFmpeg's ``atempo``, which overlaps and adds)."""
    graph = av.filter.Graph()
    layout = LAYOUTS[sound.samples.shape[1] - 1]
    source = graph.add_abuffer(sample_rate=sound.rate, format="fltp", layout=layout, time_base=Fraction(1, sound.rate))
    planar = graph.add("aformat", "sample_fmts=fltp")
    tempo, sink = graph.add("atempo", str(factor)), graph.add("abuffersink")
    source.link_to(tempo)
    tempo.link_to(planar)
    planar.link_to(sink)
    graph.configure()
    for start in range(0, len(sound.samples), _FRAME):
        source.push(_frame(sound, start, start + _FRAME))
    source.push(None)
    return Sound(sound.rate, np.concatenate([frame.to_ndarray().T for frame in _pulled(sink)]))


def _pulled(sink: av.filter.context.FilterContext) -> Iterator[av.AudioFrame]:
    while True:
        try:
            frame = sink.pull()
        except (av.EOFError, av.BlockingIOError):
            return
        if isinstance(frame, av.AudioFrame):
            yield frame


def sped_up(sound: Sound, factor: float) -> Sound:
    """Play faster, pitch and all, as a turntable does: the same samples at another rate."""
    return Sound(round(sound.rate * factor), sound.samples)


def _coded(sound: Sound, codec: tuple[str, str], bit_rate: int, rate: int, options: dict[str, str]) -> Sound:
    encoder, container = codec
    room = io.BytesIO()
    with av.open(room, "w", format=container) as out:
        stream: Any = out.add_stream(encoder, rate=rate, layout=LAYOUTS[sound.samples.shape[1] - 1])
        stream.bit_rate = bit_rate
        stream.options = options
        out.mux(stream.encode(_frame(sound, 0, len(sound.samples))))
        out.mux(stream.encode(None))
    room.seek(0)
    return _gathered(with_ffmpeg(room))


def _frame(sound: Sound, start: int, stop: int) -> av.AudioFrame:
    planes = np.ascontiguousarray(sound.samples[start:stop].T)
    frame = av.AudioFrame.from_ndarray(planes, format="fltp", layout=LAYOUTS[len(planes) - 1])
    frame.sample_rate, frame.pts, frame.time_base = sound.rate, start, Fraction(1, sound.rate)
    return frame


CHANGES: Mapping[str, Change] = MappingProxyType(
    {
        "decoded again, unchanged": unchanged,
        "MP3, 64 kbit/s": mp3,
        "Opus, 32 kbit/s": opus,
        "first 1 s cut off": lambda sound: trimmed(sound, 1.0),
        "first 2.5 s cut off": lambda sound: trimmed(sound, 2.5),
        "12 dB softer": lambda sound: gained(sound, -12),
        "6 dB louder, clipped": lambda sound: gained(sound, 6),
        "through 16 kHz": lambda sound: band_limited(sound, 16_000),
        "stereo, right 12 dB softer": lambda sound: unbalanced(sound, -12),
        "left channel only": one_channel,
        "tempo +10 %, same pitch": lambda sound: faster(sound, 1.1),
        "tempo -10 %, same pitch": lambda sound: faster(sound, 0.9),
        "speed +5 %, pitch too": lambda sound: sped_up(sound, 1.05),
    }
)
