"""Log-mel images of sound, the network's only input, equal to librosa's and without librosa.

Frames are centred as librosa centres them: frame ``t`` looks at the 2048 samples around sample ``441 t``, with zeros
before the true start of the recording and after its true end, and nowhere else. Slice ``i`` is frames ``256 i`` to
``256 i + 255``; it exists if its own 112,896 samples were heard. So a streamed recording gives, bit for bit, the
images of the whole one, however it was cut into blocks.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import scipy.fft
import scipy.sparse

from embedder.settings import AudioSettings as AudioSettings
from embedder.settings import Image as Image
from embedder.settings import Images as Images
from embedder.settings import Samples as Samples
from songs.errors import AudioTooShort

Power: TypeAlias = npt.NDArray[np.float32]  # (n_fft // 2 + 1, n_frames), squared magnitude of the windowed transform
Tap: TypeAlias = Callable[[Power], None]  # is shown spectra in passing; neither keeps nor changes them

FLOOR = 1e-10  # power that counts as silence (librosa's amin)
AHEAD = 16  # slices that are fetched before the first of them becomes an image: a sixth of the front end's time
FRAMES_AT_ONCE = 64  # transforms whose working set stays in the cache


def slices(y: Samples, settings: AudioSettings) -> Images:
    """Cut a recording into square log-mel images.

    Consecutive slices do not overlap; a last, partial slice is dropped.

    Parameters
    ----------
    y : np.ndarray, shape=(n_samples,), float32 in [-1, 1]
        Mono signal at ``settings.sample_rate`` Hz.

    Returns
    -------
    images : np.ndarray, shape=(n_slices, 256, 256), float32 in [0, 1]
        Row = mel band, lowest first; column = frame. dB below each slice's own peak: 0 is 80 dB down or more, 1 is the
        peak. Silence is its own peak: an image of ones.

    Raises
    ------
    AudioTooShort
        If ``y`` does not fill one slice (256 frames x 441 samples = 5.12 s at 22 050 Hz).
    """
    images = list(stream([y], settings))
    if not images:
        raise AudioTooShort(len(y) / settings.sample_rate, settings.slice_seconds)
    return np.stack(images)


def stream(blocks: Iterable[Samples], settings: AudioSettings, tap: Tap | None = None) -> Iterator[Image]:
    """Turn blocks of any sizes into images as soon as they are complete; see ``slices``.

    Memory is that of ``AHEAD`` slices (7 MB), whatever the length of the recording.

    Parameters
    ----------
    tap : callable, optional
        Called with the power of every frame whose centre lies in the recording, once and in order, some frames at a
        time: what images are made of, and the frames of the last, partial slice, which becomes none.
    """
    step, centre = settings.slice_samples, settings.n_fft // 2
    window = np.zeros(settings.window_samples, dtype=np.float32)
    filled = centre  # the zeros before the true start
    for block in _ahead(blocks, AHEAD * step):
        rest = block
        while rest.size:
            taken = rest[: window.size - filled]
            window[filled : filled + taken.size] = taken
            filled, rest = filled + taken.size, rest[taken.size :]
            if filled == window.size:
                yield image(window, settings, tap)
                filled = _moved_on(window, step)
    window[filled:] = 0
    if filled >= step + centre:
        yield image(window, settings, tap)
        filled -= step
        window[_moved_on(window, step) :] = 0
    if tap is not None:
        for _, power in _powers(window, settings, -(-max(0, filled - centre) // settings.hop)):
            tap(power)


def _moved_on(window: Samples, step: int) -> int:
    """Move a window on by a slice; return how much of it that leaves filled."""
    kept = window.size - step
    window[:kept] = window[step:].copy()
    return kept


def _ahead(blocks: Iterable[Samples], samples: int) -> Iterator[Samples]:
    """Fetch blocks some at a time: decoder and transforms, taking turns, drive each other out of the caches."""
    waiting, held = list[Samples](), 0
    for block in blocks:
        waiting.append(block)
        held += block.size
        if held >= samples:
            yield from waiting
            waiting, held = [], 0
    yield from waiting


def image(window: Samples, settings: AudioSettings, tap: Tap | None = None) -> Image:
    """Return the image of one slice.

    Parameters
    ----------
    window : np.ndarray, shape=(window_samples,), float32
        The slice's samples, beginning half a frame before its start.
    tap : callable, optional
        Called with the power of the slice's frames, some at a time.

    Returns
    -------
    image : np.ndarray, shape=(mels, frames), float32 in [0, 1]
    """
    bank = filter_bank(settings)
    mel = np.empty((settings.mels, settings.frames), dtype=np.float32)
    for start, power in _powers(window, settings, settings.frames):
        mel[:, start : start + FRAMES_AT_ONCE] = bank @ power
        if tap is not None:
            tap(power)
    np.maximum(mel, FLOOR, out=mel)
    np.log10(mel, out=mel)
    mel -= mel.max()
    mel *= 10 / settings.range_db
    mel += 1
    np.maximum(mel, 0, out=mel)
    return mel


def _powers(window: Samples, settings: AudioSettings, count: int) -> Iterator[tuple[int, Power]]:
    """Yield the power of a window's first ``count`` frames, some at a time, each with the number of its first."""
    frames = np.lib.stride_tricks.sliding_window_view(window, settings.n_fft)[:: settings.hop]
    taper = hann(settings.n_fft)
    for start in range(0, count, FRAMES_AT_ONCE):
        tapered = frames[start : min(start + FRAMES_AT_ONCE, count)] * taper
        spectrum = scipy.fft.rfft(tapered.T, axis=0)  # comes out a row a bin: a transposed copy costs half a transform
        power = np.square(spectrum.real)
        power += np.square(spectrum.imag)
        yield start, power


def silent(images: Images) -> npt.NDArray[np.bool_]:
    """Tell, image by image, whether nothing in it rises above ``FLOOR``; shape=(n,)."""
    flat: npt.NDArray[np.bool_] = images.min(axis=(1, 2)) == 1
    return flat


@lru_cache(maxsize=4)
def hann(n: int) -> npt.NDArray[np.float32]:
    """Return the periodic Hann window, shape=(n,)."""
    return np.asarray(0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n) / n), dtype=np.float32)


@lru_cache(maxsize=4)
def filter_bank(settings: AudioSettings) -> scipy.sparse.csr_array:
    """Return triangular mel filters of unit area (Slaney 1998), shape=(mels, n_fft // 2 + 1), float32."""
    edges = mel_to_hz(np.linspace(0.0, hz_to_mel(settings.sample_rate / 2), settings.mels + 2))
    bins = np.fft.rfftfreq(settings.n_fft, 1 / settings.sample_rate)
    width = np.diff(edges)
    ramps = edges[:, None] - bins[None, :]
    rising, falling = -ramps[:-2] / width[:-1, None], ramps[2:] / width[1:, None]
    weights = np.maximum(0.0, np.minimum(rising, falling)) * (2.0 / (edges[2:] - edges[:-2]))[:, None]
    return scipy.sparse.csr_array(weights.astype(np.float32))


# Slaney's scale: 15 mels a kHz below 1 kHz, then 27 mels a factor of 6.4 (Auditory Toolbox, 1998).
_LINEAR_HZ = 200.0 / 3.0  # a mel, below the knee
_KNEE_HZ = 1000.0
_KNEE_MEL = _KNEE_HZ / _LINEAR_HZ
_LOG_STEP = np.log(6.4) / 27.0  # natural logarithm a mel, above the knee


def hz_to_mel(hz: float) -> float:
    """Return the mel of a frequency (Slaney)."""
    return hz / _LINEAR_HZ if hz < _KNEE_HZ else float(_KNEE_MEL + np.log(hz / _KNEE_HZ) / _LOG_STEP)


def mel_to_hz(mel: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the frequencies of mels (Slaney)."""
    above = np.maximum(mel - _KNEE_MEL, 0.0)
    return np.where(mel < _KNEE_MEL, mel * _LINEAR_HZ, _KNEE_HZ * np.exp(above * _LOG_STEP))


def band_centres(settings: AudioSettings) -> npt.NDArray[np.float64]:
    """Return the frequency that each row of an image is tuned to, in Hz, shape=(mels,)."""
    return mel_to_hz(np.linspace(0.0, hz_to_mel(settings.sample_rate / 2), settings.mels + 2))[1:-1]
