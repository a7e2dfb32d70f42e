"""The shipped bundle on real files: whole ones are described, windows are not."""

import numpy as np
import pytest
import soundfile

from songs.errors import AudioError, AudioNotFinite, AudioSilent, AudioTooShort, AudioUndecodable
from worker.listener import open_listener

RATE = 44_100


def beaten(path, seconds, rate=RATE, bad=None):
    """Write two strokes a second over a hum, louder on the left."""
    t = np.arange(int(seconds * rate)) / rate
    strokes = np.exp(-30 * (t % 0.5)) * np.random.default_rng(5).normal(size=t.size) * 0.2
    left = strokes + 0.1 * np.sin(2 * np.pi * 220 * t)
    wave = np.stack([left, 0.1 * left], axis=1)
    if bad is not None:
        wave[int(bad * rate)] = np.nan
    soundfile.write(path, wave, rate, subtype="FLOAT")
    return str(path)


@pytest.fixture(scope="module")
def listener():
    one = open_listener(None, 3600)
    with one.decoder:
        yield one


def test_a_short_song_is_heard_whole_at_once(listener, tmp_path):
    path, told = beaten(tmp_path / "a.wav", 23), []
    first, whole = listener.preview(path, told.append), listener(path)
    assert first.whole
    np.testing.assert_array_equal(first.heard.embedding.slice_vectors, whole.heard.embedding.slice_vectors)
    assert (first.heard.labels, first.heard.structure) == (whole.heard.labels, whole.heard.structure)
    assert told == sorted(told)
    assert told[-1] == 1


def test_a_whole_song_is_described(listener, tmp_path):
    heard = listener(beaten(tmp_path / "a.wav", 23.5)).heard
    assert heard.labels.genre.value is not None
    assert heard.structure.duration == pytest.approx(23.5)
    assert heard.structure.segments[-1].start + heard.structure.segments[-1].duration == pytest.approx(23.5, abs=0.1)
    features = heard.labels.features
    assert features["duration"].value == pytest.approx(23.5)
    readings = (features["tempo"].value, *features["tempo"].alternatives)
    assert min(abs(one - 120) for one in readings) < 2.5
    wave, _ = soundfile.read(tmp_path / "a.wav")
    assert features["loudness_dbfs"].value == pytest.approx(10 * np.log10(np.square(wave).mean()), abs=0.05)


def test_of_a_long_song_windows_are_heard_first_and_not_described(listener, tmp_path):
    path, told = beaten(tmp_path / "a.wav", 100), []
    sketch = listener.preview(path, told.append)
    assert not sketch.whole
    assert sketch.heard.structure is None
    assert "loudness" not in sketch.heard.labels.features
    assert len(sketch.heard.embedding.slice_vectors) == len(told) == 16


def test_vectors_alone_are_the_same_vectors(listener, tmp_path):
    path = beaten(tmp_path / "a.wav", 23)
    alone, whole = listener.embed(path), listener(path)
    np.testing.assert_array_equal(alone.heard.embedding.vector, whole.heard.embedding.vector)
    assert (alone.heard.structure, alone.tags, alone.sample_rate) == (None, whole.tags, RATE)


def test_bad_files_are_named_whichever_way_they_are_heard(listener, tmp_path):
    (tmp_path / "text.mp3").write_text("no music\n" * 100)
    soundfile.write(tmp_path / "zero.wav", np.zeros((RATE * 8, 2), np.float32), RATE)
    for path, error in (
        (str(tmp_path / "text.mp3"), AudioUndecodable), (str(tmp_path / "zero.wav"), AudioSilent),
        (beaten(tmp_path / "short.wav", 3), AudioTooShort), (beaten(tmp_path / "late.wav", 20, bad=19), AudioNotFinite),
    ):  # fmt: skip
        for hear in (listener, listener.preview, listener.embed):
            with pytest.raises(error):
                hear(path)
    assert listener.preview(beaten(tmp_path / "good.wav", 12)).heard.structure is not None


def test_a_long_song_that_breaks_between_its_windows_is_named_by_the_whole(listener, tmp_path):
    path = beaten(tmp_path / "a.wav", 200, bad=199.9)
    assert not listener.preview(path).whole
    with pytest.raises(AudioError):
        listener(path)
