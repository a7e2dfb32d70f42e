"""In which numbers a network is taught: bfloat16 where the machine computes with it, else float32."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import keras
import tensorflow as tf

MIXED, PLAIN = "mixed_bfloat16", "float32"  # as Keras calls them; weights are float32 in both
_FLAGS = frozenset({"avx512_bf16", "amx_bf16"})  # of processors, as Linux spells them


def fastest(cpuinfo: Path = Path("/proc/cpuinfo")) -> str:
    """Return the policy for this machine: elsewhere, bfloat16 is emulated and slower than float32."""
    if tf.config.list_physical_devices("GPU"):
        return MIXED
    flags = cpuinfo.read_text(encoding="utf-8", errors="replace").split() if cpuinfo.exists() else []
    return MIXED if _FLAGS & set(flags) else PLAIN


@contextmanager
def computing_in(policy: str) -> Iterator[None]:
    """Build layers that compute so; those that name a type of their own do not."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)
