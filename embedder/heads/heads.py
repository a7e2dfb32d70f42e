"""All labels of a song, from one reading of its evidence."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from embedder.heads.choice import Exclusive, Independent
from embedder.heads.number import Named, Share, Standing
from embedder.heads.reading import Reading
from embedder.settings import Evidence
from songs.labels import Choice, Feature, Interval, Labels, Popularity

FEATURES = ("danceability", "energy", "speechiness", "acousticness", "instrumentalness", "liveness")  # told by models

Table = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Heads:
    """Every head of a bundle. What nobody could teach or tell is ``None``, and so is its label's value.

    The columns of ``reading``'s scores are those of the heads that are there, in the order of the fields.

    Raises
    ------
    ValueError
        Where a name stands twice, or the reading gives more or fewer scores than the heads read.
    """

    reading: Reading
    genre: Independent | None = None
    mood: Exclusive | None = None
    quadrant: Exclusive | None = None
    cluster: Exclusive | None = None
    emotions: Sequence[str] = ()  # names; each is told as the share of listeners who feel it
    valence: Share | None = None
    arousal: Share | None = None
    popularity: Standing | None = None
    features: Mapping[str, Named | None]  # of FEATURES

    def __post_init__(self) -> None:
        if len(set(self.emotions)) < len(self.emotions):
            raise ValueError(f"it names one emotion twice: {', '.join(self.emotions)}")
        wanted = sum(size for _, size in self.sizes())
        if len(self.reading.bias) != wanted:
            raise ValueError(f"its heads read {wanted} scores, its arrays give {len(self.reading.bias)}")

    def __call__(self, evidence: Evidence) -> Labels:
        """Return what is said of a song.

        Parameters
        ----------
        evidence : np.ndarray, shape=(d,), float32
            Mean over the song's sounding slices.
        """
        scores = self.scores(evidence)
        return Labels(
            genre=self.genre(scores["genre"]) if self.genre else Choice(),
            mood=self.mood(scores["mood"]) if self.mood else Choice(),
            quadrant=self.quadrant(scores["quadrant"]) if self.quadrant else Choice(),
            cluster=self.cluster(scores["cluster"]) if self.cluster else Choice(),
            emotions={
                name: float(share) for name, share in zip(self.emotions, np.clip(scores["emotions"], 0, 1), strict=True)
            },
            valence=self.valence(scores["valence"][0]) if self.valence else Interval(),
            arousal=self.arousal(scores["arousal"][0]) if self.arousal else Interval(),
            popularity=self.popularity(scores["popularity"][0]) if self.popularity else Popularity(),
            features={
                name: head(scores[name][0]) if head else Feature(None, None, "model")
                for name, head in self.features.items()
            },
        )

    def scores(self, evidence: Evidence) -> dict[str, Table]:
        """Return the scores of each head, (size,), or (n, size) for the evidence of n songs."""
        told = self.reading(evidence)
        found, start = {}, 0
        for name, size in self.sizes():
            found[name] = told[..., start : start + size]
            start += size
        return found

    def sizes(self) -> Iterator[tuple[str, int]]:
        """Yield each head's name and how many scores it reads, in the order of the columns; 0 for one that is not."""
        for name, choice in (
            ("genre", self.genre), ("mood", self.mood), ("quadrant", self.quadrant), ("cluster", self.cluster),
        ):  # fmt: skip
            yield name, len(choice.names) if choice else 0
        yield "emotions", len(self.emotions)
        for name, number in (
            ("valence", self.valence), ("arousal", self.arousal), ("popularity", self.popularity),
            *self.features.items(),
        ):  # fmt: skip
            yield name, 1 if number else 0

    @property
    def genres(self) -> tuple[str, ...]:
        """Names of the genres that can be told."""
        return tuple(self.genre.names) if self.genre else ()
