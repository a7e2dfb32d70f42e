"""Songs by formula: what a network would hear of them tells what their manifests say, and noise."""

import csv

import numpy as np
import pytest

from embedder.split import SplitRule
from embedder.training.heads import targets
from embedder.training.heads.songs import Hearing, Songs
from songs import manifest
from songs.manifest import EMOTIONS


def made_up(folder, count=240, noise=0.5, seed=0):
    """Return songs of 60 artists in two corpora, and their evidence, (count, 12)."""
    random = np.random.default_rng(seed)
    pleasant, excited, old = random.normal(size=(3, count))
    rows = []
    for i in range(count):
        quadrant = ("Q1" if pleasant[i] > 0 else "Q2") if excited[i] > 0 else ("Q4" if pleasant[i] > 0 else "Q3")
        row = {"path": f"{i}.flac", "artist": f"artist {i // 4}", "title": f"song {i}"}
        if i % 2:
            row |= {"genre": "Jazz" if old[i] > 0 else "Pop/Rock; Electronic" if i % 3 else "Rock; Electronic"}
            row |= {"quadrant": quadrant, "spotify_valence": logistic(pleasant[i])}
            row |= {"spotify_energy": logistic(excited[i]), "spotify_liveness": random.uniform()}
        else:
            felt = {name: logistic(sign * pleasant[i]) for name, sign in zip(EMOTIONS, (1, -1) * 5, strict=False)}
            row |= felt | {"raters": 10 + i % 9, "liked": logistic(old[i]), "disliked": logistic(-old[i])}
            row |= {"genre": "Jazz" if old[i] > 0 else "Pop", "cluster": 1 + i % 5}
        rows.append(row)
    path = folder / "manifest.csv"
    with path.open("w", newline="") as file:
        table = csv.DictWriter(file, sorted(set().union(*rows)))
        table.writeheader()
        table.writerows(rows)
    read = manifest.read(path)
    plane = np.stack([pleasant, excited, old], axis=1)
    heard = np.concatenate([plane @ random.normal(size=(3, 9)), random.normal(size=(count, 3))], axis=1)
    heard += noise * random.normal(size=heard.shape)
    corpora = np.array(["odd" if i % 2 else "even" for i in range(count)])
    return Songs(read, corpora, targets.targets(read), targets.raters(read)), heard.astype(np.float32)


def logistic(x):
    """Return 1 / (1 + exp(-x))."""
    return round(float(1 / (1 + np.exp(-x))), 4)


@pytest.fixture(scope="session")
def world(tmp_path_factory):
    """Return songs, two networks' hearings of them (which did not know folds 0, 1 and 2, 3), and the split."""
    songs, heard = made_up(tmp_path_factory.mktemp("made up"))
    split = SplitRule()
    folds = songs.folds(split)
    turned = heard @ np.linalg.qr(np.random.default_rng(5).normal(size=(12, 12)))[0].astype(np.float32)
    return songs, [Hearing(heard, np.isin(folds, (0, 1))), Hearing(turned, np.isin(folds, (2, 3)))], split
