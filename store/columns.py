"""Column types: text that any database takes, JSON plain or packed, and arrays as little-endian blobs."""

import json
import zlib
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Dialect, LargeBinary, String, Text, TypeDecorator

from songs.vectors import DIMENSIONS, Vector, Vectors
from store.folding import storable

_LARGEST_HALF = 65504.0  # of float16


class Words(TypeDecorator[str]):
    """Text; NUL and lone surrogates become U+FFFD, also in what is compared with it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Make the text storable."""
        del dialect
        return None if value is None else storable(value)


class Identity(Words):
    """An id; what is asked for may be any text."""

    impl = String  # type: ignore[assignment]  # of a fixed length
    cache_ok = True


class Json(TypeDecorator[Any]):
    """Plain data as ASCII JSON text; not the database's own type, which refuses some strings."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Write JSON."""
        del dialect
        return None if value is None else json.dumps(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Read JSON."""
        del dialect
        return None if value is None else json.loads(value)


class Packed(TypeDecorator[Any]):
    """Plain data as compressed JSON: a sixth of the bytes where it is long lists of numbers."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        """Write bytes."""
        del dialect
        return None if value is None else zlib.compress(json.dumps(value, separators=(",", ":")).encode())

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        """Read plain data."""
        del dialect
        return None if value is None else json.loads(zlib.decompress(value))


class Floats(TypeDecorator[npt.NDArray[np.float32]]):
    """A float32 array of any length, little-endian."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: npt.NDArray[np.float32] | None, dialect: Dialect) -> bytes | None:
        """Write bytes."""
        del dialect
        return None if value is None else np.asarray(value, dtype="<f4").tobytes()

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> npt.NDArray[np.float32] | None:
        """Read an array, shape=(n,)."""
        del dialect
        return None if value is None else np.frombuffer(value, dtype="<f4").astype(np.float32)


class Halves(TypeDecorator[npt.NDArray[np.float32]]):
    """Rows of 128 numbers, kept as float16: half the bytes, and a cosine moves by less than 1e-3."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: npt.NDArray[np.float32] | None, dialect: Dialect) -> bytes | None:
        """Write bytes; what is beyond float16 is clipped."""
        del dialect
        return None if value is None else np.clip(value, -_LARGEST_HALF, _LARGEST_HALF).astype("<f2").tobytes()

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> npt.NDArray[np.float32] | None:
        """Read float32 rows, shape=(n, 128)."""
        del dialect
        return None if value is None else np.frombuffer(value, dtype="<f2").astype(np.float32).reshape(-1, DIMENSIONS)


def song_vector(vector: Vector) -> Vector:
    """Return ``vector`` if it is 128 finite numbers; raises ValueError."""
    checked = np.asarray(vector, dtype=np.float32)
    if checked.shape != (DIMENSIONS,) or not np.isfinite(checked).all():
        raise ValueError(f"a song vector is {DIMENSIONS} finite numbers, not an array of shape {checked.shape}")
    return checked


def matrix(blobs: list[bytes]) -> Vectors:
    """Return the vectors of many blobs, shape=(n, 128)."""
    return np.frombuffer(b"".join(blobs), dtype="<f4").astype(np.float32).reshape(-1, DIMENSIONS)
