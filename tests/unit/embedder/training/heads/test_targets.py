from pathlib import Path

import numpy as np
import pytest

from embedder.training.heads.targets import FELT_VALENCE, raters, targets
from songs.manifest import EMOTIONS, Row
from songs.song import Tags


def row(**columns):
    return Row(Path("a.flac"), Tags(genre=columns.pop("genre", None), artist=columns.pop("artist", None)), columns)


def test_a_genre_that_is_left_open_teaches_neither():
    told = targets([row(genre="Pop/Rock; Jazz"), row(genre="Rock"), row(), row(genre="Pop"), row(genre="polka")])[
        "genre"
    ]
    assert told.names == ("jazz", "pop", "rock")
    np.testing.assert_array_equal(told.values, [[1, 0, 0], [0, 0, 1], [0, 0, 0], [0, 1, 0], [0, 0, 0]])
    np.testing.assert_array_equal(told.known, [[1, 0, 0], [1, 1, 1], [0, 0, 0], [1, 1, 1], [0, 0, 0]])
    np.testing.assert_array_equal(told.rows, [True, True, False, True, False])


def test_what_a_row_tells_and_what_not():
    told = targets([row(quadrant="Q4", cluster="9", spotify_energy="0.5"), row(cluster="2", spotify_energy="loud")])
    np.testing.assert_array_equal(told["quadrant"].values[0], [0, 0, 0, 1])
    np.testing.assert_array_equal(told["quadrant"].rows, [True, False])
    np.testing.assert_array_equal(told["cluster"].rows, [False, True])
    assert (told["pleasant"].values[0, 0], told["excited"].values[0, 0]) == (1, 0)
    np.testing.assert_array_equal(told["spotify_energy"].known[:, 0], [True, False])
    assert not told["emotions"].known.any()
    assert not told["liked"].rows.any()


def test_what_listeners_felt():
    felt = dict.fromkeys(EMOTIONS, "0.25") | {"joyful_activation": "0.75", "liked": "0.5", "disliked": "0.2"}
    told = targets([row(**felt)])
    assert told["felt_valence"].values[0, 0] == pytest.approx(0.75 + 0.125 - 0.25 - 0.25)
    assert set(FELT_VALENCE) <= set(EMOTIONS)
    assert told["liked"].values[0, 0] == pytest.approx(0.3)
    assert told["mood"].values[0].sum() == pytest.approx(1)
    np.testing.assert_array_equal(raters([row(raters="12"), row(), row(raters="many")]), [12, 1, 1])


def test_names_and_folders_teach_nothing():
    plain, famous = row(quadrant="Q1", genre="Rock"), row(quadrant="Q1", genre="Rock", artist="Cheerful", title="Q3")
    for name, one in targets([plain, famous]).items():
        np.testing.assert_array_equal(one.values[0], one.values[1], err_msg=name)
        np.testing.assert_array_equal(one.known[0], one.known[1], err_msg=name)
