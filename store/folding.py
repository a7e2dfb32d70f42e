"""Text as it is compared and as it is kept: case and accents folded, and nothing that a database refuses."""

import hashlib
import re
import unicodedata

_REFUSED = re.compile("[\0\ud800-\udfff]")
MOST_WORDS = 64  # of one query; further ones are left out
_LONGEST_KEY = 200  # characters; a longer name is told apart by its hash, which fits any database index


def storable(text: str) -> str:
    """Return ``text`` with U+FFFD for what PostgreSQL or UTF-8 cannot hold: NUL and lone surrogates."""
    return _REFUSED.sub("\ufffd", text)


def folded(text: str) -> str:
    """Return ``text`` without case and accents (NFKD, casefold, no combining marks)."""
    wide = unicodedata.normalize("NFKD", storable(text)).casefold()
    return "".join(c for c in unicodedata.normalize("NFKD", wide) if not unicodedata.combining(c))


def words(text: str) -> list[str]:
    """Return the folded words of ``text`` in their order.

    A word is a run of letters and digits; what stands between blanks and has neither (``!!!``) is a word too.
    """
    return [word for token in folded(text).split() for word in _parts(token)]


def _parts(token: str) -> list[str]:
    parts = "".join(c if c.isalnum() else " " for c in token).split()
    return parts or [token]


def query_words(text: str) -> list[str]:
    """Return the distinct words that a search asks for, at most ``MOST_WORDS``."""
    return list(dict.fromkeys(words(text)))[:MOST_WORDS]


def haystack(*texts: str | None) -> str:
    """Return what a search looks through: every word once, each after a blank, so that ``" wor"`` finds a beginning."""
    found = dict.fromkeys(word for text in texts if text for word in words(text))
    return "".join(f" {word}" for word in found)


def name_key(name: str) -> str:
    """Return the key under which two spellings of one name meet."""
    key = " ".join(folded(name).split()) or storable(name)
    return key if len(key) <= _LONGEST_KEY else hashlib.sha256(key.encode()).hexdigest()
