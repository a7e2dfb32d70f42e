"""The port Keys, on every adapter."""

import pytest

from songs.errors import InvalidKey
from stores import KINDS, opened

KEY = "0123456789abcdef"


@pytest.fixture(params=KINDS)
def keys(request, tmp_path):
    store = opened(request.param, request, tmp_path)
    yield store.keys
    store.close()


def test_a_key_may_do_what_it_was_made_for(keys):
    assert len(keys) == 0
    keys.add(KEY, frozenset({"read", "ingest"}))
    keys.add("x" * 256, frozenset({"admin"}))
    assert keys.scopes(KEY) == {"read", "ingest"}
    assert keys.scopes("x" * 256) == {"admin"}
    assert len(keys) == 2


def test_adding_it_again_changes_what_it_may_do(keys):
    keys.add(KEY, frozenset({"admin"}))
    keys.add(KEY, frozenset({"read"}))
    assert keys.scopes(KEY) == {"read"}
    keys.add(KEY, frozenset())
    assert keys.scopes(KEY) == frozenset()
    assert len(keys) == 1


def test_a_stranger_may_do_nothing(keys):
    keys.add(KEY, frozenset({"admin"}))
    for key in ("", KEY[:-1], KEY + "0", KEY.upper(), KEY + "\0", "\ud800", "%", "' OR 1=1 --", "x" * 100_000):
        assert keys.scopes(key) == frozenset()


@pytest.mark.parametrize("key", ["", "x" * 15, "x" * 257, "x" * 15 + " ", "x" * 15 + "ü", "x" * 15 + "\n"])
def test_a_key_of_the_wrong_shape_is_refused(keys, key):
    with pytest.raises(InvalidKey):
        keys.add(key, frozenset({"admin"}))
    assert len(keys) == 0
