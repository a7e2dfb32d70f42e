"""What signal analysis costs: against librosa, and against the images that it listens in on."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import librosa
import numpy as np
import soundfile
from scipy.signal import sosfilt

from benchmarks.pairs import Line, compared, tell
from benchmarks.sound import MINUTE, minute
from embedder.audio import open_audio
from embedder.descriptors.analyser import Analyser
from embedder.descriptors.loudness import Meter
from embedder.descriptors.weighting import k_weighting
from embedder.spectrogram import AudioSettings, Power, stream

AUDIO = AudioSettings()


def lines(folder: Path) -> Iterator[Line]:
    """Measure."""
    path = minute(folder)
    with open_audio(path, AUDIO.sample_rate, 100) as sound:
        y = np.concatenate(list(sound))
    heard = list[Power]()
    for _ in stream([y], AUDIO, lambda power: heard.append(power.copy())):
        pass

    def ours() -> None:
        analyser = Analyser(AUDIO)
        for _ in stream([y], AUDIO, analyser.feed):
            pass
        analyser.result(MINUTE)

    def by_librosa() -> None:
        envelope = librosa.onset.onset_strength(y=y, sr=AUDIO.sample_rate)
        librosa.beat.beat_track(onset_envelope=envelope, sr=AUDIO.sample_rate)
        librosa.onset.onset_detect(onset_envelope=envelope, sr=AUDIO.sample_rate)
        librosa.feature.chroma_stft(y=y, sr=AUDIO.sample_rate)

    def analysis() -> None:
        analyser = Analyser(AUDIO)
        for power in heard:
            analyser.feed(power)
        analyser.result(MINUTE)

    def front_end() -> None:
        with open_audio(path, AUDIO.sample_rate, 100) as sound:
            for _ in stream(sound, AUDIO):
                pass

    yield compared("descriptors, 60 s, images included: against librosa's beats, onsets, chroma", ours, by_librosa, 3.0)
    yield compared("descriptors, 60 s: against the front end", analysis, front_end, 2.0)
    yield from _loudness(path)


def _loudness(path: Path) -> Iterator[Line]:
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)

    def ours() -> None:
        meter = Meter(rate, samples.shape[1])
        for start in range(0, len(samples), 65_536):
            meter.feed(samples[start : start + 65_536])
        meter.levels()

    def recursion() -> None:
        np.square(sosfilt(k_weighting(rate), samples, axis=0)).sum()

    yield compared("loudness, 60 s of stereo: against the recursive filter alone", ours, recursion, 1.5)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        tell(lines(Path(place)))
