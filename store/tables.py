"""The tables, as the newest migration leaves them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    text,
    true,
)

from store.columns import Floats, Halves, Identity, Json, Packed, Words

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)
_ID = Identity(22)  # base62
OPEN_ROWS = text("state IN ('queued', 'running')")  # of jobs, as songs.jobs.OPEN
PLAYED = text("plays IS NOT NULL")

artists = Table(
    "artists", metadata,
    Column("id", _ID, primary_key=True),
    Column("name", Words, nullable=False),  # as it was written first
    Column("folded", Words, nullable=False, unique=True),
)  # fmt: skip

albums = Table(
    "albums", metadata,
    Column("id", _ID, primary_key=True),
    Column("artist_id", _ID, ForeignKey(artists.c.id), nullable=False),
    Column("title", Words, nullable=False),
    Column("folded", Words, nullable=False),
    UniqueConstraint("artist_id", "folded"),
)  # fmt: skip

songs = Table(
    "songs", metadata,
    Column("id", _ID, primary_key=True),
    Column("number", BigInteger, nullable=False, unique=True),  # order of creation
    Column("source", Words, nullable=False, unique=True),
    Column("sku", Words, unique=True),
    Column("isrc", Words, index=True),
    Column("title", Words, nullable=False),
    Column("artist_id", _ID, ForeignKey(artists.c.id), nullable=False, index=True),
    Column("album_id", _ID, ForeignKey(albums.c.id), index=True),
    Column("genre_tag", Words),
    Column("year", BigInteger),
    Column("track", BigInteger),
    Column("collection", Words),
    Column("plays", Double),
    Column("metadata", Json, nullable=False),
    Column("asked", Json, nullable=False),  # tags that the request gave
    Column("search", Words, nullable=False),  # folded words, see store.folding.haystack
    Column("audio_sha256", String(64), nullable=False, index=True),
    Column("size", BigInteger, nullable=False),  # bytes
    Column("mtime_ns", BigInteger, nullable=False),
    Column("duration", Double, nullable=False),  # seconds
    Column("sample_rate", BigInteger, nullable=False),  # Hz
    Column("channels", BigInteger, nullable=False),
    Column("missing", Boolean, nullable=False),
    Column("created_at", Double, nullable=False),  # Unix seconds
    Column("updated_at", Double, nullable=False),
    Index("ix_songs_collection_plays", "collection", "plays", sqlite_where=PLAYED, postgresql_where=PLAYED),
)  # fmt: skip

vectors = Table(
    "vectors", metadata,
    Column("song_id", _ID, ForeignKey(songs.c.id, ondelete="CASCADE"), primary_key=True),
    Column("model", Words, primary_key=True),
    Column("vector", Floats, nullable=False),
    Column("whole", Boolean, nullable=False, server_default=true()),  # else preliminary: of a few windows of the song
)  # fmt: skip

# apart from ``vectors``: every index reads all of those at its start, and a song's slices are ten times as many bytes
slices = Table(
    "slices", metadata,
    Column("song_id", _ID, ForeignKey(songs.c.id, ondelete="CASCADE"), primary_key=True),
    Column("model", Words, primary_key=True),
    Column("vectors", Halves, nullable=False),
    Column("starts", Floats, nullable=False),  # seconds
)  # fmt: skip

labels = Table(
    "labels", metadata,
    Column("song_id", _ID, ForeignKey(songs.c.id, ondelete="CASCADE"), primary_key=True),
    Column("model", Words, primary_key=True),
    Column("json", Json, nullable=False),
)  # fmt: skip

# apart from ``labels``, which are read a page at a time and are a tenth as long
structures = Table(
    "structures", metadata,
    Column("song_id", _ID, ForeignKey(songs.c.id, ondelete="CASCADE"), primary_key=True),
    Column("model", Words, primary_key=True),
    Column("packed", Packed),  # NULL where nothing could be told; no row where it was never looked for
)  # fmt: skip

jobs = Table(
    "jobs", metadata,
    Column("id", _ID, primary_key=True),
    Column("number", BigInteger, nullable=False, unique=True),  # order of creation
    Column("source", Words, nullable=False),
    Column("tags", Json, nullable=False),
    Column("state", String(9), nullable=False),
    Column("stage", Words, nullable=False),
    Column("progress", Double, nullable=False),
    Column("attempts", BigInteger, nullable=False),
    Column("reason_code", Words),
    Column("reason_message", Words),
    Column("outcome", String(9)),
    Column("song_id", _ID),  # no foreign key: a job outlives its song
    Column("batch", Words, index=True),
    Column("owner", Words),
    Column("heartbeat", Double),
    Column("not_before", Double, nullable=False),
    Column("sent_at", Double),
    Column("created_at", Double, nullable=False),
    Column("started_at", Double),
    Column("finished_at", Double),
    Column("version", BigInteger, nullable=False),
    Column("kind", String(8), nullable=False, server_default="ingest"),
    Column("label", String(16), nullable=False, server_default=text("''")),  # that is to be explained
    Index("ix_jobs_state_number", "state", "number"),
    Index(
        "uq_jobs_open_source", "source", "kind", "label", unique=True,
        sqlite_where=OPEN_ROWS, postgresql_where=OPEN_ROWS,
    ),
)  # fmt: skip

explanations = Table(
    "explanations", metadata,
    Column("song_id", _ID, ForeignKey(songs.c.id, ondelete="CASCADE"), primary_key=True),
    Column("model", Words, primary_key=True),
    Column("label", String(16), primary_key=True),
    Column("audio_sha256", String(64), nullable=False),  # of the recording that was looked at
    Column("json", Json, nullable=False),
    Column("png", LargeBinary, nullable=False),
)  # fmt: skip

changes = Table(
    "changes", metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("song_id", _ID, nullable=False),  # no foreign key: the line that says a song went stays
)  # fmt: skip

# last number given, one row a sequence; an UPDATE in the writer's own transaction makes numbers grow in commit order
log_head = Table(
    "log_head", metadata,
    Column("name", String(16), primary_key=True),  # changes, jobs
    Column("seq", BigInteger, nullable=False),
)  # fmt: skip

identity = Table(
    "identity", metadata,
    Column("one", BigInteger, primary_key=True, autoincrement=False),  # 1: there is one row
    Column("name", _ID, nullable=False),  # random: tells this database from one that took its place
)  # fmt: skip

deletions = Table(
    "deletions", metadata,
    Column("source", Words, primary_key=True),
    Column("deleted_at", Double, nullable=False),
)  # fmt: skip

models = Table(
    "models", metadata,
    Column("one", BigInteger, primary_key=True, autoincrement=False),  # 1: there is one row
    Column("active", Words, nullable=False),
)  # fmt: skip

api_keys = Table(
    "api_keys", metadata,
    Column("sha256", String(64), primary_key=True),
    Column("prefix", String(8), nullable=False),  # enough to tell keys apart in a list
    Column("scopes", Words, nullable=False),  # separated by blanks
    Column("created_at", Double, nullable=False),
)  # fmt: skip
