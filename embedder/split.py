"""Which artists a model may learn from: a rule, not a list, so that anyone can tell whom a bundle has not heard."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Part: TypeAlias = Literal["train", "validation", "test"]

RULE = (
    "fold = int(sha256(key), 16) % folds, where key is the artist's name in UTF-8 after: Unicode NFKD without "
    "combining marks, case folded, cut before ' feat', ' ft' or ' featuring', '&' read as 'and', everything but "
    "letters and digits read as a space, spaces collapsed, a leading 'the' dropped. One rule over all corpora "
    "together. A row without an artist (empty, unknown, various artists, a compilation) is training data and never "
    "counts as unseen."
)

_GUEST = re.compile(r"\s[(\[]?(?:feat|ft|featuring)\b.*")
_NO_ARTIST = re.compile(r"(?:|unknown|unknown artist|various|various artists|va|.*\bcompilation)")


def artist_key(artist: str | None) -> str | None:
    """Return the spelling under which an artist is counted; ``None`` where the name names nobody."""
    decomposed = unicodedata.normalize("NFKD", artist or "")
    bare = "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()
    words = "".join(c if c.isalnum() else " " for c in _GUEST.sub("", bare).replace("&", " and ")).split()
    key = " ".join(words[1:] if len(words) > 1 and words[0] == "the" else words)
    return None if _NO_ARTIST.fullmatch(key) else key


def album_key(artist: str | None, album: str | None) -> str | None:
    """Return the spelling under which an album is counted, with its artist; ``None`` where it has no name.

    Two artists' "Greatest Hits" are two albums.
    """
    words = " ".join((album or "").casefold().split())
    return f"{artist_key(artist) or ''}|{words}" if words else None


@dataclass(frozen=True, slots=True)
class SplitRule:
    """The rule's numbers; the rule itself is ``RULE``."""

    folds: int = 5
    test: tuple[int, ...] = (0,)  # never seen, neither by training nor by any choice
    validation: tuple[int, ...] = (1,)  # seen by early stopping and thresholds only

    def part(self, artist: str | None) -> Part:
        """Return what an artist's songs may be used for."""
        fold = self.fold(artist)
        return "test" if fold in self.test else "validation" if fold in self.validation else "train"

    def fold(self, artist: str | None) -> int | None:
        """Return the fold of an artist, ``None`` where the name names nobody."""
        key = artist_key(artist)
        return None if key is None else int(hashlib.sha256(key.encode()).hexdigest(), 16) % self.folds

    def as_json(self) -> dict[str, Any]:
        """Return the rule as it stands in ``bundle.json``."""
        return {"rule": RULE, "folds": self.folds, "test": list(self.test), "validation": list(self.validation)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "SplitRule":
        """Read what ``as_json`` wrote; raises ValueError where the rule is another than ours."""
        if data["rule"] != RULE:
            raise ValueError("its split follows a rule that this version does not know")
        return cls(int(data["folds"]), tuple(data["test"]), tuple(data["validation"]))


EVERYTHING = SplitRule(test=(), validation=())  # nobody is held back: any artist may have taught

# Every fold once held back, but for 0 that is so twice: one network for each rule, and every artist is unseen by one.
ROUNDS = (SplitRule(), SplitRule(test=(2,), validation=(3,)), SplitRule(test=(4,), validation=(0,)))
