import numpy as np
import pytest

from evaluation.pictures import draw_confusion, draw_labels, draw_map, draw_reliability, plane
from evaluation.reliability import reliability

LARGEST = 150_000  # bytes: they are committed


def is_picture(path):
    content = path.read_bytes()
    return content.startswith(b"\x89PNG") and 2000 < len(content) < LARGEST


@pytest.mark.parametrize("count", [6, 120])
def test_near_songs_stay_near_on_the_plane(shop, count):
    places = plane(shop.vectors[:count])
    assert places.shape == (count, 2)
    assert np.isfinite(places).all()
    if count == 120:
        genre = np.arange(120) // 4 % 3
        away = np.linalg.norm(places[:, np.newaxis] - places[np.newaxis], axis=2)
        np.fill_diagonal(away, np.inf)
        assert np.mean(genre[away.argmin(axis=1)] == genre) > 0.9


def test_pictures_are_written(shop, other, tmp_path):
    assert draw_map([shop.chosen(range(60)), other.chosen(range(60))], tmp_path / "figures" / "map.png")
    assert draw_confusion([shop], tmp_path / "figures" / "confusion.png")
    draw_reliability(reliability([shop]), tmp_path / "figures" / "reliability.png")
    assert all(is_picture(path) for path in (tmp_path / "figures").iterdir())
    assert len(list((tmp_path / "figures").iterdir())) == 3


def test_how_often_labels_are_right_is_drawn(tmp_path):
    bins = [{"songs": 5, "told": 0.3, "right": 0.2}, {"songs": 7, "told": 0.8, "right": 0.9}]
    assert draw_labels({"songs": 12, "genre": {"reliability": bins}}, tmp_path / "labels.png")
    assert is_picture(tmp_path / "labels.png")
    assert not draw_labels({"songs": 12, "genre": {"reliability": []}}, tmp_path / "none.png")
    assert not (tmp_path / "none.png").exists()


def test_no_genre_no_picture(shop, tmp_path):
    assert not draw_confusion([shop.chosen([])], tmp_path / "confusion.png")
    assert not draw_map([shop.chosen([])], tmp_path / "map.png")
    assert not list(tmp_path.iterdir())
