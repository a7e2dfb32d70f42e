"""From a minute of MP3 to images: against librosa, and against decoding alone, which nothing can beat."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import librosa
import numpy as np
import soundfile

from benchmarks.pairs import Line, compared, tell
from benchmarks.sound import minute
from embedder.audio import open_audio
from embedder.spectrogram import AudioSettings, stream

AUDIO = AudioSettings()


def lines(folder: Path) -> Iterator[Line]:
    """Measure both."""
    path = minute(folder)

    def ours() -> None:
        with open_audio(path, AUDIO.sample_rate, 100) as sound:
            for _ in stream(sound, AUDIO):
                pass

    def by_librosa() -> None:
        y, rate = librosa.load(path, sr=AUDIO.sample_rate)
        mel = librosa.feature.melspectrogram(y=y, sr=rate, n_fft=AUDIO.n_fft, hop_length=AUDIO.hop, n_mels=AUDIO.mels)
        librosa.power_to_db(mel, ref=np.max, top_db=AUDIO.range_db)

    def decoding() -> None:
        soundfile.read(path, dtype="float32")

    yield compared("front end, 60 s: against librosa", ours, by_librosa, 1.75)
    yield compared("front end, 60 s: against decoding alone", ours, decoding, 0.6)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        tell(lines(Path(place)))
