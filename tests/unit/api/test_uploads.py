import dataclasses
import hashlib
import io
from pathlib import Path

import pytest

from api.settings import ApiSettings
from songs.jobs import JobState

AUDIO = b"RIFF" + bytes(range(256)) * 40


def form(content=AUDIO, name="x.flac", **fields):
    return {"data": {"file": (io.BytesIO(content), name), **fields}, "content_type": "multipart/form-data"}


def test_an_upload_is_kept_by_its_content_and_becomes_a_job(place, admin):
    answer = admin.post("/v1/songs", **form(title="T", artist="A", album="", year="1999", isrc=" ", sku="S"))
    assert answer.status_code == 202
    assert answer.headers["Location"] == f"/v1/jobs/{answer.json['id']}"
    job = place.store.jobs.get(answer.json["id"])
    sha256 = hashlib.sha256(AUDIO).hexdigest()
    assert job.source == answer.json["source"] == f"upload:{sha256}"
    assert (place.shelf.folder / sha256).read_bytes() == AUDIO
    said = {name: value for name, value in dataclasses.asdict(job.tags).items() if value}
    assert said == {"title": "T", "artist": "A", "year": 1999, "sku": "S", "metadata": {"file": "x.flac"}}
    assert place.queue.drain() == [job.id]
    assert admin.get(answer.headers["Location"]).json["state"] == "queued"


def test_uploading_the_same_twice_is_one_job(place, admin):
    first, second = (admin.post("/v1/songs", **form()).json["id"] for _ in range(2))
    assert first == second
    assert len(list(place.shelf.folder.iterdir())) == 1


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (form(year="MCMXC"), "year"),
        (form(title="x" * 501), "title"),
        (form(colour="blue"), "colour"),
        ({"data": {"title": "T"}, "content_type": "multipart/form-data"}, "file"),
        ({"data": {"file": "text"}, "content_type": "multipart/form-data"}, "file"),
        ({"json": {"path": 3}}, "path"),
        ({"json": ["path"]}, "json"),
        ({"json": {}}, "path"),
    ],
)
def test_what_does_not_fit_is_named_and_nothing_is_kept(place, admin, body, named):
    answer = admin.post("/v1/songs", **body)
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_request")
    assert named in str(answer.json.get("errors", answer.json["detail"]))
    assert not place.shelf.folder.exists()


def test_an_empty_upload_is_a_typed_error(place, admin):
    answer = admin.post("/v1/songs", **form(b"", "silence.wav"))
    assert (answer.status_code, answer.json["code"]) == (422, "audio_empty")
    assert "silence.wav" in answer.json["detail"]
    assert not place.store.jobs.jobs()


@pytest.mark.parametrize("chunked", [False, True])
def test_more_than_is_allowed_is_413_and_nothing_is_kept(place, chunked):
    place.settings = ApiSettings(max_upload=10_000)
    client = place.client("admin-key-0123456789")
    head, tail = b'--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n', b"\r\n--b--\r\n"
    body = head + b"x" * 20_000 + tail
    how = {"content_type": "multipart/form-data; boundary=b"}
    if chunked:
        how |= {
            "environ_overrides": {"CONTENT_LENGTH": "", "wsgi.input_terminated": True},
            "input_stream": io.BytesIO(body),
        }
    else:
        how |= {"data": body}
    answer = client.post("/v1/songs", **how)
    assert (answer.status_code, answer.json["code"]) == (413, "too_large")
    assert not place.shelf.folder.exists()


def test_a_large_upload_lies_on_disk_and_not_in_memory(place, tmp_path):
    spool = tmp_path / "spool"
    spool.mkdir()
    place.settings = ApiSettings(spool=spool)
    request = place.app().request_class({"REQUEST_METHOD": "POST"})
    stream = request._get_file_stream(None, "audio/flac")
    stream.write(b"x" * (2 << 20))
    where = Path(f"/proc/self/fd/{stream.fileno()}").readlink()
    assert where.parent == spool, "on the disk that was named"
    assert where.name.endswith("(deleted)"), "and gone when closed"


def test_a_path_needs_a_folder_that_was_opened_to_requests(place, admin, tmp_path):
    answer = admin.post("/v1/songs", json={"path": str(tmp_path)})
    assert (answer.status_code, answer.json["code"]) == (403, "paths_not_allowed")
    assert "upload" in answer.json["detail"]


@pytest.fixture
def rooted(place, tmp_path):
    """A client of an application that takes paths below ``music``."""
    (tmp_path / "music").mkdir()
    (tmp_path / "music" / "in.mp3").write_bytes(AUDIO)
    (tmp_path / "out.mp3").write_bytes(AUDIO)
    (tmp_path / "music" / "link.mp3").symlink_to(tmp_path / "out.mp3")
    place.settings = ApiSettings(roots=(tmp_path / "music",))
    return place.client("ingest-key-0123456789")


def test_a_path_inside_becomes_a_job_under_its_real_name(place, rooted, tmp_path):
    answer = rooted.post("/v1/songs", json={"path": f"{tmp_path}/music/../music/in.mp3", "title": "T"})
    assert answer.status_code == 202
    (job,) = place.store.jobs.jobs()
    assert (job.source, job.tags.title, job.state) == (str(tmp_path / "music" / "in.mp3"), "T", JobState.QUEUED)


@pytest.mark.parametrize("path", ["out.mp3", "music/link.mp3", "music/../out.mp3", "music2/in.mp3", "music\0/in.mp3"])
def test_a_path_that_leads_outside_is_refused_whether_it_exists_or_not(rooted, tmp_path, path):
    answer = rooted.post("/v1/songs", json={"path": f"{tmp_path}/{path}"})
    assert (answer.status_code, answer.json["code"]) == (403, "paths_not_allowed")


@pytest.mark.parametrize("path", ["music/none.mp3", "music"])
def test_a_path_inside_that_is_no_file(rooted, tmp_path, path):
    answer = rooted.post("/v1/songs", json={"path": f"{tmp_path}/{path}"})
    assert (answer.status_code, answer.json["code"]) == (422, "audio_not_found")


def test_an_address_becomes_a_job(place, admin):
    answer = admin.post("/v1/songs", json={"url": "https://example.org/x.mp3", "title": "T"})
    assert answer.status_code == 202
    (job,) = place.store.jobs.jobs()
    assert (job.source, job.tags.title) == ("https://example.org/x.mp3", "T")


@pytest.mark.parametrize("url", ["ftp://example.org/x.mp3", "file:///etc/passwd", "https://", "http://[::1", "x.mp3"])
def test_only_web_addresses_are_fetched(admin, url):
    answer = admin.post("/v1/songs", json={"url": url})
    assert (answer.status_code, answer.json["code"]) == (422, "unsupported_source")


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"<song/>", "application/xml", 415),
        (b"", "", 415),
        (b"{", "application/json", 400),
        (b"\xff", "application/json", 400),
    ],
)
def test_bodies_of_another_kind(admin, body, kind, status):
    answer = admin.post("/v1/songs", data=body, content_type=kind)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
