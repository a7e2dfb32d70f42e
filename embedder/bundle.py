"""A model bundle: a folder that holds all that makes a vector and its labels, and executes no code.

``bundle.json`` is read first and vouches for every other file by its SHA-256: ``embedder.onnx`` (the network: vectors,
and the evidence behind them), ``heads.npz`` and ``heads.json`` (what makes labels of evidence), ``card.md`` and
``LICENSE``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from embedder.bundle_files import (
    CARD,
    FACTS,
    HEADS,
    HEADS_FACTS,
    LICENSE,
    NETWORK,
    Facts,
    content,
    verified,
    vouch,
    written,
)
from embedder.calibration import Calibration
from embedder.heads import files
from embedder.heads.heads import Heads
from embedder.runtime import Network
from embedder.settings import AudioSettings
from embedder.split import SplitRule
from songs.errors import BundleRefused

__all__ = ["CARD", "LICENSE", "NETWORK", "Bundle", "Facts", "Parts", "load", "save", "shipped", "verify"]


@dataclass(frozen=True, slots=True, eq=False)
class Bundle:
    """A bundle whose files are what its facts say, ready to hear."""

    path: Path
    facts: Facts
    network: Network
    heads: Heads  # labels of a song from the mean evidence of its sounding slices

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
    facts = verified(path)
    try:
        network = Network(content(path, facts, NETWORK), threads)
    except ValueError as error:
        raise BundleRefused(str(path), str(error)) from error
    heads = _heads(path, facts)
    for have, said, what in (
        (network.dimensions, facts.dimensions, "its network gives {} dimensions, {} says {}"),
        (network.evidence, facts.evidence, "its network gives {} numbers of evidence, {} says {}"),
        (heads.reading.evidence, facts.evidence, "its heads read {} numbers of evidence, {} says {}"),
        (", ".join(heads.genres), ", ".join(facts.genres), "its heads tell {}, {} says {}"),
    ):
        if have != said:
            raise BundleRefused(str(path), what.format(have, FACTS, said))
    if network.shape != (facts.audio.mels, facts.audio.frames):
        raise BundleRefused(str(path), f"its network takes images of {network.shape}, its audio settings make others")
    return Bundle(path, facts, network, heads)


def _heads(path: Path, facts: Facts) -> Heads:
    numbers, about = content(path, facts, HEADS), content(path, facts, HEADS_FACTS)
    try:
        return files.heads(numbers, about)
    except KeyError as error:
        raise BundleRefused(str(path), f"its heads lack {error}") from error
    except (ValueError, TypeError, AttributeError, OSError, files.BROKEN) as error:
        raise BundleRefused(str(path), f"its heads: {error}") from error


def verify(path: Path) -> Facts:
    """Check every file against its checksum, without loading the network; raises BundleRefused."""
    return verified(path)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Parts:
    """What training hands over to be bundled."""

    name: str
    architecture: str
    audio: AudioSettings
    dimensions: int  # of the vectors
    split: SplitRule
    versions: Mapping[str, str]
    network: bytes  # serialised ONNX graph
    heads: Heads
    card: str  # Markdown
    license: str
    calibration: Calibration | None = None


def save(parts: Parts, path: Path) -> Facts:
    """Write a bundle into a folder; ``bundle.json``, which vouches for the rest, comes last and whole."""
    contents = {
        NETWORK: parts.network,
        HEADS: files.arrays(parts.heads),
        HEADS_FACTS: files.facts(parts.heads),
        CARD: parts.card.encode(),
        LICENSE: parts.license.encode(),
    }
    facts = Facts(
        name=parts.name,
        architecture=parts.architecture,
        audio=parts.audio,
        genres=parts.heads.genres,
        dimensions=parts.dimensions,
        evidence=parts.heads.reading.evidence,
        split=parts.split,
        versions=parts.versions,
        files=written(path, contents),
        calibration=parts.calibration,
    )
    vouch(path, facts)
    return facts
