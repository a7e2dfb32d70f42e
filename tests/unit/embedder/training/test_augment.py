import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from embedder.training.augment import varied

IMAGE = np.random.default_rng(0).uniform(0.2, 0.8, size=(256, 256)).astype(np.float32)


@given(st.integers(0, 2**32 - 1), st.integers(8, 230))
def test_a_piece_is_an_image_of_the_asked_width(seed, width):
    piece = varied(IMAGE, width, np.random.default_rng(seed))
    assert piece.shape == (256, width)
    assert piece.dtype == np.float32
    assert piece.min() >= 0
    assert piece.max() <= 1


def test_chance_alone_decides_and_the_image_stays():
    before = IMAGE.copy()
    one, same, other = (varied(IMAGE, 128, np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)
    np.testing.assert_array_equal(IMAGE, before)
