import numpy as np
import pytest

from embedder.explain.picture import SLICE, Shown, draw
from embedder.explain.regions import Grid
from embedder.settings import AudioSettings

AUDIO = AudioSettings()
TOP, LEFT = 8, 56  # of the first slice
CELL = (SLICE[0] // 8, SLICE[1] // 8)


def images(n=2, level=0.5):
    return np.full((n, 256, 256), level, np.float32)


def shown(n=2, **values):
    effects, cells = np.zeros((n, 8, 8)), np.zeros((n, 8, 8), bool)
    for effect, place in values.values():
        effects[place] = effect
        cells[place] = effect > 0
    return Shown(effects, cells)


def pixels_of(picture, i, row, column):
    """Return the middle of a cell."""
    top, left = TOP + SLICE[0] - CELL[0] * (row + 1), LEFT + SLICE[1] * i + CELL[1] * column
    return picture[top + 4 : top + CELL[0] - 4, left + 4 : left + CELL[1] - 4].astype(int)


def test_what_speaks_for_is_red_and_what_speaks_against_is_blue():
    picture = draw(images(), Grid((0, 1), AUDIO), shown(a=(1.0, (0, 2, 3)), b=(-1.0, (1, 6, 0))))
    red, blue, grey = pixels_of(picture, 0, 2, 3), pixels_of(picture, 1, 6, 0), pixels_of(picture, 0, 6, 0)
    assert (red[..., 0] > red[..., 2] + 50).all()
    assert (blue[..., 2] > blue[..., 0] + 50).all()
    assert (grey[..., 0] == grey[..., 2]).all()


def test_a_region_is_framed():
    effects = shown(a=(1.0, (0, 2, 3)), b=(0.5, (0, 2, 4)))
    picture = draw(images(), Grid((0, 1), AUDIO), effects)
    frame = (picture == (255, 214, 0)).all(axis=2)
    down, across = np.nonzero(frame)
    assert (across.min() - LEFT, across.max() + 1 - LEFT) == (3 * CELL[1], 5 * CELL[1])
    assert (down.max() + 1 - TOP, down.min() - TOP) == (SLICE[0] - 2 * CELL[0], SLICE[0] - 3 * CELL[0])
    assert not frame[TOP + SLICE[0] - 3 * CELL[0] + 5 : TOP + SLICE[0] - 2 * CELL[0] - 5, LEFT + 4 * CELL[1]].any()


def test_a_region_goes_on_in_the_next_slice():
    effects = shown(a=(1.0, (0, 2, 7)), b=(1.0, (1, 2, 0)))
    row = TOP + SLICE[0] - 3 * CELL[0] + CELL[0] // 2
    for indices, lines in (((0, 1), 0), ((0, 5), 2)):
        picture = draw(images(), Grid(indices, AUDIO), effects)
        middle = picture[row, LEFT + SLICE[1] - 3 : LEFT + SLICE[1] + 9]
        assert (middle == (255, 214, 0)).all(axis=1).sum() == 2 * lines


def test_without_a_claim_there_is_no_colour():
    picture = draw(images(), Grid((0, 1), AUDIO)).astype(int)
    assert (picture.max(axis=2) == picture.min(axis=2)).all()


def test_low_notes_are_below_and_loud_ones_dark():
    image = images(1, 0.0)
    image[0, :32, :128] = 1.0  # the lowest bands, first half
    picture = draw(image, Grid((0,), AUDIO)).astype(int)
    assert pixels_of(picture, 0, 0, 0).max() < 60
    assert pixels_of(picture, 0, 0, 7).min() > 200
    assert pixels_of(picture, 0, 7, 0).min() > 200


@pytest.mark.parametrize(("indices", "rows"), [((0,), 1), (tuple(range(8)), 1), (tuple(range(1, 32, 2)), 2)])
def test_eight_slices_a_row(indices, rows):
    picture = draw(images(len(indices)), Grid(indices, AUDIO))
    assert picture.shape[0] == rows * (8 + SLICE[0] + 24)
    assert picture.shape[1] >= LEFT + min(8, len(indices)) * SLICE[1]
    assert picture.dtype == np.uint8


def test_slices_that_are_not_neighbours_stand_apart():
    near, apart = (draw(images(2), Grid(indices, AUDIO)) for indices in ((3, 4), (3, 9)))
    assert apart.shape[1] == near.shape[1] + 6
    assert (apart[TOP : TOP + SLICE[0], LEFT + SLICE[1] : LEFT + SLICE[1] + 6] == 255).all()
