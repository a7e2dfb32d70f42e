"""A model bundle: a folder that holds all that makes a vector and its labels, and executes no code.

``bundle.json`` is read first and vouches for every other file by its SHA-256: ``embedder.onnx`` (the network without
its last layer), ``genre.npz`` (that layer: ``weights``, ``bias``), ``card.md`` and ``LICENSE``.
"""

import hashlib
import io
import json
import math
import os
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from embedder.calibration import Calibration
from embedder.heads import GenreHead
from embedder.runtime import Network
from embedder.settings import AudioSettings
from embedder.split import SplitRule
from songs.errors import BundleRefused

FORMAT = 1
FACTS, NETWORK, GENRE, CARD, LICENSE = "bundle.json", "embedder.onnx", "genre.npz", "card.md", "LICENSE"
FILES = (NETWORK, GENRE, CARD, LICENSE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What ``bundle.json`` says."""

    name: str
    architecture: str
    audio: AudioSettings
    genres: tuple[str, ...]
    dimensions: int
    threshold: float  # probability of a song's genre below which it is uncertain
    split: SplitRule
    versions: Mapping[str, str]  # of the packages that made it
    files: Mapping[str, str]  # name -> sha256
    calibration: Calibration | None = None  # of the cosine of two songs; None: nobody measured it

    @property
    def model(self) -> str:
        """The version that vectors and labels carry: the name and 8 hex digits of all that decides them.

        Card and licence are not among it: a better sentence there must not make every song be heard again.
        """
        heard = {"audio": asdict(self.audio), "genres": self.genres, "threshold": self.threshold}
        decides = [self.files[NETWORK], self.files[GENRE], json.dumps(heard, sort_keys=True)]
        return f"{self.name}-{hashlib.sha256('|'.join(decides).encode()).hexdigest()[:8]}"

    def as_json(self) -> dict[str, Any]:
        """Return the content of ``bundle.json``."""
        return {
            "format": FORMAT,
            "name": self.name,
            "architecture": self.architecture,
            "audio": asdict(self.audio),
            "labels": {"genre": list(self.genres)},
            "dimensions": self.dimensions,
            "thresholds": {"genre": self.threshold},
            "split": self.split.as_json(),
            "versions": dict(self.versions),
            "calibration": self.calibration.as_json() if self.calibration else None,
            "files": dict(self.files),
        }


@dataclass(frozen=True, slots=True, eq=False)
class Bundle:
    """A bundle whose files are what its facts say, ready to hear."""

    path: Path
    facts: Facts
    network: Network
    genre: GenreHead

    @property
    def model(self) -> str:
        """See ``Facts.model``."""
        return self.facts.model

    @property
    def audio(self) -> AudioSettings:
        """How sound must come: ``audio.sample_rate`` is the rate to decode to."""
        return self.facts.audio


def shipped() -> Path:
    """Return the folder of the bundle that comes with the package."""
    return Path(__file__).parent / "bundles" / "kin"


def load(path: Path, threads: int = 1) -> Bundle:
    """Read and check a bundle; ``threads`` is for the network's arithmetic.

    Not to be called before a fork: the runtime's threads do not survive one.

    Raises
    ------
    BundleRefused
        With the reason: unknown format, a missing file or fact, a wrong checksum, missing labels, dimensions that do
        not fit.
    """
    facts = verify(path)
    try:
        network = Network(_checked(path, facts, NETWORK), threads)
        genre = _genre(_checked(path, facts, GENRE), facts)
    except (ValueError, KeyError, OSError, zipfile.BadZipFile) as error:
        raise BundleRefused(str(path), str(error)) from error
    if network.dimensions != facts.dimensions:
        why = f"its network gives {network.dimensions} dimensions, {FACTS} says {facts.dimensions}"
        raise BundleRefused(str(path), why)
    if network.shape != (facts.audio.mels, facts.audio.frames):
        raise BundleRefused(str(path), f"its network takes images of {network.shape}, its audio settings make others")
    return Bundle(path, facts, network, genre)


def verify(path: Path) -> Facts:
    """Check every file against its checksum, without loading the network; raises BundleRefused."""
    facts = _facts(path)
    for name in facts.files:
        _checked(path, facts, name)
    return facts


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Parts:
    """What training hands over to be bundled."""

    name: str
    architecture: str
    audio: AudioSettings
    genres: Sequence[str]
    threshold: float
    split: SplitRule
    versions: Mapping[str, str]
    network: bytes  # serialised ONNX graph
    weights: npt.NDArray[np.float32]  # (dimensions, n_genres)
    bias: npt.NDArray[np.float32]  # (n_genres,)
    card: str  # Markdown
    license: str
    calibration: Calibration | None = None


def save(parts: Parts, path: Path) -> Facts:
    """Write a bundle into a folder; ``bundle.json``, which vouches for the rest, comes last and whole."""
    path.mkdir(parents=True, exist_ok=True)
    (path / FACTS).unlink(missing_ok=True)  # an old one must not vouch for new files
    arrays = io.BytesIO()
    np.savez(arrays, weights=parts.weights, bias=parts.bias)
    contents = {
        NETWORK: parts.network,
        GENRE: arrays.getvalue(),
        CARD: parts.card.encode(),
        LICENSE: parts.license.encode(),
    }
    for name, content in contents.items():
        (path / name).write_bytes(content)
    facts = Facts(
        name=parts.name,
        architecture=parts.architecture,
        audio=parts.audio,
        genres=tuple(parts.genres),
        dimensions=int(parts.weights.shape[0]),
        threshold=parts.threshold,
        split=parts.split,
        versions=parts.versions,
        files={name: hashlib.sha256(content).hexdigest() for name, content in contents.items()},
        calibration=parts.calibration,
    )
    beside = path / (FACTS + ".new")
    with beside.open("w", encoding="utf-8") as file:
        json.dump(facts.as_json(), file, indent=2, ensure_ascii=False)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path / FACTS)
    return facts


def _facts(path: Path) -> Facts:
    try:
        data = json.loads((path / FACTS).read_text(encoding="utf-8"))
    except OSError as error:
        raise BundleRefused(str(path), f"{FACTS} may not be read: {error.strerror}") from error
    except ValueError as error:
        raise BundleRefused(str(path), f"{FACTS} is not JSON: {error}") from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        have = data.get("format") if isinstance(data, dict) else None
        raise BundleRefused(str(path), f"its format is {have!r}, this version reads {FORMAT}")
    try:
        return _checked_facts(data)
    except KeyError as error:
        raise BundleRefused(str(path), f"{FACTS} lacks {error}") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise BundleRefused(str(path), f"{FACTS}: {error}") from error


def _checked_facts(data: Mapping[str, Any]) -> Facts:
    genres = tuple(str(name) for name in data["labels"]["genre"])
    if not genres or len(set(genres)) < len(genres):
        raise ValueError("it names no genres, or one twice")
    missing = [name for name in FILES if name not in data["files"]]
    if missing:
        raise ValueError(f"no checksum of {', '.join(missing)}")
    if any(Path(name).name != name for name in data["files"]):
        raise ValueError("it names files outside its folder")
    threshold = float(data["thresholds"]["genre"])
    if not 0 <= threshold <= 1:
        raise ValueError(f"a threshold of {threshold} is no probability")
    return Facts(
        name=str(data["name"]),
        architecture=str(data["architecture"]),
        audio=_audio(data["audio"]),
        genres=genres,
        dimensions=int(data["dimensions"]),
        threshold=threshold,
        split=SplitRule.from_json(data["split"]),
        versions={str(k): str(v) for k, v in data["versions"].items()},
        files={str(k): str(v) for k, v in data["files"].items()},
        calibration=Calibration.from_json(data["calibration"]) if data.get("calibration") else None,
    )


def _audio(data: Mapping[str, Any]) -> AudioSettings:
    audio = AudioSettings(**data)
    counts = (audio.sample_rate, audio.n_fft, audio.hop, audio.mels, audio.frames)
    if not all(isinstance(count, int) and count > 0 for count in counts) or not 0 < audio.range_db < math.inf:
        raise ValueError("its audio settings are not positive numbers")
    return audio


def _checked(path: Path, facts: Facts, name: str) -> bytes:
    """Return a file's content if it is the content that the facts vouch for."""
    try:
        content = (path / name).read_bytes()
    except OSError as error:
        raise BundleRefused(str(path), f"{name} may not be read: {error.strerror}") from error
    if hashlib.sha256(content).hexdigest() != facts.files[name]:
        raise BundleRefused(str(path), f"the checksum of {name} is wrong")
    return content


def _genre(content: bytes, facts: Facts) -> GenreHead:
    if not zipfile.is_zipfile(io.BytesIO(content)):
        raise ValueError(f"{GENRE} is no archive of arrays")
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        weights, bias = arrays["weights"], arrays["bias"]
    wanted = (facts.dimensions, len(facts.genres))
    if weights.shape != wanted or bias.shape != wanted[1:]:
        raise ValueError(f"its genre layer is {weights.shape}, {FACTS} wants {wanted}")
    return GenreHead(facts.genres, weights, bias, facts.threshold)
