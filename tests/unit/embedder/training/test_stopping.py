from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers

from embedder.training.dataset import Example
from embedder.training.stopping import Stopping


@pytest.fixture
def songs(tmp_path):
    """Two artists of two songs; an artist's songs are loud in the same half of the image."""
    made = []
    for i in range(4):
        image = np.zeros((1, 4, 4), np.float16)
        image[0, 2 * (i % 2) : 2 * (i % 2) + 2] = 1
        image[0, :, i // 2] += 0.5
        np.save(tmp_path / f"{i}.npy", image)
        made.append(
            Example(
                corpus="c", genres=frozenset(), part="validation", images=Path(tmp_path / f"{i}.npy"), slices=1,
                artist=f"artist {i % 2}",
            )
        )  # fmt: skip
    return made


def learner():
    model = keras.Sequential([keras.Input((4, 4, 1)), layers.Flatten(), layers.Dense(2, use_bias=False)])
    model.compile("sgd", "mse")
    return model


def rows(strength):
    """Weights that hear the upper and the lower half, or nothing of use."""
    weights = np.zeros((16, 2), np.float32)
    weights[:8, 0] = weights[8:, 1] = strength
    weights[:, 0] += 1 - strength
    return [weights]


def epochs(stopping, model, strengths):
    stopping.set_model(model)
    for epoch, strength in enumerate(strengths):
        model.set_weights(rows(strength))
        stopping.on_epoch_end(epoch)
        if model.stop_training:
            return epoch + 1
    return len(strengths)


def test_the_best_weights_stay_and_patience_ends(songs):
    model = learner()
    stopping = Stopping(model, songs, patience=2)
    assert epochs(stopping, model, [0.0, 1.0, 0.0, 0.0, 0.0, 0.0]) == 4
    assert stopping.history["best_epoch"] == [2.0]
    assert stopping.history["val_artist_map"][1] == 1.0 > stopping.history["val_artist_map"][0]
    stopping.take_best()
    np.testing.assert_array_equal(model.get_weights()[0], rows(1.0)[0])


@pytest.mark.parametrize(("patience", "asked"), [(None, 4), (2, 1), (2, 0)])
def test_where_nobody_checks_all_epochs_are_taught(songs, patience, asked):
    model = learner()
    stopping = Stopping(model, songs[:asked], patience)
    assert epochs(stopping, model, [0.0] * 5) == 5
    assert stopping.history == {}
    stopping.take_best()
    np.testing.assert_array_equal(model.get_weights()[0], rows(0.0)[0])
