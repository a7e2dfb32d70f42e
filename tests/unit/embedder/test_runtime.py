import numpy as np
import pytest

from embedder import bundle
from embedder.runtime import Network
from embedder.spectrogram import AudioSettings, slices
from songs.vectors import unit


@pytest.fixture(scope="module")
def network():
    return bundle.load(bundle.shipped()).network


@pytest.fixture(scope="module")
def images(sounds):
    y = np.concatenate([sounds.chirp(60, 9000, 60), sounds.noise(60), sounds.tone(440, 60)])
    return slices(y, AudioSettings())


def test_shapes(network, images):
    assert (network.shape, network.dimensions) == ((256, 256), 128)
    vectors = network(images)
    assert vectors.shape == (len(images), 128)
    assert vectors.dtype == np.float32
    assert np.isfinite(vectors).all()
    assert network(images[:0]).shape == (0, 128)


def test_the_same_images_give_the_same_vectors(network, images):
    np.testing.assert_array_equal(network(images), network(images.copy()))
    np.testing.assert_array_equal(network(images), bundle.load(bundle.shipped()).network(images))


@pytest.mark.parametrize("size", [1, 3, 32])
def test_company_in_a_batch_does_not_matter(network, images, size):
    whole = network(images)
    parts = np.concatenate([network(images[i : i + size]) for i in range(0, len(images), size)])
    np.testing.assert_allclose(parts, whole, atol=1e-4, rtol=1e-4)
    assert (unit(parts) * unit(whole)).sum(axis=1).min() > 0.99999


def test_the_network_tells_sounds_apart(network, images):
    units = unit(network(images))
    assert (units @ units.T).min() < 0.9


@pytest.mark.parametrize("content", [b"", b"nonsense", bytes(500)])
def test_what_is_no_network(content):
    with pytest.raises(ValueError, match="network"):
        Network(content)
