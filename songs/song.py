"""A song: what the catalogue knows of one recording, and what was read from its file."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from songs.identity import AlbumId, ArtistId, SongId
from songs.labels import Labels
from songs.structure import Structure
from songs.vectors import Vector, Vectors


@dataclass(frozen=True, slots=True, kw_only=True)
class Tags:
    """What a file's tags or a manifest's row say of a recording; ``None`` where they say nothing."""

    title: str | None = None
    artist: str | None = None
    album: str | None = None
    genre: str | None = None  # as written in the file; several are separated by "; "
    year: int | None = None
    track: int | None = None  # number on its album, from 1
    isrc: str | None = None
    sku: str | None = None  # the owner's own key, unique
    collection: str | None = None  # separates catalogues in one installation
    plays: float | None = None  # plays or sales, as the owner counts them
    metadata: Mapping[str, str] = field(default_factory=dict)  # unknown columns of the manifest

    def over(self, other: "Tags") -> "Tags":
        """Return these tags, with ``other``'s where these say nothing."""
        return Tags(
            title=self.title or other.title,
            artist=self.artist or other.artist,
            album=self.album or other.album,
            genre=self.genre or other.genre,
            year=self.year if self.year is not None else other.year,
            track=self.track if self.track is not None else other.track,
            isrc=self.isrc or other.isrc,
            sku=self.sku or other.sku,
            collection=self.collection or other.collection,
            plays=self.plays if self.plays is not None else other.plays,
            metadata={**other.metadata, **self.metadata},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """Facts of one file of audio, as it was when it was read."""

    source: str  # canonical: real absolute path; upload:<sha256> for an upload
    sha256: str  # of the whole file, hex
    size: int  # bytes
    mtime_ns: int  # of the file; 0 where there is none
    duration: float  # seconds, as decoded
    sample_rate: int  # Hz, of the file
    channels: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Embedding:
    """What the embedder made of a recording."""

    model: str  # version of the bundle; vectors of two models never mix
    vector: Vector  # (128,) float32, unit length
    slice_vectors: Vectors  # (n_slices, 128) float32
    slice_starts: Vector  # (n_slices,) float32, seconds from the start


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sketch:
    """What the first stage of a long song commits: enough to find it, from a few windows of it."""

    recording: Recording
    tags: Tags
    model: str  # version of the bundle
    vector: Vector  # (128,) float32, unit length; preliminary
    asked: Tags = field(default_factory=Tags)  # as in Analysis


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Analysis:
    """What the last stage commits: all that was heard of the whole song."""

    recording: Recording
    tags: Tags
    embedding: Embedding
    labels: Labels
    structure: Structure | None = None  # beats, bars, sections and segments
    asked: Tags = field(default_factory=Tags)  # the part of ``tags`` that the request gave, not the file


@dataclass(frozen=True, slots=True, kw_only=True)
class Song:
    """One song of the catalogue, as it is served."""

    id: SongId
    title: str
    artist: str  # "Unknown artist" where nothing says
    artist_id: ArtistId
    album: str | None
    album_id: AlbumId | None
    genre_tag: str | None  # what the file says; never overwritten by the model
    year: int | None
    track: int | None
    isrc: str | None
    sku: str | None
    collection: str | None
    source: str
    audio_sha256: str
    duration: float  # seconds
    missing: bool  # its file has vanished; it is still served
    analysed: bool = True  # the active model has heard all of it; until then it can be found, but has no labels
    created_at: float  # Unix seconds
    updated_at: float  # Unix seconds
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a source stands in the catalogue: enough to tell whether it must be read again."""

    song_id: SongId
    sha256: str
    size: int
    mtime_ns: int
    models: frozenset[str]  # model versions that have heard all of it, and looked for its structure
    sketched: frozenset[str] = frozenset()  # model versions whose vector of it is preliminary
    missing: bool
    asked: Tags = field(default_factory=Tags)  # what the request said when it was last committed


@dataclass(frozen=True, slots=True)
class Page:
    """One page of songs; ``next_cursor`` is ``None`` on the last."""

    songs: tuple[Song, ...]
    next_cursor: str | None
    total: int
