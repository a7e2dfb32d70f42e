"""Who runs a job: ``host:pid:start`` of a process, so that a later process with its number is not taken for it."""

import os
import socket
from pathlib import Path

_PROC = Path("/proc")


def owner(proc: Path = _PROC) -> str:
    """Return the name of this process."""
    pid = os.getpid()
    return f"{_host(proc)}:{pid}:{_started(pid, proc) or 0}"


def provably_dead(name: str, proc: Path = _PROC) -> bool:
    """Tell whether an owner was a process of this host that has ended.

    False for another host, and where there is no ``/proc``: then only the silence of its heart can tell.
    """
    host, _, process = name.partition(":")
    pid, _, started = process.partition(":")
    if host != _host(proc) or not pid.isdecimal() or _started(os.getpid(), proc) is None:
        return False
    return _started(int(pid), proc) != started


def _host(proc: Path) -> str:
    # containers may share a host name, but then number their processes apart
    name = socket.gethostname().replace(":", "_")
    try:
        namespace = str((proc / "self" / "ns" / "pid").readlink())
    except OSError:
        return name
    return f"{name}.{namespace.removeprefix('pid:[').removesuffix(']')}"


def _started(pid: int, proc: Path) -> str | None:
    """Return when a living process was started, in clock ticks since boot."""
    try:
        stat = (proc / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    after_name = stat.rpartition(")")[2].split()  # the name may hold blanks and brackets
    return None if after_name[0] in {"Z", "X"} else after_name[19]
