"""What each part of the recipe is worth: trained without it, judged by songs of artists that no trial heard.

All trials teach folds 2 to 4 and are judged on folds 0 and 1 of the first collection that tells artists; nothing is
chosen on those, and only the published recipe, which stops early, looks at fold 1 at all. What the whole recipe reaches
is cross-validated elsewhere, see ``rounds``. A trial that was done is not done again.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np

from embedder.runtime import Network
from embedder.settings import AudioSettings
from embedder.split import SplitRule
from embedder.training import export
from embedder.training.dataset import Example, examples, load_images
from embedder.training.lesson import lesson_from, network
from embedder.training.recipe import RECIPES, TASKS, Recipe
from evaluation.collection import Collection
from evaluation.comparison import Contender, Line, comparisons
from evaluation.progress import Progress
from evaluation.rounds import MEASURES
from songs.errors import InvalidManifest
from songs.labels import Labels
from songs.vectors import DIMENSIONS, unit

FORMAT = 1  # of what is kept of a trial; another number, and all are done again
SHORT = 3  # the other trials take this part of the steps

_KIN = replace(RECIPES["kin"], patience=None)
_SHORT = replace(_KIN, epochs=max(_KIN.epochs // SHORT, 1))


@dataclass(frozen=True, slots=True)
class Trial:
    """A recipe, and what it shows."""

    name: str
    what: str
    recipe: Recipe
    seeds: Sequence[int] = (1,)


def _without(*names: str) -> Recipe:
    return replace(_SHORT, tasks=MappingProxyType({name: TASKS[name] for name in TASKS if name not in names}))


TRIALS: tuple[Trial, ...] = (
    Trial("seed, as published", "RMSprop .001, batch 128, genre only", Recipe(batch=128, rate=1e-3)),
    Trial("seed", "RMSprop .0003, batch 32, genre only", RECIPES["seed"]),
    Trial("seed network, kin's tasks", "a third of the steps", replace(_SHORT, architecture="seed", piece=256)),
    Trial("kin, short", "a third of the steps; the rows below differ by one part", _SHORT),
    Trial("statistics alone", "nothing learnt", replace(_SHORT, known=DIMENSIONS, epochs=1)),
    Trial("learnt alone", "no statistics in the vector", replace(_SHORT, known=0)),
    Trial("no artists, albums", "as tasks", _without("artist", "album")),
    Trial("no emotions", "as a task", _without("felt")),
    Trial("no quadrants, clusters", "as tasks", _without("quadrant", "cluster")),
    Trial("no statistics to tell", "as a task", _without("statistics")),
    Trial("no variation", "pieces are cut, not augmented", replace(_SHORT, varied=False)),
    Trial("no mixing", "one song at a time", replace(_SHORT, mixed=0.0)),
    Trial("no averaging", "of the weights", replace(_SHORT, averaged=False)),
)


def run(
    manifests: Sequence[Path], cache: Path, out: Path, progress: Progress, trials: Sequence[Trial] = TRIALS
) -> None:
    """Do all trials that were not done, and write the table after each.

    Parameters
    ----------
    manifests : sequence of Path
    cache : Path
        Folder for images of slices and for the results of single trials.
    out : Path
        JSON that ``ablation.read`` reads.

    Raises
    ------
    InvalidManifest
        A manifest that cannot be read, or one that teaches or judges nothing.
    """
    done: list[dict[str, object]] = []
    for trial in trials:
        found = []
        for seed in trial.seeds:
            recipe = replace(trial.recipe, seed=seed)
            found.append(_once(recipe, manifests, cache, _named(progress, f"{trial.name}, seed {seed}")))
        done.append({"name": trial.name, "what": trial.what, "seeds": found})
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps({"metrics": list(MEASURES), "rows": done}, indent=1) + "\n", encoding="utf-8")


def _named(progress: Progress, name: str) -> Progress:
    return lambda stage, share: progress(f"{name}: {stage}", share)


def _once(recipe: Recipe, manifests: Sequence[Path], cache: Path, progress: Progress) -> list[float]:
    """Return a trial's figures, those of last time where it was done."""
    told = {**asdict(replace(recipe, tasks={})), "tasks": dict(recipe.tasks), "format": FORMAT}
    told["manifests"] = [hashlib.sha256(path.read_bytes()).hexdigest() for path in manifests]
    name = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:24]
    kept = cache / "trials" / f"{name}.json"
    if not kept.exists():
        figures = _figures(recipe, manifests, cache, progress)
        kept.parent.mkdir(parents=True, exist_ok=True)
        beside = kept.with_suffix(".new")
        beside.write_text(json.dumps(figures), encoding="utf-8")
        beside.replace(kept)
    return [float(value) for value in json.loads(kept.read_text(encoding="utf-8"))]


def _figures(recipe: Recipe, manifests: Sequence[Path], cache: Path, progress: Progress) -> list[float]:
    audio, split = AudioSettings(), SplitRule()
    everyone = examples(manifests, cache, audio, split, progress, nameless=True)
    lesson = lesson_from(everyone, recipe, audio, split)
    model, _ = network(lesson, progress)
    line = judged(Network(export.graph(model, load_images(lesson.used[0]))), everyone, split)
    values = [getattr(line, name) for name in MEASURES.values()]
    return [float("nan") if value is None else float(value) for value in values]


def judged(heard: Callable[..., object], songs: Sequence[Example], rule: SplitRule) -> Line:
    """Return what vectors reach on the first collection of songs that tells artists, by artists that taught nothing."""
    for corpus in dict.fromkeys(song.corpus for song in songs):
        own = [song for song in songs if song.corpus == corpus and song.row is not None]
        vectors = unit(np.stack([np.asarray(heard(load_images(song))).mean(axis=0) for song in own]))
        rows = [song.row for song in own if song.row is not None]
        found = comparisons([Contender("trial", [Collection(corpus, rows, vectors, [Labels()] * len(own))])], rule)
        if found and found[0].lines[-1].artist_map is not None:
            return found[0].lines[-1]
    raise InvalidManifest(", ".join({song.corpus for song in songs}), "too few songs of artists that are held back")
