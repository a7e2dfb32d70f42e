"""Windows against the whole recording: the same grid, the same images, the same faults."""

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from embedder import bundle, windows
from embedder.audio import open_audio
from embedder.embedder import Embedder
from embedder.gauge import Gauge
from embedder.spectrogram import AudioSettings, image, stream
from embedder.spread import Whole, spread
from embedder.windows import Windows, read_windows
from encoding import write_with_ffmpeg, write_with_soundfile
from songs.errors import AudioError, AudioNotFinite, AudioNotFound, AudioSilent, AudioTooLong, AudioTooShort

S = AudioSettings()
RATE = S.sample_rate
CATALOGUE = Path(__file__).parents[4] / "shared" / "data" / "audio" / "catalogue"

CODINGS = {
    "a.wav": {},
    "a.flac": {},
    "a.ogg": {"format": "OGG", "subtype": "VORBIS"},
    "a.opus": {"format": "OGG", "subtype": "OPUS"},
    "a.mp3": {"format": "MP3"},
}


@pytest.fixture
def no_second_decoding(monkeypatch):
    """Refuse to fall back."""
    monkeypatch.setattr(windows, "_streamed", None)


def whole(path):
    """Return the images of the whole recording and its seconds."""
    with open_audio(path, RATE, 1e6) as sound:
        blocks = list(sound)
    return list(stream(blocks, S)), sum(map(len, blocks)) / RATE


def worst(found, images):
    """Return the greatest difference in dB between the images of what was found and those of the whole."""
    seen = stream(found.blocks, S) if isinstance(found, Whole) else (image(window, S) for window in found.samples)
    pairs = zip(found.indices, seen, strict=True)
    return max(np.abs(one - images[index]).max() * S.range_db for index, one in pairs)


def music(sounds, seconds, rate, channels=2):
    """Return a chirp over a hiss, which no two seconds share."""
    wave = sounds.chirp(60, 3_000, seconds, rate) + 0.05 * sounds.noise(seconds, rate)
    return np.stack([wave, *[0.5 * wave[::-1]] * (channels - 1)], axis=1)


# ---- which


@given(total=st.integers(1, 5000), at_most=st.integers(1, 40))
def test_slices_are_spread_evenly(total, at_most):
    chosen = spread(total, at_most)
    assert len(chosen) == min(total, at_most)
    assert 0 <= chosen[0] <= chosen[-1] < total
    if total > at_most:
        gaps = np.diff([-1 - chosen[0], *chosen, 2 * total - 1 - chosen[-1]])  # as if reflected at both ends
        assert gaps.min() >= total // at_most - 1
        assert gaps.max() <= -(-total // at_most) + 1
    else:
        assert chosen == tuple(range(total))


def test_nothing_has_no_slices():
    assert spread(0) == ()


# ---- what


@pytest.mark.parametrize(
    ("name", "rate"),
    [
        *((name, rate) for name in ("a.wav", "a.ogg", "a.mp3") for rate in (11_025, 22_050, 44_100, 48_000)),
        ("a.flac", 44_100), ("a.flac", 96_000), ("a.opus", 48_000), ("a.opus", 16_000), ("a.wav", 22_051),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("no_second_decoding")
def test_windows_look_like_the_slices_of_the_whole(tmp_path, sounds, name, rate):
    write_with_soundfile(tmp_path / name, music(sounds, 43, rate), rate, **CODINGS[name])
    images, seconds = whole(tmp_path / name)
    found = read_windows(tmp_path / name, S, 60, at_most=3)
    assert (found.total, found.indices) == (len(images), spread(len(images), 3))
    assert found.duration == pytest.approx(seconds, abs=1e-9)
    assert (found.file_rate, found.channels) == (rate, 2)
    assert all(window.shape == (S.window_samples,) and window.dtype == np.float32 for window in found.samples)
    assert worst(found, images) < 0.01


@pytest.mark.parametrize("channels", [1, 2, 6])
def test_a_short_recording_is_read_whole_and_to_the_bit(tmp_path, sounds, channels):
    soundfile.write(tmp_path / "a.wav", music(sounds, 23, 44_100, channels), 44_100)
    found = read_windows(tmp_path / "a.wav", S, 60)
    assert isinstance(found, Whole)
    assert (found.indices, found.total, found.channels, found.file_rate) == ((0, 1, 2, 3), 4, channels, 44_100)
    with open_audio(tmp_path / "a.wav", RATE, 60) as sound:
        gauge = Gauge(sound)
        np.testing.assert_array_equal(np.concatenate(found.blocks), np.concatenate(list(sound.tapped(gauge))))
    assert found.duration == pytest.approx(23)
    assert found.levels == gauge.levels()
    assert found.levels.lufs is not None


@pytest.mark.parametrize("off", [-1, 0, 1])
def test_where_a_recording_ceases_to_be_short(tmp_path, sounds, off):
    soundfile.write(tmp_path / "a.wav", sounds.noise(16)[: 3 * S.slice_samples + off], RATE)
    assert isinstance(read_windows(tmp_path / "a.wav", S, 60, at_most=2), Windows) == (off >= 0)
    assert isinstance(read_windows(tmp_path / "a.wav", S, 60, at_most=3), Whole)


@pytest.mark.parametrize("at_most", [1, 16])
@pytest.mark.parametrize("off", [-1, 0, 1])
@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000, 7_919])
def test_the_end_of_a_recording_counts_as_it_does_in_a_stream(tmp_path, sounds, rate, off, at_most):
    samples = round(2 * S.slice_samples * rate / RATE) + off
    soundfile.write(tmp_path / "a.wav", sounds.noise(12, rate)[:samples], rate, subtype="FLOAT")
    images, seconds = whole(tmp_path / "a.wav")
    found = read_windows(tmp_path / "a.wav", S, 60, at_most)
    assert (found.total, found.duration) == (len(images), pytest.approx(seconds, abs=1e-9))
    assert worst(found, images) < 0.01


@pytest.mark.parametrize(("name", "codec"), [("a.m4a", "aac"), ("a.m4a", "alac"), ("a.wma", "wmav2")])
def test_what_is_not_sought_in_is_decoded_to_its_end(tmp_path, sounds, name, codec):
    write_with_ffmpeg(tmp_path / name, music(sounds, 43, 44_100, 1)[:, 0], 44_100, codec)
    images, seconds = whole(tmp_path / name)
    for at_most in (3, 16):
        found = read_windows(tmp_path / name, S, 60, at_most)
        assert (found.total, found.indices) == (len(images), spread(len(images), at_most))
        assert found.duration == pytest.approx(seconds)
        assert worst(found, images) == 0


# ---- what is wrong with it


@pytest.mark.parametrize("name", CODINGS)
def test_a_truncated_file_is_heard_as_far_as_it_goes(tmp_path, sounds, name):
    write_with_soundfile(tmp_path / name, music(sounds, 43, 48_000), 48_000, **CODINGS[name])
    content = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(content[: len(content) * 7 // 10])
    images, seconds = whole(tmp_path / name)
    found = read_windows(tmp_path / name, S, 60, at_most=3)
    assert (found.total, found.duration) == (len(images), pytest.approx(seconds))
    assert worst(found, images) < 0.01


@pytest.mark.parametrize("name", CODINGS)
def test_damage_anywhere_is_heard_or_named(tmp_path, sounds, name):
    write_with_soundfile(tmp_path / name, music(sounds, 23, 48_000, 1), 48_000, **CODINGS[name])
    content = (tmp_path / name).read_bytes()
    rng = np.random.default_rng(5)
    for trial in range(12):
        damaged = np.frombuffer(content, np.uint8).copy()
        at = rng.integers(len(content)) if trial % 2 else 0
        damaged[at : at + 3000 if trial % 2 else 200] ^= rng.integers(256, dtype=np.uint8)
        (tmp_path / name).write_bytes(damaged.tobytes())
        try:
            found = read_windows(tmp_path / name, S, 60, at_most=2)
        except AudioError:
            continue
        assert found.indices == spread(found.total, 2)
        for samples in found.blocks if isinstance(found, Whole) else found.samples:
            assert np.isfinite(samples).all()


def test_a_header_that_promises_centuries_is_not_believed(tmp_path, sounds):
    soundfile.write(tmp_path / "a.wav", sounds.noise(12), RATE)
    content = bytearray((tmp_path / "a.wav").read_bytes())
    content[4:8] = content[40:44] = b"\xff\xff\xff\xff"
    (tmp_path / "a.wav").write_bytes(content)
    assert read_windows(tmp_path / "a.wav", S, 60).duration == pytest.approx(12, abs=0.01)


@pytest.mark.parametrize("name", ["a.wav", "a.m4a"])
def test_too_long(tmp_path, sounds, name):
    if name == "a.wav":
        soundfile.write(tmp_path / name, sounds.noise(20), RATE)
    else:
        write_with_ffmpeg(tmp_path / name, sounds.noise(20, 44_100), 44_100, "aac")
    read_windows(tmp_path / name, S, 21)
    with pytest.raises(AudioTooLong):
        read_windows(tmp_path / name, S, 19)


@pytest.mark.parametrize("seconds", [0.01, 5.11])
def test_too_short(tmp_path, sounds, seconds):
    soundfile.write(tmp_path / "a.wav", sounds.noise(seconds), RATE)
    with pytest.raises(AudioTooShort) as caught:
        read_windows(tmp_path / "a.wav", S, 60)
    assert caught.value.seconds == pytest.approx(seconds, abs=1e-3)
    soundfile.write(tmp_path / "a.wav", 0 * sounds.noise(seconds), RATE)
    with pytest.raises(AudioSilent):
        read_windows(tmp_path / "a.wav", S, 60)


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e20])
def test_samples_that_are_no_numbers(tmp_path, sounds, bad):
    wave = music(sounds, 43, 44_100)
    wave[22 * 44_100, 1] = bad
    soundfile.write(tmp_path / "a.wav", wave, 44_100, subtype="FLOAT")
    with pytest.raises(AudioNotFinite) as caught:
        read_windows(tmp_path / "a.wav", S, 60, at_most=3)
    assert caught.value.second == pytest.approx(22)


def test_no_such_file(tmp_path):
    with pytest.raises(AudioNotFound):
        read_windows(tmp_path / "no.mp3", S, 60)


@pytest.mark.parametrize(("name", "total"), [("a.flac", 117), ("a.mka", 70)])
def test_memory_does_not_grow_with_the_recording(tmp_path, sounds, name, total):
    if name == "a.flac":
        write_with_soundfile(tmp_path / name, np.tile(sounds.noise(60), 10), RATE)
    else:
        write_with_ffmpeg(tmp_path / name, np.tile(sounds.noise(60), 6), RATE, "flac")
    tracemalloc.start()
    found = read_windows(tmp_path / name, S, 3600)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (found.total, len(found.indices)) == (total, 16)
    assert peak < 24e6  # its samples alone would be 53 and 32 MB


# ---- what they are for


def test_windows_give_the_same_vector_as_the_whole(small_bundle, tmp_path, sounds):
    embedder = Embedder(bundle.load(small_bundle))
    soundfile.write(tmp_path / "a.wav", sounds.chirp(80, 9000, 23), RATE)
    with open_audio(tmp_path / "a.wav", RATE, 60) as sound:
        heard = embedder(sound)
    found = read_windows(tmp_path / "a.wav", S, 60, at_most=3)
    seen, chosen = embedder.preview(found), list(found.indices)
    np.testing.assert_array_equal(seen.embedding.slice_starts, heard.embedding.slice_starts[chosen])
    np.testing.assert_allclose(seen.embedding.slice_vectors, heard.embedding.slice_vectors[chosen], atol=1e-3)
    assert (seen.duration, seen.structure) == (heard.duration, None)
    assert "loudness" not in seen.labels.features


def test_silent_windows_say_nothing(small_bundle, tmp_path, sounds):
    embedder = Embedder(bundle.load(small_bundle))
    quiet = np.zeros(10 * RATE, np.float32)
    soundfile.write(tmp_path / "a.wav", np.concatenate([quiet, sounds.noise(14), quiet]), RATE)
    found = read_windows(tmp_path / "a.wav", S, 60, at_most=5)
    assert found.indices == (0, 1, 3, 4, 5)
    np.testing.assert_allclose(embedder.preview(found).embedding.slice_starts, [5.12, 15.36, 20.48], atol=1e-5)


def test_windows_that_are_all_silent(small_bundle, tmp_path, sounds):
    embedder = Embedder(bundle.load(small_bundle))
    wave = np.concatenate([sounds.noise(5), np.zeros(20 * RATE, np.float32), sounds.noise(5)])
    soundfile.write(tmp_path / "a.wav", wave, RATE)
    found = read_windows(tmp_path / "a.wav", S, 60, at_most=1)  # there is sound before and after it
    with pytest.raises(AudioSilent):
        embedder.preview(found)


def test_windows_keep_the_vector_of_real_songs():
    long = [path for path in sorted(CATALOGUE.glob("*.ogg")) if soundfile.info(path).duration > 90]
    songs = long[:: len(long) // 5 + 1]
    if not songs:
        pytest.skip("no ../shared/data/audio/catalogue here")
    embedder = Embedder(bundle.load(bundle.shipped()))
    cosines = []
    for path in songs:
        with open_audio(path, RATE, 3600) as sound:
            song = embedder.embed(sound).embedding.vector
        seen = embedder.preview(read_windows(path, S, 3600))
        cosines.append(float(seen.embedding.vector @ song))
    assert np.median(cosines) >= 0.99
    assert min(cosines) >= 0.975
