import tracemalloc

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from embedder import bundle
from embedder.audio import open_audio
from embedder.embedder import Embedder
from embedder.pooling import song_vector
from embedder.spectrogram import AudioSettings, slices
from songs.errors import AudioNotFinite, AudioSilent, AudioTooShort

S = AudioSettings()


@pytest.fixture(scope="module")
def embedder(small_bundle):
    return Embedder(bundle.load(small_bundle))


def test_what_is_heard(embedder, small_bundle, sounds):
    y = sounds.chirp(80, 9000, 23)
    heard = embedder([y])
    loaded = bundle.load(small_bundle)
    vectors = loaded.network(slices(y, S))
    assert heard.duration == pytest.approx(23)
    assert heard.embedding.model == loaded.model
    np.testing.assert_allclose(heard.embedding.slice_vectors, vectors, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(heard.embedding.vector, song_vector(vectors), atol=1e-5)
    np.testing.assert_allclose(heard.embedding.slice_starts, [0, 5.12, 10.24, 15.36])
    assert heard.embedding.slice_starts.dtype == np.float32
    told = loaded.heads(vectors.mean(axis=0))  # this network's evidence is its vectors
    assert heard.labels.genre.probabilities == pytest.approx(told.genre.probabilities, abs=1e-5)
    assert heard.labels.emotions == pytest.approx(told.emotions, abs=1e-5)
    assert heard.labels.popularity.source == "model"
    assert {"danceability", "energy", "liveness"} < set(heard.labels.features)
    duration = heard.labels.features["duration"]
    assert (duration.value, duration.confidence, duration.source) == (heard.duration, 1.0, "signal")


@settings(max_examples=15, deadline=None)
@given(cuts=st.lists(st.integers(0, 20 * 22_050), max_size=10))
def test_how_it_is_cut_into_blocks_does_not_matter(embedder, sounds, cuts):
    y = sounds.chirp(80, 9000, 20)
    whole, pieces = embedder([y]), embedder(np.split(y, sorted(cuts)))
    np.testing.assert_array_equal(pieces.embedding.slice_vectors, whole.embedding.slice_vectors)
    assert pieces.labels == whole.labels


def test_the_same_sound_gives_the_same_answer(sounds):
    embedder = Embedder(bundle.load(bundle.shipped()))
    one, other = embedder([sounds.noise(12)]), embedder([sounds.noise(12)])
    np.testing.assert_array_equal(one.embedding.vector, other.embedding.vector)
    assert one.labels == other.labels
    assert np.linalg.norm(one.embedding.vector) == pytest.approx(1)


def test_sounds_alike_are_close_by_the_shipped_bundle(sounds):
    embedder = Embedder(bundle.load(bundle.shipped()))
    low, low_again, hiss = (
        embedder([y]).embedding.vector
        for y in (sounds.tone(110, 11), sounds.tone(112, 11, peak=0.2), sounds.noise(11, seed=3))
    )
    assert low @ low_again > 0.9
    assert low @ low_again > low @ hiss + 0.05


@pytest.mark.parametrize("seconds", [0, 0.01, 5.11])
def test_too_short(embedder, sounds, seconds):
    with pytest.raises(AudioTooShort) as caught:
        embedder([sounds.noise(seconds)])
    assert caught.value.seconds == pytest.approx(seconds, abs=1e-3)


def test_nothing_at_all(embedder):
    with pytest.raises(AudioTooShort):
        embedder([])


@pytest.mark.parametrize("seconds", [1, 6, 40])
def test_silence(embedder, seconds):
    with pytest.raises(AudioSilent) as caught:
        embedder(np.array_split(np.zeros(seconds * 22_050, np.float32), 5))
    assert caught.value.seconds == pytest.approx(seconds)


def test_sound_only_in_what_is_dropped_is_silence(embedder, sounds):
    y = np.concatenate([np.zeros(7 * 22_050, np.float32), sounds.noise(1)])
    with pytest.raises(AudioSilent):
        embedder([y])


def test_silent_slices_say_nothing_of_the_song(embedder, sounds):
    quiet = np.zeros(2 * S.slice_samples, np.float32)
    heard = embedder([quiet, sounds.noise(11), quiet])
    starts = heard.embedding.slice_starts
    assert 10.24 in starts.round(2)
    assert 0.0 not in starts
    assert 5.12 not in starts.round(2)[1:]
    assert len(starts) == len(heard.embedding.slice_vectors)
    assert heard.duration == pytest.approx(11 + 4 * 5.12)


def test_progress_is_told(embedder, sounds):
    told = []
    embedder(np.array_split(sounds.noise(12), 4), told.append)
    np.testing.assert_allclose(told, [3, 6, 9, 12])


def test_faults_of_the_stream_come_through(embedder, tmp_path, sounds):
    wave = sounds.noise(12)
    wave[200_000] = np.nan
    soundfile.write(tmp_path / "a.wav", wave, 22_050, subtype="FLOAT")
    with open_audio(tmp_path / "a.wav", S.sample_rate, 60) as stream, pytest.raises(AudioNotFinite):
        embedder(stream)


def test_memory_does_not_grow_with_the_recording(embedder, sounds):
    second = sounds.noise(1)
    tracemalloc.start()
    heard = embedder(second for _ in range(900))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert heard.duration == 900
    assert len(heard.embedding.slice_vectors) == 175
    assert peak < 40e6  # its samples alone would be 79 MB, its images 46 MB
