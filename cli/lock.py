"""One crew a home: a file that the kernel unlocks when its process dies, however it dies."""

import fcntl
import os
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from songs.errors import HomeInUse


@dataclass(slots=True)
class HomeLock:
    """``with HomeLock(home.root, "soundkin up on port 8000"):`` holds the home, or raises HomeInUse."""

    root: Path
    purpose: str
    _file: int | None = field(default=None, init=False)

    def __enter__(self) -> Self:
        file = os.open(self.root / "up.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(file, 200).decode("utf-8", "replace").strip()
            os.close(file)
            raise HomeInUse(str(self.root), holder) from error
        os.ftruncate(file, 0)
        os.pwrite(file, f"{self.purpose}, process {os.getpid()}".encode(), 0)
        self._file = file
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None
