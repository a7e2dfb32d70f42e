import struct
import zlib

import av
import numpy as np
import pytest

from embedder.explain.png import png


@pytest.mark.parametrize(("high", "wide"), [(1, 1), (7, 3), (40, 301)])
def test_another_decoder_reads_the_same_pixels(high, wide, tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (high, wide, 3), dtype=np.uint8)
    path = tmp_path / "x.png"
    path.write_bytes(png(pixels))
    with av.open(str(path)) as file:
        (frame,) = file.decode(video=0)
        np.testing.assert_array_equal(frame.to_ndarray(format="rgb24"), pixels)


def test_chunks_carry_their_checksum():
    data = png(np.zeros((2, 2, 3), np.uint8))
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    place, kinds = 8, []
    while place < len(data):
        (size,) = struct.unpack(">I", data[place : place + 4])
        body = data[place + 4 : place + 8 + size]
        assert struct.unpack(">I", data[place + 8 + size : place + 12 + size]) == (zlib.crc32(body),)
        kinds.append(body[:4])
        place += 12 + size
    assert kinds == [b"IHDR", b"IDAT", b"IEND"]
