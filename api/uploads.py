"""``POST /v1/songs``: a song comes in as an upload, an address, or the path of a file on the server."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any, BinaryIO, cast
from urllib.parse import urlsplit

from flask import request, url_for
from marshmallow import Schema, ValidationError
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import BadRequest

from api.access import Gate
from api.blueprints import Blueprint
from api.errors import MISFIT, Refused
from api.schemas import LocatedSongSchema, OneJobSchema, UploadSchema
from songs.errors import AudioEmpty, AudioNotFound
from songs.jobs import Job
from songs.ports import Ledger, Request
from songs.song import Tags

Keep = Callable[[BinaryIO, str], str]  # (stream, name of the file) -> canonical source

_BODY = {
    "required": True,
    "content": {
        "multipart/form-data": {"schema": UploadSchema},
        "application/json": {"schema": LocatedSongSchema},
    },
}
FILE = "file"  # metadata that keeps the name an upload had: its source is only a hash


@dataclass(frozen=True, slots=True)
class Doorway:
    """Turns what a request brings into a wish to ingest one source."""

    keep: Keep
    roots: tuple[Path, ...]

    def wish(self) -> Request:
        """Read the present request; raises Refused, AudioError, or what Werkzeug raises for a broken body."""
        if request.mimetype == "multipart/form-data":
            return self._upload()
        if request.is_json:
            return self._located()
        raise Refused(415, "unsupported_media_type", "send multipart/form-data with a file, or JSON with a path")

    def _upload(self) -> Request:
        given = _loaded(UploadSchema(), {**request.form.to_dict(), **request.files.to_dict()}, "form")
        file = given.pop("file")
        if not isinstance(file, FileStorage):
            raise Refused(422, "invalid_request", "the part named file is a field, not a file")
        name = PurePath(file.filename or "").name[-255:]
        if not file.stream.read(1):
            raise AudioEmpty(name or "the upload")
        file.stream.seek(0)
        source = self.keep(cast("BinaryIO", file.stream), name)
        return Request(source, Tags(**given, metadata={FILE: name} if name else {}))

    def _located(self) -> Request:
        given = _loaded(LocatedSongSchema(), _json(), "json")
        path, url = given.pop("path", None), given.pop("url", None)
        if url is not None:
            return Request(_address(url), Tags(**given))
        if path is None:
            raise Refused(422, "invalid_request", "name a path, or upload a file")
        return Request(self._allowed(path), Tags(**given))

    def _allowed(self, path: str) -> str:
        """Return the real path of a file below one of the roots; whether others exist is not told."""
        if not self.roots:
            raise Refused(403, "paths_not_allowed", "this server takes no paths over HTTP; upload the file instead")
        try:
            real = Path(os.path.realpath(path))
            inside = any(real.is_relative_to(os.path.realpath(root)) for root in self.roots)
        except (OSError, ValueError):  # a NUL, or a loop of links
            inside = False
        if not inside:
            raise Refused(403, "paths_not_allowed", "this path lies in none of the folders that requests may name")
        if not real.is_file():
            raise AudioNotFound(path)
        return str(real)


def blueprint(keep: Keep, ledger: Ledger, gate: Gate, roots: tuple[Path, ...]) -> Blueprint:
    """Return the route; ``keep`` stores an upload, ``roots`` are folders whose files may be named by path."""
    routes = Blueprint("uploads", "Songs that come in.")
    routes.before_request(gate.check)
    doorway = Doorway(keep, roots)

    @routes.at("/songs", "POST")
    @routes.needs_key(requestBody=_BODY)
    @gate.writing
    @routes.answers(202, OneJobSchema, headers={"Location": {"schema": {"type": "string"}, "description": "the job"}})
    def add(**_: Any) -> tuple[Job, int, Mapping[str, str]]:
        """Take in a song: a job will listen to it."""
        (job,) = ledger.submit([doorway.wish()])
        return job, 202, {"Location": url_for("jobs.job", job_id=job.id)}

    return routes


def _address(url: str) -> str:
    """Return an address that a worker will fetch; where it leads is checked there, when it is connected to."""
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    odd = any(c.isspace() or not c.isprintable() for c in url)
    if odd or parts.scheme.lower() not in {"http", "https"} or not parts.hostname:
        raise Refused(422, "unsupported_source", "only http and https addresses are fetched")
    return url


def _json() -> Any:
    try:
        return request.get_json()
    except UnicodeDecodeError as error:
        raise BadRequest("the body is not UTF-8") from error


def _loaded(schema: Schema, data: Any, place: str) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = schema.load(data)
    except ValidationError as error:
        raise Refused(422, "invalid_request", MISFIT, errors={place: error.messages}) from error
    return loaded
