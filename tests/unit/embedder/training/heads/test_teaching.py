import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from embedder.heads import files
from embedder.split import SplitRule
from embedder.training.dataset import Example
from embedder.training.heads.teaching import Judged, fit_heads, own_heads
from songs.manifest import Row
from songs.song import Tags

OTHER = SplitRule(test=(2,), validation=(3,))


def untold(stage, done):
    pass


@pytest.fixture(scope="module")
def used(tmp_path_factory):
    """Return songs of one slice each: bright ones are excited jazz, dull ones calm rock."""
    folder, random = tmp_path_factory.mktemp("images"), np.random.default_rng(0)
    found = []
    for i in range(60):
        image = random.uniform(size=(1, 256, 256)).astype(np.float16)
        image[:, : 128 if i % 2 else 0] = 0
        np.save(folder / f"{i}.npy", image)
        row = Row(
            Path(f"{i}.flac"),
            Tags(artist=f"artist {i // 2}", genre="Jazz" if i % 2 else "Rock"),
            {"quadrant": "Q1" if i % 2 else "Q4", "spotify_energy": "0.8" if i % 2 else "0.3"},
        )
        found.append(
            Example(corpus="c", genres=frozenset(), part="train", images=folder / f"{i}.npy", slices=1, row=row)
        )
    return found


def bytes_of(heads):
    return files.arrays(heads), files.facts(heads)


def test_what_test_artists_say_is_not_in_the_heads(used, graph, tmp_path):
    judged = Judged(graph(), SplitRule())
    parts = [judged.split.part(one.row.tags.artist) for one in used]
    assert {"train", "validation", "test"} == set(parts)
    lied = [
        replace(one, row=replace(one.row, tags=Tags(artist=one.row.tags.artist, genre="Reggae"), columns={}))
        if part == "test" else one
        for one, part in zip(used, parts, strict=True)
    ]  # fmt: skip
    plain = own_heads(judged, used, tmp_path, untold)
    assert bytes_of(own_heads(judged, lied, tmp_path, untold)) == bytes_of(plain)
    assert plain.genres == ("jazz", "rock")


def test_heads_of_several_networks_songs(used, graph, tmp_path):
    judged = [Judged(graph(), SplitRule()), Judged(graph(), OTHER)]
    heads, measured = fit_heads(judged, graph(), used, tmp_path, untold)
    json.dumps(measured, allow_nan=False)
    held = {0, 1, 2, 3}
    assert measured["songs"] == sum(SplitRule().fold(one.row.tags.artist) in held for one in used)
    assert measured["genre"]["accuracy"]["value"] > 0.9
    assert set(measured["abstention"]) == {"genre", "quadrant", "mood"}
    assert heads.cluster is heads.popularity is None
    assert bytes_of(fit_heads(judged, graph(), used, tmp_path, untold)[0]) == bytes_of(heads)
