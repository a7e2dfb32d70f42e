import http.server
import io
import threading
from pathlib import Path

import pytest

from songs.errors import AddressRefused, AudioNotFound, FetchFailed
from store.shelf import Shelf
from worker.fetch import Fetcher, public
from worker.locate import Locator


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path.startswith("/hop"):
            self.send_response(302)
            self.send_header("Location", "/song?x=1" if self.path == "/hop" else "/hopping")
            self.end_headers()
            return
        status = {"/gone": 404, "/busy": 503}.get(self.path, 200)
        self.send_response(status)
        self.end_headers()
        if status == 200:
            self.wfile.write(b"sound" * 1000)

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def server():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as one:
        threading.Thread(target=one.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{one.server_port}"
        one.shutdown()


def anywhere(largest=1_000_000, seconds=60.0):
    return Fetcher(largest, seconds, allowed=lambda _: True)


def read(stream):
    taken = b""
    while block := stream.read(100):
        taken += block
    return taken.decode()


@pytest.mark.parametrize("path", ["/song", "/hop"])
def test_fetches_also_behind_a_redirect(server, path):
    assert anywhere()(server + path, read) == "sound" * 1000


@pytest.mark.parametrize(
    ("path", "error", "says"),
    [("/gone", AudioNotFound, "gone"), ("/busy", FetchFailed, "503"), ("/hopping", AddressRefused, "redirects")],
)
def test_what_a_server_refuses_is_named(server, path, error, says):
    with pytest.raises(error, match=says):
        anywhere()(server + path, read)


def test_too_large_and_too_slow(server):
    with pytest.raises(AddressRefused, match="larger than 4999 bytes"):
        anywhere(largest=4999)(server + "/song", read)
    with pytest.raises(FetchFailed, match="too long"):
        anywhere(seconds=-1)(server + "/song", read)


@pytest.mark.parametrize(
    "url",
    ["{}/song", "http://localhost:1/x", "http://[::1]/x", "ftp://e.org/x", "http:///x", "http://1.1.1.1:x/"],
)
def test_addresses_inside_and_other_schemes_are_refused(server, url):
    with pytest.raises(AddressRefused):
        Fetcher(1000)(url.format(server), read)


def test_nobody_listens():
    with pytest.raises(FetchFailed):
        anywhere()("http://127.0.0.1:1/x", read)


OPEN = ("8.8.8.8", "2606:4700::1111")
PRIVATE = ("10.0.0.1", "169.254.169.254", "127.0.0.1", "::1", "fe80::1%eth0", "::ffff:10.0.0.1", "100.64.0.1")
OTHERS = ("0.0.0.0", "224.0.0.1", "fd00::1")
CLOSED = PRIVATE + OTHERS


@pytest.mark.parametrize(("address", "open_internet"), [(a, True) for a in OPEN] + [(a, False) for a in CLOSED])
def test_which_addresses_are_public(address, open_internet):
    assert public(address) is open_internet


@pytest.mark.parametrize("keep", [True, False])
def test_a_locator_drops_what_is_not_to_be_kept(server, tmp_path, keep):
    shelf = Shelf(tmp_path / "audio")
    locator = Locator(shelf, anywhere(), keep)
    upload = shelf.put(io.BytesIO(b"an upload"))
    (tmp_path / "own.mp3").write_bytes(b"mine")
    for source in (upload, server + "/song", str(tmp_path / "own.mp3")):
        with Path(locator.path(source)).open("rb") as file:
            assert file.read(4) in {b"an u", b"soun", b"mine"}
        locator.heard(source)
    assert len(list((tmp_path / "audio").iterdir())) == (2 if keep else 0)
    assert (tmp_path / "own.mp3").exists()


def test_what_is_no_song_is_never_kept(server, tmp_path):
    shelf = Shelf(tmp_path / "audio")
    locator = Locator(shelf, anywhere(), keep=True)
    for source in (shelf.put(io.BytesIO(b"an upload")), server + "/song"):
        locator.path(source)
        locator.heard(source, wanted=False)
    assert not list((tmp_path / "audio").iterdir())
