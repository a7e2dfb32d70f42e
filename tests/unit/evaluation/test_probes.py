from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from embedder import bundle
from evaluation.cache import Cache
from evaluation.changes import CHANGES
from evaluation.probes import SHORTEST, SONGS, changed, changed_vectors, corpus_probes, robustness, sample
from music import RATE, song


def test_own_nearest_and_cosines_by_hand():
    originals = np.eye(3, dtype=np.float32)
    moved = np.float32([[2, 0, 0], [0, 0.6, 0.8]])  # the second has become the third song
    (found,) = robustness({"moved": moved}, originals[:2], originals)
    assert (found.change, found.songs, found.own_nearest) == ("moved", 2, 0.5)
    assert found.mean == pytest.approx(0.8)
    assert found.least == pytest.approx(0.6)


def test_a_copy_of_the_song_elsewhere_is_no_defeat():
    originals = np.float32([[1, 0], [1, 0], [0, 1]])
    assert robustness({"none": originals[1:2]}, originals[1:2], originals)[0].own_nearest == 1.0


def test_a_sample_is_long_enough_spread_and_small(shop):
    chosen = sample(shop)
    assert 0 < len(chosen.rows) <= SONGS
    assert all(labels.features["duration"].value >= SHORTEST for labels in chosen.labels)
    assert len({row.tags.artist for row in chosen.rows}) > len(chosen.rows) / 2


def test_collections_that_differ_are_told_apart_and_twins_are_not(shop, other):
    twins = corpus_probes([shop, replace(other, vectors=np.array(other.vectors))])
    assert {probe.genre for probe in twins} == {"rock", "jazz", "classical"}
    assert np.mean([probe.accuracy for probe in twins]) < 0.7
    marked = np.array(other.vectors)
    marked[:, 100] += 0.5  # what a codec might leave
    stamped = corpus_probes([shop, replace(other, vectors=marked)])
    assert min(probe.accuracy for probe in stamped) > 0.95
    assert stamped[0].collections == ("shop", "other")


def test_too_few_songs_are_not_probed(shop, other):
    assert corpus_probes([shop, other.chosen(range(8))]) == []


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("songs")
    for i, root in enumerate((110.0, 440.0)):
        soundfile.write(folder / f"{i}.flac", song(root, 90, 0.5, seconds=14), RATE)
    return folder


def test_a_song_is_heard_under_every_change_and_only_once(files, tmp_path):
    cache = Cache(tmp_path)
    first = changed(files / "0.flac", bundle.shipped(), cache)
    assert list(first) == list(CHANGES)
    assert first["decoded again, unchanged"] @ first["12 dB softer"] > 0.999
    kept = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert len(kept) == len(CHANGES)
    again = changed(files / "0.flac", bundle.shipped(), cache)
    np.testing.assert_array_equal(again["MP3, 64 kbit/s"], first["MP3, 64 kbit/s"])
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == kept


def test_what_cannot_be_heard_under_a_change_is_left_out(files, shop, tmp_path):
    soundfile.write(files / "short.flac", song(220.0, 90, 0.5, seconds=6), RATE)  # cut, it fills no slice
    names = ("0.flac", "short.flac", "1.flac")
    songs = replace(
        shop.chosen(range(3)), rows=[replace(shop.rows[i], path=Path(files / name)) for i, name in enumerate(names)]
    )
    seen = []
    places, vectors = changed_vectors(songs, bundle.shipped(), Cache(tmp_path), lambda _, done: seen.append(done))
    assert places == [0, 2]
    assert all(own.shape == (2, 128) for own in vectors.values())
    assert seen[-1] == 1.0
    assert changed_vectors(songs.chosen([]), bundle.shipped(), Cache(tmp_path), lambda *_: None) == ([], {})
