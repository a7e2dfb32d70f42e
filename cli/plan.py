"""What an ingest would do: which sources are new, changed, unchanged, vanished or unreadable."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from songs.errors import InvalidManifest, SongsError
from songs.identity import SongId
from songs.manifest import read
from songs.ports import Library, Request
from songs.song import Standing, Tags
from worker.ingest import settled
from worker.sources import Walk, canonical, encodable, existing, gone, is_url, touched

MANIFESTS = frozenset({".csv", ".jsonl"})


FOLDER_MANIFEST = "manifest.csv"  # where a folder has one, it says what its files do not


@dataclass(slots=True)
class Plan:
    """What is to be done, and what is not and why."""

    requests: list[Request] = field(default_factory=list)
    unchanged: int = 0
    deleted: list[str] = field(default_factory=list)  # sources whose song was deleted: a folder does not bring it back
    vanished: dict[str, SongId] = field(default_factory=dict)  # songs below the folders whose file is gone
    refused: list[tuple[str, str]] = field(default_factory=list)  # (what, why)


@dataclass(frozen=True, slots=True)
class Planner:
    """Compares sources with the catalogue without reading any audio: size and time of a file tell."""

    library: Library
    model: str

    def __call__(self, paths: Iterable[str]) -> Plan:
        """Look at folders, files and manifests; what cannot be looked at is refused by name, the rest goes on."""
        plan = Plan()
        taken: set[str] = set()
        for path in paths:
            try:
                for request in self._requests(path, plan):
                    if request.source not in taken:
                        taken.add(request.source)
                        self._judge(request, plan)
            except SongsError as error:
                plan.refused.append((path, str(error)))
        return plan

    def _requests(self, path: str, plan: Plan) -> Iterator[Request]:
        if is_url(path):
            yield Request(path)
            return
        found = existing(path)
        if found.is_dir():
            yield from self._folder(found, plan)
        elif found.suffix.lower() in MANIFESTS:
            yield from self._manifest(found, plan)
        else:
            yield Request(canonical(found))

    def _manifest(self, manifest: Path, plan: Plan) -> Iterator[Request]:
        rows = [(row.url or canonical(row.path), row.tags) for row in read(manifest)]
        deleted = self.library.deleted(source for source, _ in rows if encodable(source))
        plan.deleted += sorted(deleted)
        for source, tags in rows:
            standing = self.library.standing(source) if encodable(source) and gone([source]) else None
            if standing is not None:
                plan.vanished[source] = standing.song_id
            elif source not in deleted:
                yield Request(source, tags)

    def _folder(self, folder: Path, plan: Plan) -> Iterator[Request]:
        known = self.library.sources(canonical(folder))
        missing = set(gone(known))
        plan.vanished |= {source: song_id for source, song_id in known.items() if source in missing}
        sources = list(Walk(folder, plan.refused))
        deleted = self.library.deleted(s for s in sources if encodable(s))
        plan.deleted += sorted(deleted)
        said = _said(folder)
        yield from (Request(source, said.get(source, Tags())) for source in sources if source not in deleted)

    def _judge(self, request: Request, plan: Plan) -> None:
        if not encodable(request.source):
            shown = request.source.encode("utf-8", "backslashreplace").decode()
            plan.refused.append((shown, "the name is not valid Unicode; rename it"))
        elif self._stands(self.library.standing(request.source), request.source, request.tags):
            plan.unchanged += 1
        else:
            plan.requests.append(request)

    def _stands(self, standing: Standing | None, source: str, asked: Tags) -> bool:
        if standing is None or touched(source) != (standing.size, standing.mtime_ns):
            return False
        return settled(standing, standing.sha256, self.model, asked)


def _said(folder: Path) -> dict[str, Tags]:
    """Return what a folder's own manifest says of its files, by canonical path; nothing where that is no manifest."""
    manifest = folder / FOLDER_MANIFEST
    try:
        return {canonical(row.path): row.tags for row in read(manifest)} if manifest.exists() else {}
    except InvalidManifest:
        return {}  # a table of somebody else's
