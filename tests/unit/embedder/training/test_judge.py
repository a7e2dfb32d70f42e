from pathlib import Path

import numpy as np
import pytest

from embedder.training.dataset import Example
from embedder.training.judge import Answer, figures
from songs.labels import Choice


def answer(right, confidence, uncertain=False):
    example = Example(corpus="c", genres=frozenset({"rock"}), part="test", images=Path("a.npy"), slices=1)
    value = "rock" if right else "jazz"
    return Answer(
        example, np.eye(3, dtype=np.float32)[0], Choice(value=value, uncertain=uncertain, confidence=confidence)
    )


def test_figures():
    heard = [answer(True, 0.9), answer(True, 0.8), answer(False, 0.3, uncertain=True)]
    told = figures(heard)
    assert (told["songs"], told["accuracy"], told["accuracy_when_answered"]) == (3, pytest.approx(2 / 3), 1.0)
    assert told["retrieval"]["genre"]["p_at_1"] == 1.0
    assert figures([]) is None
