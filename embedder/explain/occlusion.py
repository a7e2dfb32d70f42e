"""Occlusion: what each cell of a song's images does to a score (Zeiler and Fergus 2014), by deleting it alone."""

import numpy as np
import numpy.typing as npt

from embedder.explain.song import Progress, ScoredSong, single_cells


def effects(song: ScoredSong, progress: Progress = lambda _: None) -> npt.NDArray[np.float64]:
    """Return by how much the song's score falls without each cell.

    Returns
    -------
    effects : np.ndarray, shape=(n_slices, CELLS, CELLS), float64
        In the unit of the score; above 0 where the cell speaks for the label, below 0 where against it. They are small:
        a cell is a 64th of one of the song's slices.
    """
    scores = song.without(list(single_cells(song.shape)), progress)
    return np.asarray(song() - scores).reshape(song.shape)
