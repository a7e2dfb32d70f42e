"""What can be measured, by name. A new subject is one more module and one more line in ``SUBJECTS``."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType

from benchmarks.pairs import Line, heard, unmeasured

SECONDS = 600  # a subject that takes longer is stuck
ONE_THREAD = MappingProxyType(
    {
        **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"),
        **dict.fromkeys(("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"), "1"),
        "CUDA_VISIBLE_DEVICES": "",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "KERAS_BACKEND": "tensorflow",
    }
)


@dataclass(frozen=True, slots=True)
class Subject:
    """A module that, run as a program, tells lines."""

    module: str
    packages: tuple[str, ...] = ()  # beyond those of serving
    flag: str | None = None  # of the processor, as Linux spells it
    instead: tuple[tuple[str, float], ...] = ()  # names and goals of its lines, where it cannot run


TRAINING = ("tensorflow", "keras", "tf2onnx")
SUBJECTS: Mapping[str, Subject] = MappingProxyType(
    {
        "front_end": Subject("benchmarks.front_end", ("librosa",)),
        "descriptors": Subject("benchmarks.descriptors", ("librosa",)),
        "song": Subject("benchmarks.song", ("librosa", *TRAINING)),
        "network": Subject("benchmarks.network", TRAINING),
        "openvino": Subject(
            "benchmarks.openvino_network", (*TRAINING, "openvino"), "amx_bf16",
            (
                ("network, 11 slices: OpenVINO bf16 against Keras predict, ms", 4.0),
                ("network: smallest cosine of OpenVINO bf16 and Keras", 0.9999),
            ),
        ),
        "startup": Subject("benchmarks.startup", ("librosa", *TRAINING)),
        "training": Subject("benchmarks.training", TRAINING),
        "memory": Subject("benchmarks.memory"),
    }
)  # fmt: skip


def missing(subject: Subject, cpuinfo: Path = Path("/proc/cpuinfo")) -> str | None:
    """Return what the subject lacks here, ``None`` where it can run."""
    absent = [name for name in subject.packages if find_spec(name) is None]
    if absent:
        return f"no package {', '.join(absent)}"
    if subject.flag is not None and subject.flag not in cpuinfo.read_text(encoding="utf-8").split():
        return f"the processor has no {subject.flag}"
    return None


def lines(name: str) -> list[Line]:
    """Measure one subject in a process of its own, with one thread.

    Raises
    ------
    subprocess.SubprocessError
        If the process fails or does not end.
    """
    subject = SUBJECTS[name]
    why = missing(subject)
    if why is not None:
        return [unmeasured(line, goal) for line, goal in subject.instead or ((f"{name}: {why}", 1.0),)]
    done = subprocess.run(
        [sys.executable, "-m", subject.module], capture_output=True, env=os.environ | ONE_THREAD,
        timeout=SECONDS, check=True, text=True,
    )  # fmt: skip
    return heard(done.stdout)
