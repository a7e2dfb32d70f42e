"""One long-lived decoder child: what kills it is a typed failure of one file, never of the worker."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from types import TracebackType
from typing import IO, Any, Self

import numpy as np
import numpy.typing as npt

from embedder.descriptors.loudness import Levels
from embedder.spectrogram import AudioSettings
from songs.errors import DecoderDied
from worker.frames import HEAD_BYTES, Facts, Kind, Spread, error_from_json, head

Samples = npt.NDArray[np.float32]

FILES_A_CHILD = 200  # then a fresh one: what a codec leaks does not add up
PATIENCE = 60.0  # seconds without a byte from the child


@dataclass(slots=True)
class Decoder:
    """Decodes files in a child process, one at a time.

    ``with`` it, or ``close`` it; the child ends with its parent in any case, since its pipe closes.
    """

    sample_rate: int  # Hz, of the samples that come out
    max_seconds: float  # longest recording
    patience: float = PATIENCE
    command: tuple[str, ...] = (sys.executable, "-P", "-m", "worker.decoder_child")  # -P: not from the cwd
    _child: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _served: int = field(default=0, init=False)

    def open(self, path: str, *, measured: bool = True) -> "Decoding":
        """Begin to decode a file; raises the typed AudioError that its beginning shows.

        A decoding that is not read to its end costs the child. One that is not ``measured`` tells no levels.
        """
        return self._asked(path, {"sample_rate": self.sample_rate, "measured": measured})

    def windows(self, path: str, audio: AudioSettings) -> "Decoding":
        """Begin to read a few spread windows of a file, which are all of a short one; raises a typed AudioError.

        The decoding's ``spread`` says where they stand, and each of its blocks is one window, as
        ``embedder.windows.Windows.samples``. Where ``spread.whole``, they are blocks as from ``open``.
        """
        decoding = self._asked(path, {"audio": asdict(audio)})
        decoding.locate()
        return decoding

    def _asked(self, path: str, how: dict[str, Any]) -> "Decoding":
        child = self._ready()
        self._served += 1
        request = {"path": path, "max_seconds": self.max_seconds} | how
        stdin, stdout = _pipes(child)
        try:
            stdin.write(json.dumps(request).encode() + b"\n")
            stdin.flush()
        except BrokenPipeError as error:
            raise DecoderDied(path, self._last_words()) from error
        decoding = Decoding(path, self, stdout.fileno())
        decoding.begin()
        return decoding

    def close(self) -> None:
        """End the child."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.wait()
            for pipe in _pipes(child):
                pipe.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ready(self) -> subprocess.Popen[bytes]:
        if self._child is not None and (self._child.poll() is not None or self._served >= FILES_A_CHILD):
            self.close()
        if self._child is None:
            env = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
            self._child = subprocess.Popen(
                self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env
            )
            self._served = 0
        return self._child

    def _last_words(self) -> str:
        child = self._child
        if child is None:
            return "it was closed"
        try:
            status = child.wait(timeout=1)
        except subprocess.TimeoutExpired:
            status = None
        self.close()
        if status is None:
            return f"nothing came for {self.patience:.0f} s"
        return signal.Signals(-status).name if status < 0 else f"exit status {status}"


def _pipes(child: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    if child.stdin is None or child.stdout is None:
        raise RuntimeError("the child was started without pipes")
    return child.stdin, child.stdout


@dataclass(slots=True)
class Decoding:
    """One file on its way: its facts, then its samples as blocks (or windows) of mono float32."""

    path: str
    decoder: Decoder
    pipe: int  # file descriptor
    facts: Facts | None = None
    spread: Spread | None = None  # of windows
    levels: Levels | None = None  # of a whole recording, once its last block was read
    over: bool = False

    def begin(self) -> None:
        """Read the facts, which come first."""
        self.facts = Facts.from_json(self._told(Kind.FACTS))

    def locate(self) -> None:
        """Read where the windows stand, which comes second where windows were asked for."""
        self.spread = Spread.from_json(self._told(Kind.SPREAD))

    def __iter__(self) -> Iterator[Samples]:
        """Yield blocks of float32 mono samples in [-1, 1]; raises a typed AudioError where the file breaks."""
        try:
            while not self.over:
                kind, payload = self._frame()
                if kind is Kind.SOUND:
                    yield np.frombuffer(payload, dtype="<f4")
                elif kind is Kind.LEVELS:
                    told = json.loads(payload)
                    self.levels = None if told is None else Levels(**told)
                else:
                    self.over = True
        finally:
            if not self.over:  # left in the middle: the rest of this file must not reach the next one
                self.decoder.close()

    def _told(self, expected: Kind) -> dict[str, Any]:
        kind, payload = self._frame()
        if kind is not expected:
            self.decoder.close()
            raise DecoderDied(self.path, f"it wrote {kind.name} where {expected.name} should be")
        told: dict[str, Any] = json.loads(payload)
        return told

    def _frame(self) -> tuple[Kind, bytes]:
        try:
            kind, size = head(self._read(HEAD_BYTES))
        except ValueError as error:
            self.decoder.close()
            raise DecoderDied(self.path, f"it wrote {error}") from error
        payload = self._read(size)
        if kind is Kind.ERROR:
            self.over = True
            raise error_from_json(self.path, json.loads(payload))
        return kind, payload

    def _read(self, size: int) -> bytes:
        parts = bytearray()
        deadline = time.monotonic() + self.decoder.patience
        while len(parts) < size:
            ready, _, _ = select.select([self.pipe], [], [], max(0.0, deadline - time.monotonic()))
            block = os.read(self.pipe, size - len(parts)) if ready else b""
            if not block:
                self.over = True
                raise DecoderDied(self.path, self.decoder._last_words())  # noqa: SLF001 - one room, two classes
            parts += block
        return bytes(parts)
