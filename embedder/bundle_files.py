"""The files of a bundle on a disk: what ``bundle.json`` says of them, and that they are what it says."""

import hashlib
import json
import math
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from embedder.calibration import Calibration
from embedder.settings import AudioSettings
from embedder.split import SplitRule
from songs.errors import BundleRefused

FORMAT = 2
FACTS, NETWORK, HEADS, HEADS_FACTS = "bundle.json", "embedder.onnx", "heads.npz", "heads.json"
CARD, LICENSE = "card.md", "LICENSE"
FILES = (NETWORK, HEADS, HEADS_FACTS, CARD, LICENSE)
REMEDY = {1: "it lacks the heads of mood, emotions and popularity: train it again with this version"}  # by format


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What ``bundle.json`` says."""

    name: str
    architecture: str
    audio: AudioSettings
    genres: tuple[str, ...]  # that can be told; none where nobody taught one
    dimensions: int
    evidence: int  # numbers that the heads read
    split: SplitRule
    versions: Mapping[str, str]  # of the packages that made it
    files: Mapping[str, str]  # name -> sha256
    calibration: Calibration | None = None  # of the cosine of two songs; None: nobody measured it

    @property
    def model(self) -> str:
        """The version that vectors and labels carry: the name and 8 hex digits of all that decides them.

        Card and licence are not among it: a better sentence there must not make every song be heard again.
        """
        audio = json.dumps(asdict(self.audio), sort_keys=True)
        decides = [self.files[NETWORK], self.files[HEADS], self.files[HEADS_FACTS], audio]
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
            "evidence": self.evidence,
            "split": self.split.as_json(),
            "versions": dict(self.versions),
            "calibration": self.calibration.as_json() if self.calibration else None,
            "files": dict(self.files),
        }


def written(path: Path, contents: Mapping[str, bytes]) -> dict[str, str]:
    """Write the files that ``bundle.json`` will vouch for and return their checksums by name."""
    path.mkdir(parents=True, exist_ok=True)
    (path / FACTS).unlink(missing_ok=True)  # an old one must not vouch for new files
    for name, content in contents.items():
        (path / name).write_bytes(content)
    return {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}


def vouch(path: Path, facts: Facts) -> None:
    """Write ``bundle.json``, whole."""
    beside = path / (FACTS + ".new")
    with beside.open("w", encoding="utf-8") as file:
        json.dump(facts.as_json(), file, indent=2, ensure_ascii=False)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path / FACTS)


def verified(path: Path) -> Facts:
    """Check every file against its checksum, without loading the network; raises BundleRefused."""
    facts = _facts(path)
    for name in facts.files:
        content(path, facts, name)
    return facts


def content(path: Path, facts: Facts, name: str) -> bytes:
    """Return a file's content if it is the content that the facts vouch for; raises BundleRefused."""
    try:
        found = (path / name).read_bytes()
    except OSError as error:
        raise BundleRefused(str(path), f"{name} may not be read: {error.strerror}") from error
    if hashlib.sha256(found).hexdigest() != facts.files[name]:
        raise BundleRefused(str(path), f"the checksum of {name} is wrong")
    return found


def _facts(path: Path) -> Facts:
    try:
        data = json.loads((path / FACTS).read_text(encoding="utf-8"))
    except OSError as error:
        raise BundleRefused(str(path), f"{FACTS} may not be read: {error.strerror}") from error
    except ValueError as error:
        raise BundleRefused(str(path), f"{FACTS} is not JSON: {error}") from error
    have = data.get("format") if isinstance(data, dict) else None
    if type(have) is not int or have != FORMAT:
        remedy = REMEDY.get(have) if type(have) is int else None
        why = f"its format is {have!r}, this version reads {FORMAT}"
        raise BundleRefused(str(path), f"{why}; {remedy}" if remedy else why)
    try:
        return _checked(data)
    except KeyError as error:
        raise BundleRefused(str(path), f"{FACTS} lacks {error}") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise BundleRefused(str(path), f"{FACTS}: {error}") from error


def _checked(data: Mapping[str, Any]) -> Facts:
    missing = [name for name in FILES if name not in data["files"]]
    if missing:
        raise ValueError(f"no checksum of {', '.join(missing)}")
    if any(Path(name).name != name for name in data["files"]):
        raise ValueError("it names files outside its folder")
    return Facts(
        name=str(data["name"]),
        architecture=str(data["architecture"]),
        audio=_audio(data["audio"]),
        genres=tuple(str(name) for name in data["labels"]["genre"]),
        dimensions=int(data["dimensions"]),
        evidence=int(data["evidence"]),
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
