"""Rows as nouns, and nouns as rows."""

from dataclasses import asdict
from pathlib import PurePath
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy import Row

from songs.identity import AlbumId, ArtistId, JobId, SongId
from songs.jobs import Job, JobKind, JobState, Outcome, Reason
from songs.song import Analysis, Sketch, Song, Tags
from store.folding import storable

UNKNOWN_ARTIST = "Unknown artist"
UNTITLED = "Untitled"


def job_of(row: Row[Any]) -> Job:
    """Return the job of a whole row of ``jobs``."""
    return Job(
        id=JobId(row.id),
        source=row.source,
        tags=Tags(**row.tags),
        state=JobState(row.state),
        stage=row.stage,
        progress=row.progress,
        attempts=row.attempts,
        reason=None if row.reason_code is None else Reason(row.reason_code, row.reason_message),
        outcome=None if row.outcome is None else Outcome(row.outcome),
        song_id=None if row.song_id is None else SongId(row.song_id),
        batch=row.batch,
        owner=row.owner,
        heartbeat=row.heartbeat,
        not_before=row.not_before,
        sent_at=row.sent_at,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        version=row.version,
        kind=JobKind(row.kind),
        label=row.label,
    )


def job_values(job: Job) -> dict[str, Any]:
    """Return the columns of a job, all but ``number``."""
    return {
        "id": job.id,
        "source": job.source,
        "tags": tags_json(job.tags),
        "state": str(job.state),
        "stage": job.stage,
        "progress": job.progress,
        "attempts": job.attempts,
        "reason_code": job.reason.code if job.reason else None,
        "reason_message": job.reason.message if job.reason else None,
        "outcome": str(job.outcome) if job.outcome else None,
        "song_id": job.song_id,
        "batch": job.batch,
        "owner": job.owner,
        "heartbeat": job.heartbeat,
        "not_before": job.not_before,
        "sent_at": job.sent_at,
        "created_at": job.created_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
        "version": job.version,
        "kind": str(job.kind),
        "label": job.label,
    }


def song_of(row: Row[Any]) -> Song:
    """Return the song of a row of ``songs`` with the names of its artist and album, and whether it is ``analysed``."""
    return Song(
        id=SongId(row.id),
        title=row.title,
        artist=row.artist,
        artist_id=ArtistId(row.artist_id),
        album=row.album,
        album_id=None if row.album_id is None else AlbumId(row.album_id),
        genre_tag=row.genre_tag,
        year=row.year,
        track=row.track,
        isrc=row.isrc,
        sku=row.sku,
        collection=row.collection,
        source=row.source,
        audio_sha256=row.audio_sha256,
        duration=row.duration,
        missing=row.missing,
        analysed=bool(row.analysed),
        created_at=row.created_at,
        updated_at=row.updated_at,
        metadata=row.metadata,
    )


def tags_json(tags: Tags) -> dict[str, Any]:
    """Return what tags say as plain data; what they do not say is left out."""
    return {name: value for name, value in asdict(tags).items() if value not in (None, {})}


def isrc(text: str | None) -> str | None:
    """Return an ISRC as it is kept and looked for: upper case, without the dashes that only print has."""
    kept = storable(text or "").replace("-", "").replace(" ", "").upper()
    return kept or None


def title(heard: Sketch | Analysis) -> str:
    """Return the tagged title, else the stem of the file's name."""
    said = said_of(heard.tags.title)
    if said is not None:
        return said
    source = heard.recording.source
    if source.startswith(("http://", "https://")):
        source = unquote(urlsplit(source).path)
    elif source.startswith("upload:"):  # its name is a hash
        source = heard.tags.metadata.get("file", "")
    return said_of(PurePath(source).stem) or UNTITLED


def said_of(text: str | None) -> str | None:
    """Return a tag as it is kept, ``None`` for a blank one."""
    return storable(text).strip() or None if text else None
