"""Trials of the recipe, on a shop of made-up songs."""

import json
from dataclasses import replace

import pytest
import soundfile

from evaluation import ablation, trials
from evaluation.trials import Trial
from music import RATE, song

pytestmark = pytest.mark.service  # teaches networks: make test


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """Thirty artists of two songs, each of its own pitch; rock is low."""
    folder = tmp_path_factory.mktemp("shop")
    lines = ["path,artist,genre"]
    for i in range(60):
        artist = i // 2
        soundfile.write(folder / f"{i}.flac", song(110 + 15 * artist, 90, 0.5, 6.0, seed=i), RATE)
        lines.append(f"{i}.flac,artist {artist},{'Rock' if artist % 2 else 'Jazz'}")
    (folder / "manifest.csv").write_text("\n".join(lines))
    return folder / "manifest.csv"


def test_trials_are_done_once_and_told_in_a_table(shop, tmp_path):
    brief = replace(trials.TRIALS[3].recipe, epochs=1)
    chosen = (Trial("both", "halves", brief, (1, 2)), Trial("statistics", "alone", replace(brief, known=128)))
    told: list[str] = []
    for _ in range(2):
        trials.run([shop], tmp_path / "cache", tmp_path / "t.json", lambda stage, _: told.append(stage), chosen)
    stages = list(dict.fromkeys(told))
    assert "both, seed 1: training" in stages
    assert told.count("both, seed 1: training") == len([s for s in told if s == "both, seed 2: training"])
    table = ablation.read(tmp_path / "t.json")
    assert table is not None
    assert [(row.name, len(row.seeds)) for row in table.rows] == [("both", 2), ("statistics", 1)]
    assert 0 <= table.rows[1].seeds[0][0] <= 1
    before = (tmp_path / "t.json").read_text()
    kept = sorted((tmp_path / "cache" / "trials").iterdir())
    assert len(kept) == 3
    kept[0].write_text(json.dumps([0.5] * len(trials.MEASURES)))
    trials.run([shop], tmp_path / "cache", tmp_path / "t.json", lambda *_: None, chosen)
    assert (tmp_path / "t.json").read_text() != before, "what was kept is taken"


def test_each_trial_differs_from_the_short_recipe_by_one_part():
    short = trials.TRIALS[3]
    for trial in trials.TRIALS[4:]:
        changed = {
            name
            for name in short.recipe.__dataclass_fields__
            if getattr(trial.recipe, name) != getattr(short.recipe, name)
        }
        assert len(changed - {"epochs"}) == 1, trial.name
