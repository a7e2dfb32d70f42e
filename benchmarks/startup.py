"""A process that is ready to hear, against one with TensorFlow: processor time until then, and memory.

Nothing large is imported here: Linux counts the memory of a process from that of the one that started it.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.pairs import PAIRS, Line, judged, tell

SAVED = """
import sys, keras
from embedder.spectrogram import AudioSettings
from embedder.training.architectures import ARCHITECTURES
ARCHITECTURES["seed"](AudioSettings(), 9).save(sys.argv[1])
"""
RUNTIME = "from embedder.bundle import load, shipped; load(shipped())"
TENSORFLOW = "import sys, tensorflow, keras; keras.models.load_model(sys.argv[1])"
EARS = "from worker.listener import open_listener; open_listener(None, 3600)"
TENSORFLOW_EARS = (
    TENSORFLOW
    + """
import librosa, numpy
librosa.power_to_db(librosa.feature.melspectrogram(y=numpy.ones(22050, dtype="float32"), sr=22050, n_mels=256))
"""
)


def lines(folder: Path) -> Iterator[Line]:
    """Measure the runtime with the network, and all that hearing needs: for the peer, librosa at its first spectrum."""
    saved = str(folder / "seed.keras")
    started(SAVED, saved)
    yield from _lines("start-up, the runtime: against TensorFlow", RUNTIME, TENSORFLOW, saved)
    yield from _lines("start-up, a worker: against TensorFlow and librosa", EARS, TENSORFLOW_EARS, saved)


def _lines(name: str, ours: str, peer: str, saved: str) -> Iterator[Line]:
    started(ours)
    started(peer, saved)  # what it compiles and keeps does not count
    pairs = [(started(ours), started(peer, saved)) for _ in range(PAIRS)]
    yield judged(f"{name}, ms", [(a[0], b[0]) for a, b in pairs], 15.0)
    yield judged(f"{name}, MB", [(a[1], b[1]) for a, b in pairs], 5.0)


def started(code: str, *arguments: str) -> tuple[float, float]:
    """Run a program in a new interpreter; return its processor time (ms) and its largest memory (MB).

    Raises
    ------
    subprocess.CalledProcessError
        If it fails.
    """
    command = [sys.executable, "-c", code, *arguments]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as child:
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, command)
    return (used.ru_utime + used.ru_stime) * 1e3, used.ru_maxrss / 1024


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        tell(lines(Path(place)))
