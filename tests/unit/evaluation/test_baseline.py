import numpy as np
import pytest
import soundfile

from evaluation.baseline import SIZE, all_statistics, statistics
from evaluation.cache import Cache
from music import RATE, song


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("songs")
    for name, root, bright in (("a", 110.0, 0.2), ("b", 112.0, 0.2), ("c", 880.0, 0.9)):
        soundfile.write(folder / f"{name}.flac", song(root, 90, bright, seconds=4), RATE)
    return sorted(folder.iterdir())


def test_statistics_are_of_the_sound_and_kept(files, tmp_path):
    said = []
    found = all_statistics(files, Cache(tmp_path), lambda _, done: said.append(done))
    assert found.shape == (3, SIZE)
    assert said[-1] == 1.0
    low, same, high = found
    assert np.abs(low - same).mean() < np.abs(low - high).mean()
    before = sorted(path.stat().st_mtime_ns for path in tmp_path.iterdir())
    np.testing.assert_array_equal(all_statistics(files, Cache(tmp_path), said.append), found)
    assert sorted(path.stat().st_mtime_ns for path in tmp_path.iterdir()) == before


def test_a_louder_song_has_the_same_pitches(files, tmp_path):
    samples, _ = soundfile.read(files[0])
    soundfile.write(tmp_path / "soft.flac", samples / 2, RATE)
    soft, plain = (statistics(path, Cache(tmp_path / "kept")) for path in (tmp_path / "soft.flac", files[0]))
    np.testing.assert_allclose(soft[40:64], plain[40:64], atol=1e-3)  # chroma
    assert soft[0] < plain[0] - 10  # the first coefficient is the level
