"""PNG files (ISO/IEC 15948): eight bits of red, green and blue, compressed by zlib."""

import struct
import zlib
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Pixels: TypeAlias = npt.NDArray[np.uint8]  # (height, width, 3), red, green, blue; the first row is the upper one

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_EIGHT_BITS, _RGB = 8, 2


def png(pixels: Pixels) -> bytes:
    """Return the file of a picture of at least one pixel."""
    height, width, _ = pixels.shape
    header = struct.pack(">IIBBBBB", width, height, _EIGHT_BITS, _RGB, 0, 0, 0)
    rows = np.zeros((height, 1 + 3 * width), dtype=np.uint8)  # a row begins with its filter; 0 is none
    rows[:, 1:] = np.ascontiguousarray(pixels).reshape(height, 3 * width)
    data = zlib.compress(rows.tobytes(), 9)
    return _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
