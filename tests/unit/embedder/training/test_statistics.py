import numpy as np
import pytest

from embedder.spectrogram import AudioSettings, band_centres, slices
from embedder.training.statistics import FAMILIES, STATISTICS, Statistics, bell, cosines, groups, pitch_classes

S = AudioSettings()
SECONDS = S.slice_seconds + 0.1


@pytest.fixture(scope="module")
def statistics():
    layer = Statistics(S)

    def by_family(images):
        told = np.asarray(layer(images[..., np.newaxis]))
        ends = np.cumsum(list(FAMILIES.values()))
        return dict(zip(FAMILIES, np.split(told, ends[:-1], axis=1), strict=True))

    return by_family


@pytest.fixture(scope="module")
def random_images():
    return np.random.default_rng(3).uniform(size=(3, 256, 256)).astype(np.float32)


def test_matrices():
    table = cosines(40, 256)[1:]
    np.testing.assert_allclose(table @ table.T, np.eye(39), atol=1e-5)
    np.testing.assert_allclose(groups(16, 256).sum(axis=1), 1, rtol=1e-6)
    np.testing.assert_allclose(bell(256, 4, 6.0).sum(axis=1), 1, rtol=1e-5)
    rows = pitch_classes(S)
    concert_a = int(np.abs(band_centres(S) - 880).argmin())
    assert rows[:, concert_a].argmax() == 0


def test_the_families_are_what_numpy_says(statistics, random_images):
    told = statistics(random_images)
    cepstrum = cosines(40, 256) @ random_images
    np.testing.assert_allclose(told["cepstrum"], cepstrum.mean(axis=2), atol=1e-4)
    for own, covariance, correlation in zip(
        cepstrum[:, :20], told["cepstral_covariance"], told["cepstral_correlation"], strict=True
    ):
        wanted = np.cov(own, bias=True)
        np.testing.assert_allclose(covariance, wanted[np.triu_indices(20)], atol=1e-4)
        np.testing.assert_allclose(correlation, np.corrcoef(own)[np.triu_indices(20, 1)], atol=1e-3)
    bands = random_images.reshape(3, 16, 16, 256)
    np.testing.assert_allclose(told["bands"], bands.mean(axis=(2, 3)), atol=1e-5)
    np.testing.assert_allclose(told["range_spread"], np.ptp(bands, axis=2).std(axis=2), atol=1e-4)


def test_a_tone_is_heard_at_its_pitch(statistics, sounds):
    told = statistics(slices(sounds.tone(440 * 2 ** (7 / 12), SECONDS), S))
    assert told["chroma"][0].argmax() == 7


@pytest.mark.parametrize(("hz", "faster"), [(1.0, False), (8.0, True)])
def test_a_tremolo_is_heard_at_its_rate(statistics, sounds, hz, faster):
    wave = sounds.noise(SECONDS)
    wave *= 0.55 + 0.45 * np.sin(2 * np.pi * hz * np.arange(wave.size) / sounds.rate).astype(np.float32)
    rates = statistics(slices(wave, S))["modulation"].reshape(8, 11).mean(axis=0)
    assert (rates.argmax() >= 6) == faster


@pytest.mark.parametrize("level", [0.0, 1.0])
def test_an_even_image_gives_finite_numbers(statistics, level):
    told = statistics(np.full((1, 256, 256), level, np.float32))
    assert sum(part.shape[1] for part in told.values()) == STATISTICS
    assert all(np.isfinite(part).all() for part in told.values())
