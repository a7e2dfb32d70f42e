"""Everything that ``soundkin up`` runs, as one thing to start, wait for and stop."""

import json
import time
import urllib.request
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from cli.catalogue import first_key, open_rows, settle_model
from cli.console import remark, stderr
from cli.crew import INDEX, SWEEPER, Crew, free_port, ingest_role, web_role
from cli.lock import HomeLock
from cli.place import Place
from songs.errors import ServiceNotReady
from store import Store

START = 60.0  # seconds a start may take


@dataclass(slots=True)
class Service:
    """``with Service(place) as service:`` runs workers, sweeper and API on this machine.

    Raises
    ------
    HomeInUse, PortTaken, InvalidKey
        Before anything is started.
    """

    place: Place
    _stack: ExitStack = field(default_factory=ExitStack, init=False)
    _crew: Crew | None = field(default=None, init=False)
    _store: Store | None = field(default=None, init=False)

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self.place.settings.port}"

    @property
    def store(self) -> Store:
        """The rows; there from the start on."""
        if self._store is None:
            raise RuntimeError("the service has not been started")
        return self._store

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            port = self.place.settings.port
            stack.enter_context(HomeLock(self.place.home.root, f"soundkin up on port {port}"))
            free_port(port)
            self._store = open_rows(self.place)
            key = first_key(self._store, self.place.settings.key)
            if key is not None and key.made:  # at once: a start that is interrupted must not lose it
                remark(f"admin key, shown this once: {key.text}")
            settle_model(self.place, self._store)
            roles = (ingest_role(self.place.settings.workers), INDEX, SWEEPER, web_role(port))
            self._crew = stack.enter_context(Crew(self.place, roles))
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def tend(self) -> None:
        """Start again what has died."""
        if self._crew is not None:
            for name in self._crew.tend():
                remark(f"the {name} process had ended; started again ({self.place.home.logs / name}.log)")

    def wait_until_ready(self) -> None:
        """Wait for the API to answer; raises ServiceNotReady with where to look."""
        deadline = time.monotonic() + START
        with stderr.status("starting"):
            while time.monotonic() < deadline:
                self.tend()
                if self._answers("/readyz"):
                    return
                time.sleep(0.1)
        raise ServiceNotReady(str(self.place.home.logs), START)

    def introduce(self) -> None:
        """Say where the page is."""
        remark(f"Soundkin is at {self.url}   (Ctrl-C stops it; logs in {self.place.home.logs})")

    def get(self, path: str) -> Any:
        """Return the JSON of one GET."""
        with urllib.request.urlopen(self.url + path, timeout=10) as response:  # noqa: S310 - our own loopback address
            return json.load(response)

    def _answers(self, path: str) -> bool:
        try:
            self.get(path)
        except (OSError, ValueError):  # not listening yet, 503, or half an answer
            return False
        return True
