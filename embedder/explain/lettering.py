"""Numbers as pixels, 3 wide and 5 high: all that the axes of a picture need."""

import numpy as np

from embedder.explain.png import Pixels

SCALE = 2  # pixels a dot
HEIGHT = 5 * SCALE

# five rows of three dots, from the top
_DOTS = {
    "0": "### #.# #.# #.# ###",
    "1": ".#. ##. .#. .#. ###",
    "2": "### ..# ### #.. ###",
    "3": "### ..# .## ..# ###",
    "4": "#.# #.# ### ..# ..#",
    "5": "### #.. ### ..# ###",
    "6": "### #.. ### #.# ###",
    "7": "### ..# ..# .#. .#.",
    "8": "### #.# ### #.# ###",
    "9": "### #.# ### ..# ###",
    ":": "... .#. ... .#. ...",
    ".": "... ... ... ... .#.",
    "+": "... .#. ### .#. ...",
    "-": "... ... ### ... ...",
    "e": "... ### ##. #.. ###",
    "k": "#.. #.# ##. ##. #.#",
    "H": "#.# #.# ### #.# #.#",
    "z": "... ### .## ##. ###",
    " ": "... ... ... ... ...",
}


def width(text: str) -> int:
    """Return the pixels that a text is wide."""
    return max(0, 4 * len(text) - 1) * SCALE


def write(pixels: Pixels, text: str, top: int, left: int, colour: tuple[int, int, int]) -> None:
    """Write into a picture; dots beyond its edges are left out.

    Raises
    ------
    KeyError
        For a character that is not part of a number or its unit.
    """
    for place, character in enumerate(text):
        dots = np.array([[dot == "#" for dot in row] for row in _DOTS[character].split()])
        down, right = np.nonzero(np.kron(dots, np.ones((SCALE, SCALE), dtype=np.bool_)))
        down, right = down + top, right + left + 4 * SCALE * place
        inside = (down >= 0) & (down < pixels.shape[0]) & (right >= 0) & (right < pixels.shape[1])
        pixels[down[inside], right[inside]] = colour
