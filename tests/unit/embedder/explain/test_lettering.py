import numpy as np
import pytest

from embedder.explain.lettering import HEIGHT, SCALE, width, write


def test_a_text_fills_its_width_and_height_and_no_more():
    text = "8:08"
    pixels = np.zeros((HEIGHT + 4, width(text) + 4, 3), np.uint8)
    write(pixels, text, 2, 2, (9, 9, 9))
    down, across, _ = np.nonzero(pixels)
    assert (down.min(), down.max()) == (2, HEIGHT + 1)
    assert (across.min(), across.max()) == (2, width(text) + 1)


def test_characters_differ():
    drawn = set()
    for character in "0123456789:.+-ekHz ":
        pixels = np.zeros((HEIGHT, 3 * SCALE, 3), np.uint8)
        write(pixels, character, 0, 0, (1, 1, 1))
        drawn.add(pixels.tobytes())
    assert len(drawn) == 19


def test_what_is_outside_is_left_out():
    pixels = np.zeros((4, 4, 3), np.uint8)
    write(pixels, "88", -3, -3, (1, 1, 1))
    assert pixels.any()
    with pytest.raises(KeyError):
        write(pixels, "q", 0, 0, (1, 1, 1))
