"""The child that touches untrusted audio: reads a path a line, answers frames; it may crash, its parent may not.

Started by ``worker.decoder``; not for people.
"""

import json
import resource
import sys
from pathlib import Path
from typing import Any, BinaryIO

import av

from embedder.audio import open_audio
from embedder.descriptors.loudness import Levels
from embedder.gauge import Gauge
from embedder.settings import AudioSettings, Samples
from embedder.spread import Whole
from embedder.windows import read_windows
from songs.errors import AudioError
from worker.frames import Facts, Kind, Spread, error_as_json, write
from worker.tags import read_tags

MEMORY = 3 << 30  # bytes of address space: decoders need a tenth of it


def answer(request: dict[str, Any], out: BinaryIO) -> None:
    """Decode one file into frames: facts, sound, levels, end; or an error at any point.

    A request with the settings of ``audio`` is for a few windows, or for all of a short file; one with a
    ``sample_rate`` for all of any file, ``measured`` or without levels.
    """
    path, max_seconds = Path(request["path"]), float(request["max_seconds"])
    try:
        if "audio" in request:
            _windows(path, AudioSettings(**request["audio"]), max_seconds, out)
        else:
            _whole(path, int(request["sample_rate"]), max_seconds, out, measured=bool(request["measured"]))
        write(out, Kind.END)
    except AudioError as error:
        write(out, Kind.ERROR, json.dumps(error_as_json(error)).encode())
    out.flush()


def _whole(path: Path, sample_rate: int, max_seconds: float, out: BinaryIO, *, measured: bool) -> None:
    with open_audio(path, sample_rate, max_seconds) as stream:
        _tell(Kind.FACTS, Facts(stream.file_rate, stream.channels, read_tags(path)).as_json(), out)
        gauge = Gauge(stream) if measured else None
        for block in stream if gauge is None else stream.tapped(gauge):
            _sound(block, out)
        _levels(None if gauge is None else gauge.levels(), out)


def _windows(path: Path, audio: AudioSettings, max_seconds: float, out: BinaryIO) -> None:
    found = read_windows(path, audio, max_seconds)
    _tell(Kind.FACTS, Facts(found.file_rate, found.channels, read_tags(path)).as_json(), out)
    _tell(Kind.SPREAD, Spread(found.indices, found.total, found.duration).as_json(), out)
    if isinstance(found, Whole):
        for block in found.blocks:
            _sound(block, out)
        _levels(found.levels, out)
    else:
        for window in found.samples:
            _sound(window, out)


def _levels(levels: Levels | None, out: BinaryIO) -> None:
    _tell(Kind.LEVELS, None if levels is None else levels.as_json(), out)


def _tell(kind: Kind, data: dict[str, Any] | None, out: BinaryIO) -> None:
    write(out, kind, json.dumps(data).encode())


def _sound(samples: Samples, out: BinaryIO) -> None:
    write(out, Kind.SOUND, samples.astype("<f4", copy=False).tobytes())


def main() -> None:
    """Serve requests until the parent closes the pipe."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    av.logging.set_level(av.logging.PANIC)
    for line in sys.stdin.buffer:
        answer(json.loads(line), sys.stdout.buffer)


if __name__ == "__main__":
    main()
