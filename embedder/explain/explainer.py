"""From windows of a recording to an explanation of one of its labels, and its picture."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from embedder.explain.deletion import deletion
from embedder.explain.occlusion import effects
from embedder.explain.picture import Shown, draw
from embedder.explain.png import png
from embedder.explain.regions import Grid, regions, spans
from embedder.explain.scores import Heads, target
from embedder.explain.song import Hear, ScoredSong
from embedder.settings import AudioSettings, Images
from embedder.spectrogram import silent
from songs.errors import AudioSilent
from songs.explanation import Explainable, Explanation

Progress = Callable[[str, float], None]  # told the stage and how much of it is done, 0 to 1
OCCLUSION, DELETION = "deleting cell by cell", "deleting sets of cells"


@dataclass(frozen=True, slots=True, eq=False)
class Excerpt:
    """Slices of a recording: all of a short one, some that are spread over a long one."""

    images: Images  # (n, mels, frames), n >= 1
    indices: Sequence[int]  # of the slices, ascending; slice i starts at second 5.12 i


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """An explanation and its picture."""

    explanation: Explanation
    picture: bytes  # PNG


@dataclass(frozen=True, slots=True)
class Explainer:
    """Explains labels by what their scores lose without parts of the sound.

    Every cell of 0.64 s by 32 mel bands is deleted alone; the strongest tenth is then deleted together and compared
    with random sets of as many cells and nearly the same energy. The same recording gets the same answer.
    """

    audio: AudioSettings
    hear: Hear
    heads: Heads

    def __call__(
        self, excerpt: Excerpt, label: Explainable, name: str | None = None, progress: Progress = lambda _, __: None
    ) -> Drawn:
        """Explain a label of a recording by slices of it; silent ones are left out.

        Parameters
        ----------
        name : str, optional
            The genre or mood whose score is explained; without one, the likeliest.

        Raises
        ------
        Unexplainable
            The model tells no such label, or does not know the name.
        AudioSilent
            None of the slices has anything in it.
        """
        images, grid = self._sounding(excerpt)
        heard = ScoredSong.listen(images, self.hear, lambda _: 0.0)
        aim = target(self.heads, label, heard.evidence.mean(axis=0, dtype=np.float64).astype(np.float32), name)
        song = replace(heard, score=aim.score)
        worth = effects(song, lambda share: progress(OCCLUSION, share))
        deleted = deletion(song, worth, lambda share: progress(DELETION, share))
        clear = deleted.check.stands_out
        explanation = Explanation(
            label=str(label),
            target=aim.name,
            score=song(),
            heard=len(images) * self.audio.slice_seconds,
            seconds=spans(deleted.cells, worth, grid) if clear else (),
            regions=regions(deleted.cells, worth, grid) if clear else (),
            check=deleted.check,
        )
        return Drawn(explanation, png(draw(images, grid, Shown(worth, deleted.cells) if clear else None)))

    def _sounding(self, excerpt: Excerpt) -> tuple[Images, Grid]:
        """Return the images that hold sound, and where they lie."""
        sounding = np.flatnonzero(~silent(excerpt.images)).tolist()
        if not sounding:
            raise AudioSilent(len(excerpt.images) * self.audio.slice_seconds)
        return excerpt.images[sounding], Grid(tuple(excerpt.indices[i] for i in sounding), self.audio)
