from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from embedder.runtime import Network
from embedder.split import SplitRule
from embedder.training.dataset import Example
from embedder.training.heads.songs import cached_evidence, evidence, songs
from songs.manifest import Row
from songs.song import Tags


@pytest.fixture
def heard(tmp_path):
    random = np.random.default_rng(0)
    found = []
    for i in range(3):
        images = tmp_path / f"{i}.npy"
        np.save(images, random.uniform(size=(2 + i, 256, 256)).astype(np.float16))
        row = Row(Path(f"{i}.flac"), Tags(artist="The Same" if i else None, genre="Jazz"), {"quadrant": "Q1"})
        found.append(
            Example(corpus="c", genres=frozenset({"jazz"}), part="train", images=images, slices=2 + i, row=row)
        )
    return found


def test_a_song_is_the_mean_of_its_slices_in_any_order(heard, graph):
    network = Network(graph())
    told = evidence(network, heard, lambda stage, done: None)
    assert told.shape == (3, 128)
    for row, example in zip(told, heard, strict=True):
        images = np.load(example.images).astype(np.float32)
        np.testing.assert_allclose(row, network(images[::-1].copy()).mean(axis=0), rtol=1e-4, atol=1e-4)


def test_evidence_is_kept_for_the_same_network_and_songs(heard, graph, tmp_path):
    stages = []
    for _ in range(2):
        first = cached_evidence(graph(), heard, tmp_path / "cache", lambda stage, done: stages.append(done))
    assert stages == pytest.approx([1 / 3, 2 / 3, 1])
    assert len(cached_evidence(graph(), heard[:2], tmp_path / "cache", lambda stage, done: None)) == 2
    assert cached_evidence(graph(dimensions=64), heard, tmp_path / "cache", lambda stage, done: None).shape == (3, 64)
    assert first.shape == (3, 128)


def test_artists_and_folds(heard):
    known = songs([*heard, replace(heard[0], row=None)])
    assert len(known) == 3
    assert known.artists == ["nobody 0", "same", "same"]
    folds = known.folds(SplitRule())
    assert folds[0] == -1
    assert folds[1] == folds[2] >= 0
    assert SplitRule(test=(int(folds[1]),)).part("The Same") == "test"
