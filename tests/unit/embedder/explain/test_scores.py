import numpy as np
import pytest

from embedder.explain.scores import logit, target
from songs.errors import Unexplainable
from songs.explanation import Explainable
from songs.labels import Labels

EVIDENCE = np.full(4, 0.9, np.float32)


def test_popularity_is_the_number_of_its_head(toy_heads):
    aim = target(toy_heads(0, 2), Explainable.POPULARITY, EVIDENCE)
    assert aim.name == "popularity"
    assert aim.score(EVIDENCE) == pytest.approx(0.9)


def test_genre_is_the_logit_of_the_likeliest_or_of_a_named_one(toy_heads):
    heads = toy_heads(0, 2)
    likeliest, named = (target(heads, Explainable.GENRE, EVIDENCE, name) for name in (None, "jazz"))
    assert (likeliest.name, named.name) == ("rock", "jazz")
    assert likeliest.score(EVIDENCE) == pytest.approx(0.6)
    assert named.score(EVIDENCE) == pytest.approx(-0.6)


def test_the_name_is_the_one_that_the_whole_song_has(toy_heads):
    aim = target(toy_heads(0, 2), Explainable.GENRE, EVIDENCE)
    assert aim.score(np.zeros(4, np.float32)) == pytest.approx(-0.3), "still of rock, though jazz is likelier now"


def test_what_cannot_be_explained_is_named_with_what_can(toy_heads):
    with pytest.raises(Unexplainable, match="rock, jazz"):
        target(toy_heads(0, 2), Explainable.GENRE, EVIDENCE, "polka")
    with pytest.raises(Unexplainable, match="does not tell that label"):
        target(toy_heads(0, 2), Explainable.MOOD, EVIDENCE)
    with pytest.raises(Unexplainable):
        target(toy_heads(0, 2), Explainable.POPULARITY, EVIDENCE, "rock")

    class Silent:
        def __call__(self, _):
            return Labels()

    with pytest.raises(Unexplainable, match="does not tell that label"):
        target(Silent(), Explainable.POPULARITY, EVIDENCE)


def test_a_logit_is_finite():
    assert logit(0.5) == 0
    assert logit(0.0) == pytest.approx(-logit(1.0), rel=1e-3)
    assert abs(logit(0.0)) < 30
