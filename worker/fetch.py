"""Fetching audio from an http(s) address that a stranger may have named: bounded, and never from inside our network."""

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, cast
from urllib.parse import urljoin, urlsplit

from songs.errors import AddressRefused, AudioNotFound, FetchFailed

REDIRECTS = 5
TIMEOUT = 20.0  # seconds for each step of a connection
Allowed = Callable[[str], bool]  # told a numeric address


def public(address: str) -> bool:
    """Tell whether an address is on the open internet: not private, loopback, link-local, multicast or reserved."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(ip, "ipv4_mapped", None) or ip
    return bool(mapped.is_global and not mapped.is_multicast)


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Opens addresses; what is checked is the address that is connected to, after every redirect."""

    largest: int  # bytes
    seconds: float = 300.0  # for one whole file
    allowed: Allowed = public

    def __call__(self, url: str, keep: Callable[[BinaryIO], str]) -> str:
        """Fetch ``url`` into ``keep`` and return what it returns.

        Raises
        ------
        AddressRefused
            Another scheme than http(s), an address inside, too large, or too many redirects.
        AudioNotFound
            404 or 410.
        FetchFailed
            Anything that may be better later: no connection, a time-out, any other status.
        """
        deadline = time.monotonic() + self.seconds
        here = url
        for _ in range(REDIRECTS + 1):
            connection = self._connection(here)
            try:
                parts = urlsplit(here)
                connection.request("GET", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
                answer = connection.getresponse()
                location = answer.headers.get("Location")
                if answer.status in {301, 302, 303, 307, 308} and location:
                    here = urljoin(here, location)
                    continue
                _check_status(url, answer.status)
                return keep(cast(BinaryIO, _Bounded(answer, url, self.largest, deadline)))
            except (OSError, http.client.HTTPException) as error:
                raise FetchFailed(url, str(error) or type(error).__name__) from error
            finally:
                connection.close()
        raise AddressRefused(url, f"more than {REDIRECTS} redirects")

    def _connection(self, url: str) -> http.client.HTTPConnection:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise AddressRefused(url, "only http and https addresses are fetched")
        secure = parts.scheme == "https"
        try:
            port = parts.port or (443 if secure else 80)
        except ValueError as error:
            raise AddressRefused(url, "its port is no number") from error
        kind = _GuardedTls if secure else _Guarded
        return kind(parts.hostname, port, url, self.allowed)


class _Guarded(http.client.HTTPConnection):
    """Connects to an address that was checked: there is no second look-up in between that could answer otherwise."""

    def __init__(self, host: str, port: int, url: str, allowed: Allowed) -> None:
        super().__init__(host, port, timeout=TIMEOUT)
        self._url, self._allowed = url, allowed

    def connect(self) -> None:
        self.sock = self._checked_socket()

    def _checked_socket(self) -> socket.socket:
        found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        addresses = [str(entry[4][0]) for entry in found]
        if not all(self._allowed(address) for address in addresses):
            raise AddressRefused(self._url, f"{self.host} is not on the open internet")
        return socket.create_connection((addresses[0], self.port), timeout=TIMEOUT)


class _GuardedTls(_Guarded):
    """The same over TLS, with the certificate checked against the host's name."""

    def connect(self) -> None:
        self.sock = ssl.create_default_context().wrap_socket(self._checked_socket(), server_hostname=self.host)


class _Bounded:
    """An answer that ends with an error where it is too large or too slow."""

    def __init__(self, answer: http.client.HTTPResponse, url: str, largest: int, deadline: float) -> None:
        self._answer, self._url, self._largest, self._deadline = answer, url, largest, deadline
        self._read = 0

    def read(self, size: int) -> bytes:
        """Return the next bytes."""
        if time.monotonic() > self._deadline:
            raise FetchFailed(self._url, "it took too long")
        block = self._answer.read(min(size, 1 << 16))
        self._read += len(block)
        if self._read > self._largest:
            raise AddressRefused(self._url, f"it is larger than {self._largest} bytes")
        return block


def _check_status(url: str, status: int) -> None:
    if status in {404, 410}:
        raise AudioNotFound(url)
    if status != 200:
        raise FetchFailed(url, f"the server answered {status}")
