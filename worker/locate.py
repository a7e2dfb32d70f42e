"""Where the file of a source lies: in place, on our shelf, or to be fetched."""

from dataclasses import dataclass, field

from store.shelf import Shelf
from worker.fetch import Fetcher
from worker.sources import is_url


@dataclass(slots=True)
class Locator:
    """Finds a source's file, and afterwards drops a copy that is not to be kept."""

    shelf: Shelf
    fetch: Fetcher
    keep: bool  # whether fetched and uploaded audio stays after it was heard
    _fetched: dict[str, str] = field(default_factory=dict, init=False)  # address -> its source on the shelf

    def path(self, source: str) -> str:
        """Return a path that can be read; an address is fetched first (raises what ``Fetcher`` raises)."""
        if is_url(source):
            self._fetched[source] = kept = self.fetch(source, self.shelf.put)
            return self.shelf.path(kept)
        return self.shelf.path(source)

    def heard(self, source: str, *, wanted: bool = True) -> None:
        """Say that a source has been dealt with; a copy of what is no song (not ``wanted``) is never kept."""
        kept = self._fetched.pop(source, source)
        if not (self.keep and wanted):
            self.shelf.remove(kept)
