"""Heads as two files that execute nothing: ``heads.npz`` (arrays of numbers) and ``heads.json`` (everything else)."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from embedder.heads.choice import Exclusive, Independent
from embedder.heads.heads import FEATURES, Heads
from embedder.heads.number import Named, Share, Standing
from embedder.heads.reading import Reading, Scales

BROKEN = zipfile.BadZipFile  # what an archive that is cut off raises
ARRAYS = ("middle", "spread", "weight", "centres", "linear", "near", "bias")


def arrays(heads: Heads) -> bytes:
    """Return the content of ``heads.npz``."""
    reading, content = heads.reading, io.BytesIO()
    found = {name: getattr(reading.scales if name in ARRAYS[:3] else reading, name) for name in ARRAYS}
    np.savez(content, **found)
    return content.getvalue()


def facts(heads: Heads) -> bytes:
    """Return the content of ``heads.json``: of each label what its head is, ``null`` where there is none."""
    told: dict[str, Any] = {"parts": list(heads.reading.parts)}
    told["genre"] = _fields(heads.genre, ("names", "slopes", "offsets", "threshold"))
    for name, choice in (("mood", heads.mood), ("quadrant", heads.quadrant), ("cluster", heads.cluster)):
        told[name] = _fields(choice, ("names", "temperature", "threshold"))
    told["emotions"] = {"names": list(heads.emotions)} if heads.emotions else None
    for name, number in (("valence", heads.valence), ("arousal", heads.arousal)):
        told[name] = _fields(number, ("below", "above"))
    told["popularity"] = _fields(heads.popularity, ("scale", "below", "above"))
    told["features"] = {
        name: {**_shared(head.share), "confidence": head.confidence} if head else None
        for name, head in heads.features.items()
    }
    return (json.dumps(told, indent=2, ensure_ascii=False) + "\n").encode()


def heads(numbers: bytes, about: bytes) -> Heads:
    """Read what ``arrays`` and ``facts`` wrote.

    Raises
    ------
    ValueError
        Arrays that are no numbers, not finite or of the wrong shape; names given twice; thresholds that are no
        probability.
    KeyError
        A label or an array that is missing.
    """
    told = json.loads(about)
    if not isinstance(told, dict):
        raise ValueError("its heads are no JSON object")  # noqa: TRY004 - what is written, not how it is called
    found = _arrays(numbers)
    scales = Scales(found["middle"], found["spread"], found["weight"])
    parts = tuple(int(size) for size in told["parts"])
    reading = Reading(scales, parts, found["centres"], found["linear"], found["near"], found["bias"])
    missing = [name for name in FEATURES if name not in told["features"]]
    if missing:
        raise ValueError(f"its heads lack {', '.join(missing)}")
    return Heads(
        reading=reading,
        genre=_independent(told["genre"]),
        mood=_exclusive(told["mood"]),
        quadrant=_exclusive(told["quadrant"]),
        cluster=_exclusive(told["cluster"]),
        emotions=_names(told["emotions"]) if told["emotions"] else (),
        valence=_share(told["valence"]) if told["valence"] else None,
        arousal=_share(told["arousal"]) if told["arousal"] else None,
        popularity=_standing(told["popularity"]),
        features={name: _named(told["features"][name]) for name in FEATURES},
    )


def _fields(head: Any, names: Sequence[str]) -> dict[str, Any] | None:
    if head is None:
        return None
    values = {name: getattr(head, name) for name in names}
    return {name: list(value) if isinstance(value, Sequence) else value for name, value in values.items()}


def _shared(share: Share) -> dict[str, float]:
    return {"below": share.below, "above": share.above}


def _arrays(content: bytes) -> dict[str, npt.NDArray[np.float32]]:
    if not zipfile.is_zipfile(io.BytesIO(content)):
        raise ValueError("its heads are no archive of arrays")
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        found = {name: archive[name] for name in ARRAYS}
    for name, array in found.items():
        if array.dtype != np.float32 or not np.isfinite(array).all():
            raise ValueError(f"its array {name} holds something else than finite numbers")
    return found


def _names(data: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(name) for name in data["names"])


def _independent(data: Mapping[str, Any] | None) -> Independent | None:
    if data is None:
        return None
    slopes, offsets = (tuple(float(value) for value in data[name]) for name in ("slopes", "offsets"))
    return Independent(_names(data), slopes, offsets, float(data["threshold"]))


def _exclusive(data: Mapping[str, Any] | None) -> Exclusive | None:
    return Exclusive(_names(data), float(data["temperature"]), float(data["threshold"])) if data else None


def _share(data: Mapping[str, Any]) -> Share:
    return Share(float(data["below"]), float(data["above"]))


def _standing(data: Mapping[str, Any] | None) -> Standing | None:
    if data is None:
        return None
    return Standing(tuple(float(value) for value in data["scale"]), float(data["below"]), float(data["above"]))


def _named(data: Mapping[str, Any] | None) -> Named | None:
    return Named(_share(data), float(data["confidence"])) if data else None
