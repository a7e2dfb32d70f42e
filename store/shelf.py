"""Audio that we keep ourselves: uploads and fetched addresses, each a file named by its sha256."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

PREFIX = "upload:"
_BLOCK = 1 << 20  # bytes


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder of files by content; the same bytes are kept once."""

    folder: Path

    def put(self, stream: BinaryIO) -> str:
        """Keep what a stream holds, whole or not at all, and return its source, ``upload:<sha256>``."""
        self.folder.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        handle, name = tempfile.mkstemp(dir=self.folder, prefix=".part-")
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                while block := stream.read(_BLOCK):
                    digest.update(block)
                    file.write(block)
                file.flush()
                os.fsync(file.fileno())
            source = PREFIX + digest.hexdigest()
            part.replace(self.folder / digest.hexdigest())
        finally:
            part.unlink(missing_ok=True)
        return source

    def path(self, source: str) -> str:
        """Return where a source's file lies: on this shelf for an upload, else the path that it is."""
        return str(self.folder / source.removeprefix(PREFIX)) if source.startswith(PREFIX) else source

    def remove(self, source: str) -> None:
        """Forget an upload; any other source is somebody else's file and stays."""
        if source.startswith(PREFIX):
            Path(self.path(source)).unlink(missing_ok=True)
