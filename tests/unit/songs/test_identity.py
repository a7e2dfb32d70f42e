"""Ids are 22 characters that Spotify clients accept, in the order of the numbers they stand for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songs.identity import ALPHABET, LENGTH, base62, fresh, well_formed

NUMBERS = st.integers(0, 2**128 - 1)


@given(NUMBERS)
def test_base62_can_be_read_back(number):
    text = base62(number)
    assert len(text) == LENGTH
    value = 0
    for digit in text:
        value = value * 62 + ALPHABET.index(digit)
    assert value == number


@given(NUMBERS, NUMBERS)
def test_ids_sort_as_their_numbers(one, other):
    assert (base62(one) < base62(other)) == (one < other)


@given(NUMBERS)
def test_what_is_made_is_well_formed(number):
    assert well_formed(base62(number))


def test_fresh_ids_differ_and_use_every_digit():
    made = [fresh() for _ in range(2000)]
    assert len(set(made)) == 2000
    assert all(map(well_formed, made))
    assert set("".join(made)) == set(ALPHABET)


@pytest.mark.parametrize(
    "text",
    ["", "a" * 21, "a" * 23, "a" * 21 + "-", "a" * 21 + "_", "a" * 21 + "é", "a" * 21 + "٣", "a" * 22 + "\n", " " * 22],
)
def test_what_is_no_id(text):
    assert not well_formed(text)
