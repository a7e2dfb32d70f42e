"""From cells of images to regions of a recording, in seconds and Hz."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.ndimage

from embedder.explain.song import CELLS, Cells
from embedder.settings import AudioSettings
from embedder.spectrogram import hz_to_mel, mel_to_hz
from songs.explanation import Region, Span


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the cells of some slices lie in a recording."""

    indices: Sequence[int]  # of the slices in the recording, ascending; slice i starts at second 5.12 i
    audio: AudioSettings

    @property
    def cell_seconds(self) -> float:
        """Seconds that a cell lasts."""
        return self.audio.slice_seconds / CELLS

    def edges(self) -> npt.NDArray[np.float64]:
        """Return the frequencies between the rows of cells, in Hz, shape=(CELLS + 1,): half way between two bands."""
        bands = np.arange(CELLS + 1) * (self.audio.mels / CELLS) + 0.5
        top = hz_to_mel(self.audio.sample_rate / 2)
        hz = mel_to_hz(bands / (self.audio.mels + 1) * top)
        hz[0], hz[-1] = 0.0, self.audio.sample_rate / 2
        return hz

    def height(self, hz: float) -> float:
        """Return how far up an image a frequency lies, from 0 at its lower edge to 1 at its upper one."""
        return ((self.audio.mels + 1) * hz_to_mel(hz) / hz_to_mel(self.audio.sample_rate / 2) - 0.5) / self.audio.mels

    def laid_out(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Lay the cells of slices along the recording's time; slices that were not looked at are 0.

        Parameters
        ----------
        values : np.ndarray, shape=(n_slices, CELLS, CELLS)

        Returns
        -------
        plane : np.ndarray, shape=(CELLS, CELLS * (last slice - first slice + 1))
        """
        first, last = self.indices[0], self.indices[-1]
        plane = np.zeros((CELLS, CELLS * (last - first + 1)), dtype=np.float64)
        for index, one in zip(self.indices, values, strict=True):
            plane[:, CELLS * (index - first) : CELLS * (index - first + 1)] = one
        return plane

    def second(self, column: int) -> float:
        """Return when a column of the plane begins."""
        return round(self.indices[0] * self.audio.slice_seconds + column * self.cell_seconds, 3)


def regions(cells: Cells, effects: npt.NDArray[np.float64], grid: Grid) -> tuple[Region, ...]:
    """Merge neighbouring cells into the boxes that hold them, strongest first."""
    plane, worth = grid.laid_out(cells.astype(np.float64)), grid.laid_out(effects)
    parts, _ = scipy.ndimage.label(plane)
    edges = grid.edges()
    found = []
    for number, (rows, columns) in enumerate(scipy.ndimage.find_objects(parts), start=1):
        region = Region(
            start=grid.second(columns.start),
            end=grid.second(columns.stop),
            low_hz=round(float(edges[rows.start]), 1),
            high_hz=round(float(edges[rows.stop]), 1),
            effect=float(worth[parts == number].sum()),
        )
        found.append(region)
    return tuple(sorted(found, key=lambda region: (-region.effect, region.start, region.low_hz)))


def spans(cells: Cells, effects: npt.NDArray[np.float64], grid: Grid) -> tuple[Span, ...]:
    """Return the seconds in which there is any of the cells, in the order of time."""
    plane = grid.laid_out(np.where(cells, effects, 0.0))
    lit = grid.laid_out(cells.astype(np.float64)).any(axis=0)
    runs, _ = scipy.ndimage.label(lit)
    return tuple(
        Span(start=grid.second(run.start), end=grid.second(run.stop), effect=float(plane[:, run].sum()))
        for (run,) in scipy.ndimage.find_objects(runs)
    )
