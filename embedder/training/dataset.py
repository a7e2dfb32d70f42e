"""From manifests to examples: which songs teach what, and their images, cached on disk."""

import hashlib
import json
import logging
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from embedder.audio import open_audio
from embedder.spectrogram import AudioSettings, Images, silent, stream
from embedder.split import Part, SplitRule, album_key, artist_key
from songs import manifest
from songs.errors import AudioError, InvalidManifest
from songs.vocabulary import genres

LONGEST = 3600.0  # seconds of one recording

Progress = Callable[[str, float], None]  # told a stage and how much of it is done, 0 to 1

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A song that teaches or examines; whatever is not known of it, it does not teach."""

    corpus: str  # name of the folder that its manifest lies in
    genres: frozenset[str]  # of songs.vocabulary
    part: Part
    images: Path  # .npy, (n, mels, frames) float16, n >= 1
    slices: int
    artist: str | None = None  # as split.artist_key spells it
    album: str | None = None  # of its artist
    quadrant: str | None = None  # Q1 to Q4, of valence and arousal
    cluster: str | None = None  # 1 to 5, of moods
    row: manifest.Row | None = None  # of the manifest, whole
    felt: tuple[float, ...] | None = None  # share of listeners, songs.manifest.EMOTIONS and "liked"


def examples(  # noqa: PLR0913 - where from, how to hear, whom to tell
    manifests: Sequence[Path],
    cache: Path,
    audio: AudioSettings,
    split: SplitRule,
    progress: Progress,
    *,
    nameless: bool = False,
) -> list[Example]:
    """Read manifests and hear every song that has a genre; with ``nameless``, the others as well.

    A recording that does not decode is logged and left out; a row without a genre teaches no genre.

    Raises
    ------
    InvalidManifest
        If a manifest cannot be read, or (but with ``nameless``) none of its rows names a genre of the vocabulary, or no
        recording decodes.
    """
    found = []
    for path in manifests:
        rows = manifest.read(path)
        usable = [(row, named) for row in rows if (named := genres(row.tags.genre)) or nameless]
        if not usable:
            raise InvalidManifest(str(path), "no row names a genre that we know; see songs/vocabulary.py")
        own = []
        for i, (row, named) in enumerate(usable, start=1):
            try:
                images, n = cached_images(row.path, cache, audio)
            except AudioError as error:
                _log.warning("left out: %s", error)
                continue
            finally:
                progress(f"hearing {path.parent.name}", i / len(usable))
            part = split.part(row.tags.artist)
            own.append(
                Example(
                    corpus=path.parent.name, genres=named, part=part, images=images, slices=n,
                    artist=artist_key(row.tags.artist), album=_album(row), quadrant=row.columns.get("quadrant"),
                    cluster=row.columns.get("cluster"), felt=_felt(row.columns), row=row,
                )
            )  # fmt: skip
        if not own:
            raise InvalidManifest(str(path), "none of its recordings can be heard")
        found += own
    return found


def _album(row: manifest.Row) -> str | None:
    """Return the album of a named artist: what a compilation holds together sounds of many."""
    return album_key(row.tags.artist, row.tags.album) if artist_key(row.tags.artist) else None


def _felt(columns: Mapping[str, str]) -> tuple[float, ...] | None:
    """Return what listeners felt, if all of it was asked; raises nothing: what is no number was not asked."""
    try:
        felt = tuple(float(columns[name]) for name in (*manifest.EMOTIONS, "liked"))
    except (KeyError, ValueError):
        return None
    return felt if all(map(math.isfinite, felt)) else None


def cached_images(path: Path, cache: Path, audio: AudioSettings) -> tuple[Path, int]:
    """Return where the images of a recording lie, and how many; they are made where they are not there.

    Raises
    ------
    AudioError
        Whatever is wrong with the file; a recording without a sounding slice counts as undecodable by its kind.
    """
    with open_audio(path, audio.sample_rate, LONGEST) as sound:
        key = json.dumps(asdict(audio), sort_keys=True).encode() + path.read_bytes()
        kept = cache / f"{hashlib.sha256(key).hexdigest()[:32]}.npy"
        if not kept.exists():
            images = np.array(list(stream(sound, audio)), dtype=np.float32).reshape(-1, audio.mels, audio.frames)
            cache.mkdir(parents=True, exist_ok=True)
            beside = kept.with_suffix(".new")
            with beside.open("wb") as file:
                np.save(file, images[~silent(images)].astype(np.float16))
            beside.replace(kept)
    n = len(np.load(kept, mmap_mode="r"))
    if not n:
        raise AudioError(f"{path} does not fill one slice with sound")
    return kept, n


def load_images(example: Example) -> Images:
    """Return the images of an example, shape=(n, mels, frames), float32 in [0, 1]."""
    kept: npt.NDArray[np.float16] = np.load(example.images)
    return kept.astype(np.float32)


def target(example: Example, names: Sequence[str]) -> npt.NDArray[np.float32]:
    """Return the genres of an example as a distribution over ``names``, uniform over those it has, shape=(n_names,)."""
    row = np.array([name in example.genres for name in names], dtype=np.float32)
    row /= row.sum()
    return row


class Batches(keras.utils.PyDataset):  # type: ignore[misc]
    """Slices with their song's genres, read from the cache as they are needed; shuffled anew every epoch."""

    def __init__(self, chosen: Sequence[Example], names: Sequence[str], size: int, seed: int) -> None:
        super().__init__()
        self._images = [np.load(example.images, mmap_mode="r") for example in chosen]
        self._targets = np.stack([target(example, names) for example in chosen])
        self._order = np.array([(song, i) for song, own in enumerate(self._images) for i in range(len(own))])
        self._size, self._random = size, np.random.default_rng(seed)
        self.on_epoch_end()

    def __len__(self) -> int:
        return math.ceil(len(self._order) / self._size)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        places = self._order[index * self._size : (index + 1) * self._size]
        images = np.stack([self._images[song][i] for song, i in places]).astype(np.float32)
        return images[..., np.newaxis], self._targets[places[:, 0]]

    def on_epoch_end(self) -> None:
        """Shuffle."""
        self._random.shuffle(self._order)


def counted(chosen: Sequence[Example], names: Sequence[str]) -> Iterator[tuple[str, int, int, int]]:
    """Yield (genre, training songs, validation songs, test songs); a song of several genres counts in each."""
    for name in names:
        parts = [example.part for example in chosen if name in example.genres]
        yield name, parts.count("train"), parts.count("validation"), parts.count("test")
