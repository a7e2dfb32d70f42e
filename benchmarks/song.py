"""From an MP3 to a song's vector and its model's labels: against librosa and Keras, and against decoding alone.

A minute is heard whole, four minutes by windows. Loudness and what else the signal tells is measured by itself.
"""

import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import soundfile

from benchmarks import plain
from benchmarks.pairs import Line, compared, tell
from benchmarks.sound import minute, minutes
from embedder.audio import open_audio
from embedder.bundle import load, shipped
from embedder.embedder import Embedder
from embedder.spread import Windows
from embedder.windows import read_windows


def lines(folder: Path) -> Iterator[Line]:
    """Measure a song of one minute and one of four."""
    bundle = load(shipped())
    embedder, network = Embedder(bundle), plain.network(bundle)
    one, four = minute(folder), minutes(folder)

    def ours(path: Path) -> None:
        if path == one:
            with open_audio(path, bundle.audio.sample_rate, 3600) as sound:
                embedder.embed(sound)
            return
        found = read_windows(path, bundle.audio, 3600)
        if isinstance(found, Windows):
            embedder.preview(found)

    def predict(path: Path) -> None:
        network.predict(plain.images(path, bundle.audio)[..., None], verbose=0)

    def predict_per_slice(path: Path) -> None:
        for image in plain.images(path, bundle.audio):
            network.predict(image[None, ..., None], verbose=0)

    def decoding() -> None:
        soundfile.read(one, dtype="float32")

    yield compared("song, 60 s: against librosa and Keras predict", lambda: ours(one), lambda: predict(one), 2.0)
    yield compared("song, 240 s: against librosa and Keras predict", lambda: ours(four), lambda: predict(four), 5.0)
    for length, path in (("60 s", one), ("240 s", four)):
        name = f"song, {length}: against librosa and Keras predict a slice"
        yield compared(name, partial(ours, path), partial(predict_per_slice, path), 10.0)
    yield compared("song, 60 s: against decoding alone", lambda: ours(one), decoding, 0.5)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        tell(lines(Path(place)))
