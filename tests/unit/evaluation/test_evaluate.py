import json
from pathlib import Path

import numpy as np
import pytest

from embedder.split import SplitRule
from evaluation.evaluate import Collection, evaluate, unseen
from evaluation.labels import label_figures
from evaluation.report import page
from songs.labels import Choice, Labels
from songs.manifest import Row
from songs.song import Tags


def row(artist, genre=None, album=None):
    return Row(Path("a.opus"), Tags(artist=artist, genre=genre, album=album))


def labels(genre, *, uncertain=False):
    return Labels(genre=Choice(value=genre, uncertain=uncertain, confidence=0.6, probabilities={genre: 0.6}))


@pytest.fixture
def songs():
    rows = [row(f"Artist {i // 4}", "Rock" if i % 2 else "Jazz; Blues", f"Album {i // 2}") for i in range(80)]
    vectors = np.random.default_rng(2).normal(size=(80, 128)).astype(np.float32)
    return Collection("shop", rows, vectors, [labels("rock", uncertain=i % 4 == 0) for i in range(80)])


def test_the_shape_that_is_promised(songs):
    figures = evaluate("seed-12345678", songs)
    assert list(figures) == ["model", "songs", "retrieval", "labels"]
    assert (figures["model"], figures["songs"]) == ("seed-12345678", 80)
    assert list(figures["retrieval"]) == ["artist", "album", "genre"]
    for found in figures["retrieval"].values():
        assert list(found) == ["queries", "p_at_1", "r_at_5", "map"]
    assert figures["labels"]["genre"]["accuracy"] == 0.5
    assert json.loads(json.dumps(figures)) == figures


def test_songs_without_a_genre_judge_no_labels():
    rows = [row("A", "rock"), row("B"), row("C", "Stage & Screen"), row("D", "jazz")]
    figures = label_figures([labels("rock")] * 4, rows)
    assert (figures["genre"]["songs"], figures["genre"]["accuracy"]) == (2, 0.5)
    assert label_figures([labels("rock")], [row("B")]) == {}


def test_unseen_are_the_artists_of_the_test_part(songs):
    rule = SplitRule()
    kept = unseen(songs.rows, rule)
    assert 0 < len(kept) < 80
    assert {rule.part(songs.rows[i].tags.artist) for i in kept} == {"test"}
    assert "test" not in {rule.part(one.tags.artist) for i, one in enumerate(songs.rows) if i not in kept}
    assert unseen([row(None), row("Various Artists")], rule) == []
    fresh = songs.unseen(rule)
    np.testing.assert_array_equal(fresh.vectors, songs.vectors[kept])
    assert [one.tags.artist for one in fresh.rows] == [songs.rows[i].tags.artist for i in kept]


def test_the_page_shows_unseen_artists_first_and_the_numbers_that_were_measured(songs):
    rule = SplitRule()
    text = page("seed-12345678", rule, [songs])
    fresh, everything = evaluate("seed-12345678", songs.unseen(rule)), evaluate("seed-12345678", songs)
    place = text.index("## Artists that the model never heard")
    assert place < text.index("## All songs")
    assert "seed-12345678" in text
    for figures, part in ((fresh, text[place : text.index("## All")]), (everything, text[text.index("## All") :])):
        artist = figures["retrieval"]["artist"]
        assert f"| shop | {figures['songs']} | artist | {artist['queries']} | {artist['p_at_1']:.3f} |" in part
        assert (
            f"| shop | {figures['labels']['genre']['songs']} | {100 * figures['labels']['genre']['accuracy']:.1f} %"
            in part
        )
    assert page("seed-12345678", rule, [songs]) == text


def test_the_page_can_be_written_without_genres_albums_or_unseen_artists():
    nobody = Collection("odd", [row(None), row(None)], np.eye(2, 128, dtype=np.float32), [labels("rock")] * 2)
    assert "odd" not in page("m", SplitRule(), [nobody]).split("## All songs")[0]
