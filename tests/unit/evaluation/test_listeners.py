"""How far listeners agree bounds how well anybody can tell what they felt."""

import csv

import numpy as np
import pytest

from evaluation.listeners import ceilings
from songs.errors import InvalidManifest


def written(path, answers):
    with path.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["path", "felt", "noise"])
        for song, own in enumerate(answers):
            table.writerows([f"{song}.mp3", *row] for row in own)
    return path


def test_the_ceiling_is_the_root_of_the_reliability(tmp_path):
    random = np.random.default_rng(0)
    true = random.normal(size=(400, 1))
    felt = true + random.normal(size=(400, 8))  # of one listener half is noise, of the mean of eight a ninth
    answers = np.stack([felt, random.normal(size=(400, 8))], axis=2)
    found = ceilings(written(tmp_path / "ratings.csv", answers))
    assert found["felt"] == pytest.approx(np.sqrt(8 / 9), abs=0.02)
    assert np.corrcoef(true[:, 0], felt.mean(axis=1))[0, 1] == pytest.approx(found["felt"], abs=0.02)
    assert found["noise"] < 0.4


@pytest.mark.parametrize("text", ["", "path\n", "path,felt\na,1\na,0\n", "path,felt\na,x\n", "song,felt\na,1\n"])
def test_another_table(tmp_path, text):
    (tmp_path / "ratings.csv").write_text(text)
    with pytest.raises(InvalidManifest, match="ratings"):
        ceilings(tmp_path / "ratings.csv")
