"""Songs divided among teaching and judging, and a network taught with them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import keras

from embedder.spectrogram import AudioSettings
from embedder.split import EVERYTHING, SplitRule
from embedder.training import kinship, recipe
from embedder.training.dataset import Batches, Example, Progress, examples
from embedder.training.precision import fastest
from songs.errors import InvalidManifest


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """What is taught, and how."""

    recipe: recipe.Recipe
    audio: AudioSettings
    split: SplitRule
    names: list[str]  # genres that can be learnt
    used: list[Example]  # songs that have one of them, and for some architectures the others

    def part(self, part: str) -> list[Example]:
        """Return the songs of one part of the split that have a genre."""
        return [example for example in self.named if example.part == part]

    def holding_back(self, split: SplitRule, seed: int) -> "Lesson":
        """Return the lesson with other songs held back, and another seed."""
        used = [replace(one, part=split.part(one.row.tags.artist if one.row else None)) for one in self.used]
        return lesson_from(used, replace(self.recipe, seed=seed), self.audio, split)

    def whole(self, history: dict[str, list[float]]) -> "Lesson":
        """Return the lesson with all songs for teaching, as long as it served best with some of them held back."""
        used = [replace(example, part="train") for example in self.used]
        return replace(self, recipe=kinship.shortened(self.recipe, history), split=EVERYTHING, used=used)

    @property
    def named(self) -> list[Example]:
        """The songs that have a genre."""
        return [example for example in self.used if example.genres & set(self.names)]


def lesson_of(manifests: Sequence[Path], cache: Path, chosen: recipe.Recipe, progress: Progress) -> Lesson:
    """Hear manifests, held back as the default rule says; raises InvalidManifest."""
    audio, split = AudioSettings(), SplitRule()
    heard = examples(manifests, cache, audio, split, progress, nameless=chosen.kindred)
    return lesson_from(heard, chosen, audio, split)


def lesson_from(heard: Sequence[Example], chosen: recipe.Recipe, audio: AudioSettings, split: SplitRule) -> Lesson:
    """Choose from songs those that teach by this recipe; raises InvalidManifest where they tell too few genres."""
    names = _names(heard)
    return Lesson(chosen, audio, split, names, [one for one in heard if chosen.kindred or one.genres & set(names)])


def network(lesson: Lesson, progress: Progress) -> tuple[keras.Model, recipe.History]:
    """Return the architecture taught as the recipe says, and how it went."""
    chosen, names = lesson.recipe, lesson.names
    if chosen.kindred:
        known = [replace(e, genres=e.genres & set(names)) for e in lesson.used]
        teaching, checking = ([e for e in known if e.part == part] for part in ("train", "validation"))
        return kinship.teach(chosen, lesson.audio, kinship.Material(teaching, checking, names), progress)
    checking = lesson.part("validation")
    batches = Batches(lesson.part("train"), names, chosen.batch, chosen.seed)
    checks = Batches(checking, names, chosen.batch, chosen.seed) if checking else None
    taught = recipe.untrained(chosen, lesson.audio, len(names), fastest())
    history = recipe.fit(taught, batches, checks, chosen, progress)
    model = recipe.untrained(chosen, lesson.audio, len(names))
    model.set_weights(taught.get_weights())
    return model, history


def _names(used: Sequence[Example]) -> list[str]:
    """Return the genres that can be learnt: those of the training songs."""
    names = sorted(set().union(*(example.genres for example in used if example.part == "train")))
    if len(names) < 2:
        where = ", ".join(sorted({example.corpus for example in used}))
        raise InvalidManifest(where, f"its training songs have {len(names)} genres, telling them apart needs two")
    return names
