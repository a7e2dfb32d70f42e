"""What an operator may choose for the web process."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """Passed to the application factory; nothing here is read from the environment."""

    max_upload: int = 512 * 1024 * 1024  # bytes of one request
    max_results: int = 100  # songs or jobs in one answer
    roots: tuple[Path, ...] = ()  # folders whose files may be named by a path in a request; none: no path may
    spool: Path | None = None  # where an upload lies while it arrives; None: the system's temporary folder
