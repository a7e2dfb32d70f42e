"""Telling how far a long work is."""

from collections.abc import Callable
from typing import TypeAlias

Progress: TypeAlias = Callable[[str, float], None]  # told a stage and how much of it is done, 0 to 1
