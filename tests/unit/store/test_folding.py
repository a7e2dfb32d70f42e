from hypothesis import given
from hypothesis import strategies as st

from store.folding import MOST_WORDS, folded, haystack, name_key, query_words, storable, words

TEXT = st.text(st.characters(codec=None), max_size=60)  # lone surrogates and NUL included


@given(TEXT)
def test_what_is_storable_is_utf8_without_nul(text):
    kept = storable(text)
    kept.encode("utf-8")
    assert "\0" not in kept
    assert storable(kept) == kept
    assert len(kept) == len(text)


@given(TEXT)
def test_folding_once_is_enough(text):
    assert folded(folded(text)) == folded(text)
    assert name_key(text) == name_key(storable(text))


@given(TEXT)
def test_case_does_not_matter(text):
    if text.lower().casefold() == text.casefold():  # not so for a few letters of Unicode
        assert folded(text.lower()) == folded(text)


@given(st.lists(TEXT, max_size=4), st.data())
def test_every_beginning_of_a_word_is_found(texts, data):
    found = [word for text in texts for word in words(text)]
    looked_through = haystack(*texts)
    if found:
        word = data.draw(st.sampled_from(found))
        beginning = word[: data.draw(st.integers(1, len(word)))]
        assert f" {beginning}" in looked_through
    for text in texts:
        assert all(f" {word}" in looked_through for word in query_words(text))


@given(TEXT)
def test_a_word_has_no_blank_in_it(text):
    assert all(word and not any(c.isspace() for c in word) for word in words(text))


def test_only_so_many_words_are_looked_for():
    assert query_words(" ".join(map(str, range(1000)))) == [str(n) for n in range(MOST_WORDS)]


def test_names():
    assert name_key(" The  Beätles\t") == name_key("the beatles")
    assert name_key("x" * 10_000) != name_key("x" * 10_001)
    assert len(name_key("x" * 10_000)) == 64
    assert name_key("\u0301") == "\u0301", "nothing is left of it when it is folded, but it is a name"
