from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedder.training.dataset import Example
from embedder.training.judge import TRUSTED, Answer, abstaining, figures, threshold
from songs.labels import Choice

SONGS = st.lists(st.tuples(st.booleans(), st.floats(0.05, 1)), min_size=1, max_size=40)


def answer(right, confidence):
    example = Example(corpus="c", genres=frozenset({"rock"}), part="test", images=Path("a.npy"), slices=1)
    value = "rock" if right else "jazz"
    return Answer(example, np.eye(3, dtype=np.float32)[0], Choice(value=value, confidence=confidence))


def right_from(heard, below):
    kept = [one.right for one in heard if one.genre.confidence >= below]
    return np.mean(kept) if kept else None


@given(SONGS)
def test_the_threshold_keeps_the_promise_if_any_does(pairs):
    heard = [answer(*pair) for pair in pairs]
    below = threshold(heard)
    possible = [right_from(heard, one.genre.confidence) for one in heard]
    if max(possible) >= TRUSTED:
        assert right_from(heard, below) >= TRUSTED
        lower = [one.genre.confidence for one in heard if one.genre.confidence < below]
        assert all(right_from(heard, confidence) < TRUSTED for confidence in lower)
    else:
        assert below == max(one.genre.confidence for one in heard)


def test_without_songs_to_choose_on_it_is_a_half():
    assert threshold([]) == 0.5


def test_abstaining_and_figures():
    heard = abstaining([answer(True, 0.9), answer(True, 0.8), answer(False, 0.3)], 0.8)
    assert [one.genre.uncertain for one in heard] == [False, False, True]
    told = figures(heard)
    assert (told["songs"], told["accuracy"], told["accuracy_when_answered"]) == (3, pytest.approx(2 / 3), 1.0)
    assert told["retrieval"]["genre"]["p_at_1"] == 1.0
    assert figures([]) is None
