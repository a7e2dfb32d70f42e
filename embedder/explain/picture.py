"""The picture of an explanation: the spectrogram in grey, what speaks for the label in red, what against it in blue.

Eight slices a row, time to the right, frequency upwards on the mel scale; slices of a long recording that are not
neighbours stand apart. The regions that were checked by deletion are framed. Where no region stands out there is
nothing but grey: colours would claim something.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from embedder.explain.lettering import HEIGHT, width, write
from embedder.explain.png import Pixels
from embedder.explain.regions import Grid
from embedder.explain.song import CELLS, Cells
from embedder.settings import Images

A_ROW = 8  # slices beside each other
SLICE = (256, 160)  # pixels of a slice: high, wide
_GAP = 6  # pixels between slices that are not neighbours in the recording
_MARGIN = (8, 40, 24, 56)  # pixels around a row: above, right, below, left
_LEGEND = 28  # pixels below all rows
_PAPER, _INK, _FRAME = (255, 255, 255), (60, 60, 60), (255, 214, 0)
_FOR, _AGAINST = np.array([230.0, 30.0, 30.0]), np.array([30.0, 80.0, 240.0])
_STEP = 8  # between two shades of grey: finer ones double the file and are not seen
_TICKS_HZ = (100, 500, 1000, 2000, 5000, 10_000)


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What is drawn over the spectrogram."""

    effects: npt.NDArray[np.float64]  # (n_slices, CELLS, CELLS)
    cells: Cells  # framed


def draw(images: Images, grid: Grid, shown: Shown | None = None) -> Pixels:
    """Draw a song's slices, with what ``shown`` says over them.

    Parameters
    ----------
    images : np.ndarray, shape=(n_slices, mels, frames), float32 in [0, 1]
        Row = mel band, lowest first.
    grid : Grid
        Where the slices lie.

    Returns
    -------
    pixels : np.ndarray, shape=(height, width, 3), uint8
    """
    rows = [range(start, min(start + A_ROW, len(images))) for start in range(0, len(images), A_ROW)]
    lefts = [_lefts([grid.indices[i] for i in row]) for row in rows]
    above, right, below, left = _MARGIN
    high = (above + SLICE[0] + below) * len(rows) + (_LEGEND if shown else 0)
    pixels = np.empty((high, left + max(places[-1] for places in lefts) + SLICE[1] + right, 3), dtype=np.uint8)
    pixels[:] = _PAPER
    largest = float(np.abs(shown.effects).max()) if shown else 0.0
    for number, (row, places) in enumerate(zip(rows, lefts, strict=True)):
        top = number * (above + SLICE[0] + below) + above
        for i, place in zip(row, places, strict=True):
            tinted = _tinted(images[i], shown.effects[i], largest) if shown else _grey(images[i])
            pixels[top : top + SLICE[0], left + place : left + place + SLICE[1]] = tinted
            if shown:
                _frame(pixels, _beside(shown.cells, grid, i), top, left + place)
            _time(pixels, grid, grid.indices[i], (top + SLICE[0], left + place))
        _frequencies(pixels, grid, top, left)
    if shown and largest > 0:
        _legend(pixels, largest, high - _LEGEND, left)
    return pixels


def _lefts(indices: Sequence[int]) -> list[int]:
    """Return where each slice of a row begins, from the left end of the row."""
    lefts = [0]
    for before, index in pairwise(indices):
        lefts.append(lefts[-1] + SLICE[1] + (0 if index == before + 1 else _GAP))
    return lefts


def _grey(image: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Return an image as grey pixels, low notes below, shape=(*SLICE, 3): silence is white, the peak nearly black."""
    mels, frames = image.shape
    down = (np.arange(SLICE[0]) + 0.5) / SLICE[0] * mels
    across = (np.arange(SLICE[1]) + 0.5) / SLICE[1] * frames
    sized = image[::-1][np.ix_(down.astype(int), across.astype(int))]
    grey = 245 - np.round(205 / _STEP * sized.astype(np.float64)) * _STEP
    return np.repeat(grey[..., None], 3, axis=2)


def _tinted(
    image: npt.NDArray[np.float32], effects: npt.NDArray[np.float64], largest: float
) -> npt.NDArray[np.float64]:
    """Return an image with the colours of its cells; the strongest cell of the song is two thirds colour."""
    grey = _grey(image)
    if largest == 0:
        return grey
    cell = np.ones((SLICE[0] // CELLS, SLICE[1] // CELLS))
    strength = np.asarray(np.kron(effects[::-1] / largest, cell)[..., None], dtype=np.float64)
    return _mixed(grey, strength)


def _mixed(grey: npt.NDArray[np.float64], strength: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    share = 0.67 * np.abs(strength)
    return grey * (1 - share) + np.where(strength > 0, _FOR, _AGAINST) * share


def _beside(cells: Cells, grid: Grid, i: int) -> npt.NDArray[np.bool_]:
    """Return a slice's cells and the nearest ones of the slices beside it, shape=(CELLS, CELLS + 2)."""
    found = np.pad(cells[i], ((0, 0), (1, 1)))
    if i > 0 and grid.indices[i - 1] == grid.indices[i] - 1:
        found[:, 0] = cells[i - 1, :, -1]
    if i + 1 < len(cells) and grid.indices[i + 1] == grid.indices[i] + 1:
        found[:, -1] = cells[i + 1, :, 0]
    return found


def _frame(pixels: Pixels, cells: npt.NDArray[np.bool_], top: int, left: int) -> None:
    """Draw the border of a slice's cells, two pixels inside of it; ``cells`` as ``_beside`` returns them."""
    high, wide = SLICE[0] // CELLS, SLICE[1] // CELLS
    mask = np.pad(np.kron(cells[::-1], np.ones((high, wide), dtype=np.bool_)), ((2, 2), (0, 0)))
    seen = [
        mask[down : down + SLICE[0], wide + across : wide + across + SLICE[1]]
        for down, across in ((2, 0), (0, 0), (4, 0), (2, -2), (2, 2))
    ]
    pixels[top : top + SLICE[0], left : left + SLICE[1]][seen[0] & ~np.logical_and.reduce(seen)] = _FRAME


def _time(pixels: Pixels, grid: Grid, index: int, corner: tuple[int, int]) -> None:
    """Mark the whole seconds below a slice, and write every fifth."""
    (top, left), seconds = corner, grid.audio.slice_seconds
    begin = index * seconds
    for second in range(math.ceil(begin), math.ceil(begin + seconds)):
        place = left + int((second - begin) / seconds * SLICE[1])
        written = second % 5 == 0
        pixels[top : top + (6 if written else 3), place] = _INK
        if written:
            write(pixels, f"{second // 60}:{second % 60:02d}", top + 8, place, _INK)


def _frequencies(pixels: Pixels, grid: Grid, top: int, left: int) -> None:
    """Mark some frequencies at the left end of a row."""
    for hz in _TICKS_HZ:
        height = grid.height(hz)
        if height >= 1:
            continue
        place = top + SLICE[0] - 1 - int(height * SLICE[0])
        pixels[place, left - 4 : left] = _INK
        text = f"{hz // 1000}k" if hz >= 1000 else str(hz)
        write(pixels, text, place - HEIGHT // 2, left - 6 - width(text), _INK)
    write(pixels, "Hz", top + SLICE[0] + 8, left - 6 - width("Hz"), _INK)


def _legend(pixels: Pixels, largest: float, top: int, left: int) -> None:
    """Draw what the colours mean: from the lowest possible effect of a cell to the highest."""
    low, high = f"-{largest:.2g}", f"+{largest:.2g}"
    write(pixels, low, top + 8, left, _INK)
    begin = left + width(low) + 8
    ramp = np.linspace(-1, 1, 121)[None, :, None]
    pixels[top + 6 : top + 6 + HEIGHT + 4, begin : begin + 121] = _mixed(np.full((1, 121, 3), 180.0), ramp)
    write(pixels, high, top + 8, begin + 129, _INK)
