"""A child that does not outlive its parent, also where the parent is killed."""

import ctypes
import signal
import sys

_PR_SET_PDEATHSIG = 1  # prctl(2)


def end_with_parent(number: int = signal.SIGTERM) -> None:
    """Ask the kernel for a signal when the parent dies; call it in the child. No effect where this is not Linux."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, number)
