import keras
import numpy as np
import pytest
from keras import layers

from embedder.runtime import Network
from embedder.spectrogram import AudioSettings
from embedder.training.architectures import ARCHITECTURES, EMBEDDING, GENRE
from embedder.training.export import CLOSE, graph, with_evidence
from embedder.training.recipe import Recipe, untrained

S = AudioSettings()


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(4).uniform(size=(5, 256, 256)).astype(np.float32)


def as_published(genres):
    """The same layers with ELU before the pool, in the order of the publication."""
    network = keras.Sequential([keras.Input((256, 256, 1))])
    for filters in (64, 128, 256, 512):
        network.add(layers.Conv2D(filters, 2, strides=2))
        network.add(layers.ELU())
        network.add(layers.MaxPooling2D(2))
    network.add(layers.Flatten())
    network.add(layers.Dense(128, activation="elu"))
    network.add(layers.Dropout(0.5))
    network.add(layers.Dense(genres, activation="softmax"))
    return network


def test_pooling_before_elu_changes_no_number(images):
    ours = untrained(Recipe(), S, 9)
    theirs = as_published(9)
    theirs.set_weights(ours.get_weights())
    x = images[..., np.newaxis]
    np.testing.assert_array_equal(ours.predict_on_batch(x), theirs.predict_on_batch(x))
    assert ours.count_params() == theirs.count_params() == 756_169


@pytest.mark.parametrize("name", list(ARCHITECTURES))
def test_every_architecture_can_be_cut_and_exported(name, images):
    network = untrained(Recipe(architecture=name), S, 4)
    assert network.get_layer(EMBEDDING).output.shape == (None, 128)
    assert network.get_layer(GENRE).output.shape == (None, 4)
    assert b"images" in graph(network, images)
    assert 0.9999 <= CLOSE < 1


def test_the_evidence_comes_out_beside_the_vectors_that_are_made_of_it(images):
    model = untrained(Recipe(architecture="kin"), S, 4)
    told = Network(exported := graph(model, images))
    vectors, evidence = told.hear(images)
    np.testing.assert_array_equal(vectors, told(images))
    weights, bias = model.get_layer(EMBEDDING).get_weights()
    assert evidence.shape == (len(images), told.evidence) == (len(images), len(weights))
    np.testing.assert_allclose(evidence @ weights + bias, vectors, rtol=1e-3, atol=1e-3)
    assert with_evidence(exported) == exported
    assert [part.shape for part in told.hear(images[:0])] == [(0, 128), (0, told.evidence)]


def test_without_a_layer_of_evidence_the_vectors_are_it(images):
    told = Network(graph(untrained(Recipe(), S, 4), images))
    vectors, evidence = told.hear(images)
    assert told.evidence == told.dimensions == 128
    np.testing.assert_array_equal(vectors, evidence)


def test_the_seed_decides_the_weights():
    one, same, other = (untrained(Recipe(seed=seed), S, 3).get_weights() for seed in (1, 1, 2))
    for a, b in zip(one, same, strict=True):
        np.testing.assert_array_equal(a, b)
    assert not np.array_equal(one[0], other[0])
