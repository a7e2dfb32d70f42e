from dataclasses import replace

import numpy as np
import pytest

from evaluation.label_probes import Probes, commonest, label_probes, standardised
from songs.manifest import Row
from songs.song import Tags


def test_what_lies_in_the_vector_is_read_from_it(shop, rule):
    found = label_probes(shop.taught(rule), shop.unseen(rule))
    assert found.genre > 0.9
    assert found.emotions > 0.5
    assert found.liked > 0.5


def test_what_is_not_there_is_not_found(shop, rule):
    noise = np.random.default_rng(0).normal(size=shop.vectors.shape).astype(np.float32)
    deaf = replace(shop, vectors=noise)
    found = label_probes(deaf.taught(rule), deaf.unseen(rule))
    assert found.genre < 0.6
    assert abs(found.emotions) < 0.25


def test_commonest_is_what_the_teaching_songs_say_most(shop, rule):
    taught, asked = shop.taught(rule), shop.unseen(rule)
    names = [row.tags.genre for row in taught.rows]
    most = max(set(names), key=names.count)
    assert commonest(taught, asked) == pytest.approx(np.mean([row.tags.genre == most for row in asked.rows]))


def test_songs_without_labels_teach_no_probe(shop, rule):
    bare = replace(shop, rows=[Row(row.path, Tags(artist=row.tags.artist)) for row in shop.rows])
    assert label_probes(bare.taught(rule), bare.unseen(rule)) == Probes()
    assert commonest(bare.taught(rule), bare.unseen(rule)) is None


def test_only_the_taught_songs_decide_the_scale(shop, rule):
    taught, asked = shop.taught(rule), shop.unseen(rule)
    x, z = standardised(taught, asked)
    np.testing.assert_allclose(x.mean(axis=0), 0, atol=1e-6)
    assert x.std(axis=0).mean() == pytest.approx(1)
    assert abs(z.mean()) > 1e-4


def test_genres_of_one_artist_each_teach_no_probe(shop, rule):
    taught, asked = shop.taught(rule), shop.unseen(rule)
    rows = [Row(row.path, Tags(artist=f"of {row.tags.genre}", genre=row.tags.genre)) for row in taught.rows]
    two = sorted({row.tags.genre for row in rows})[:2]
    few = replace(taught, rows=rows).chosen([i for i, row in enumerate(rows) if row.tags.genre in two])
    assert label_probes(few, asked).genre is None
    single = replace(few, rows=[Row(row.path, Tags(artist="A", genre=row.tags.genre)) for row in few.rows])
    assert label_probes(single, asked).genre is None


def test_what_is_no_number_was_not_asked(shop, rule):
    taught, asked = shop.taught(rule), shop.unseen(rule)
    rows = list(taught.rows)
    rows[0] = replace(rows[0], columns={**rows[0].columns, "liked": "nan"})
    assert label_probes(replace(taught, rows=rows), asked).liked > 0.5
