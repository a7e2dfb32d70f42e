"""The child that touches untrusted audio: reads a path a line, answers frames; it may crash, its parent may not.

Started by ``worker.decoder``; not for people.
"""

import json
import resource
import sys
from pathlib import Path
from typing import BinaryIO

import av

from embedder.audio import open_audio
from songs.errors import AudioError
from worker.frames import Facts, Kind, error_as_json, write
from worker.tags import read_tags

MEMORY = 3 << 30  # bytes of address space: decoders need a tenth of it


def answer(request: dict[str, object], out: BinaryIO) -> None:
    """Decode one file into frames: facts, sound, end; or an error at any point."""
    path = Path(str(request["path"]))
    try:
        with open_audio(path, int(str(request["sample_rate"])), float(str(request["max_seconds"]))) as stream:
            facts = Facts(stream.file_rate, stream.channels, read_tags(path))
            write(out, Kind.FACTS, json.dumps(facts.as_json()).encode())
            for block in stream:
                write(out, Kind.SOUND, block.astype("<f4", copy=False).tobytes())
        write(out, Kind.END)
    except AudioError as error:
        write(out, Kind.ERROR, json.dumps(error_as_json(error)).encode())
    out.flush()


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
