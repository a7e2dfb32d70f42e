"""Every error has a code of its own and says one sentence."""

import inspect
import typing
from collections.abc import Iterable, Sequence

import pytest

from songs import errors
from songs.errors import AudioError, SongsError

SAMPLES = {
    str: "spam.mp3",
    int: 8000,
    float: 1.5,
    Iterable[str]: ["one thing", "another"],
    Sequence[str]: ["id1", "id2"],
    tuple[str, int]: ("bundle-1", 128),
}


def below(kind):
    for child in kind.__subclasses__():
        if child.__module__ == errors.__name__:
            yield child
            yield from below(child)


EVERY = sorted(set(below(SongsError)), key=lambda kind: kind.__name__)
CONCRETE = [kind for kind in EVERY if kind is not AudioError]


def sample(kind):
    hints = {name: hint for name, hint in typing.get_type_hints(kind.__init__).items() if name != "return"}
    return kind(**{name: SAMPLES[hint] for name, hint in hints.items()})


def test_codes_are_unique_and_shaped_like_codes():
    codes = [kind.code for kind in [SongsError, *EVERY]]
    assert len(set(codes)) == len(codes)
    assert all(code.isascii() and code.replace("_", "").isalpha() and code.islower() for code in codes)


@pytest.mark.parametrize("kind", EVERY, ids=lambda k: k.__name__)
def test_a_code_says_what_the_class_says(kind):
    assert kind.code.replace("_", "") == kind.__name__.lower()
    assert kind.__doc__
    assert "code" in vars(kind)  # not inherited by oversight


@pytest.mark.parametrize("kind", CONCRETE, ids=lambda k: k.__name__)
def test_the_message_is_one_sentence(kind):
    message = str(sample(kind))
    assert 10 < len(message) < 200
    assert "\n" not in message
    assert not message.endswith(".")
    assert "{" not in message


@pytest.mark.parametrize("kind", CONCRETE, ids=lambda k: k.__name__)
def test_the_data_is_kept_and_the_message_holds_it(kind):
    error = sample(kind)
    for name in inspect.signature(kind.__init__).parameters:
        if name != "self":
            assert getattr(error, name) == SAMPLES[typing.get_type_hints(kind.__init__)[name]]


def test_what_may_be_tried_again():
    retryable = {kind.code for kind in EVERY if kind.retryable}
    assert retryable >= {"source_changed", "store_unavailable", "queue_unavailable", "index_unavailable"}
    assert not retryable & {"unknown_song", "forbidden_move", "invalid_settings", "bundle_refused", "index_mismatch"}


def test_broken_audio_is_never_retried():
    assert not any(kind.retryable for kind in EVERY if issubclass(kind, AudioError))


def test_long_lists_and_cursors_are_cut():
    many = errors.AmbiguousSong("x", [f"id{i}" for i in range(1000)])
    assert "fits 1000 songs" in str(many)
    assert "id5" not in str(many)
    assert len(str(errors.InvalidCursor("x" * 10_000))) < 120


def test_all_problems_of_the_settings_are_in_the_message():
    error = errors.InvalidSettings(problem for problem in ("a: bad", "b: worse"))
    assert error.problems == ["a: bad", "b: worse"]
    assert str(error) == "settings: a: bad; b: worse"
