"""first schema

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

from songs.identity import fresh

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

OPEN = "state IN ('queued', 'running')"


def upgrade() -> None:
    op.create_table(
        "artists",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_artists"),
        sa.UniqueConstraint("folded", name="uq_artists_folded"),
    )
    op.create_table(
        "albums",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("artist_id", sa.String(22), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_albums"),
        sa.ForeignKeyConstraint(["artist_id"], ["artists.id"], name="fk_albums_artist_id"),
        sa.UniqueConstraint("artist_id", "folded", name="uq_albums_artist_id_folded"),
    )
    op.create_table(
        "songs",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text()),
        sa.Column("isrc", sa.Text()),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("artist_id", sa.String(22), nullable=False),
        sa.Column("album_id", sa.String(22)),
        sa.Column("genre_tag", sa.Text()),
        sa.Column("year", sa.BigInteger()),
        sa.Column("track", sa.BigInteger()),
        sa.Column("collection", sa.Text()),
        sa.Column("plays", sa.Double()),
        sa.Column("metadata", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("audio_sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("mtime_ns", sa.BigInteger(), nullable=False),
        sa.Column("duration", sa.Double(), nullable=False),
        sa.Column("sample_rate", sa.BigInteger(), nullable=False),
        sa.Column("channels", sa.BigInteger(), nullable=False),
        sa.Column("missing", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("updated_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_songs"),
        sa.ForeignKeyConstraint(["artist_id"], ["artists.id"], name="fk_songs_artist_id"),
        sa.ForeignKeyConstraint(["album_id"], ["albums.id"], name="fk_songs_album_id"),
        sa.UniqueConstraint("number", name="uq_songs_number"),
        sa.UniqueConstraint("source", name="uq_songs_source"),
        sa.UniqueConstraint("sku", name="uq_songs_sku"),
    )
    for column in ("isrc", "artist_id", "album_id", "audio_sha256"):
        op.create_index(f"ix_songs_{column}", "songs", [column])
    _of_a_song("vectors", sa.Column("vector", sa.LargeBinary(), nullable=False))
    _of_a_song(
        "slices",
        sa.Column("vectors", sa.LargeBinary(), nullable=False),
        sa.Column("starts", sa.LargeBinary(), nullable=False),
    )
    _of_a_song("labels", sa.Column("json", sa.Text(), nullable=False))
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("state", sa.String(9), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("progress", sa.Double(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("reason_code", sa.Text()),
        sa.Column("reason_message", sa.Text()),
        sa.Column("outcome", sa.String(9)),
        sa.Column("song_id", sa.String(22)),
        sa.Column("batch", sa.Text()),
        sa.Column("owner", sa.Text()),
        sa.Column("heartbeat", sa.Double()),
        sa.Column("not_before", sa.Double(), nullable=False),
        sa.Column("sent_at", sa.Double()),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("started_at", sa.Double()),
        sa.Column("finished_at", sa.Double()),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        sa.UniqueConstraint("number", name="uq_jobs_number"),
    )
    op.create_index("ix_jobs_batch", "jobs", ["batch"])
    op.create_index("ix_jobs_state_number", "jobs", ["state", "number"])
    op.create_index(
        "uq_jobs_open_source", "jobs", ["source"],
        unique=True, sqlite_where=sa.text(OPEN), postgresql_where=sa.text(OPEN),
    )
    op.create_table(
        "changes",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("song_id", sa.String(22), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_changes"),
    )
    head = op.create_table(
        "log_head",
        sa.Column("name", sa.String(16), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_log_head"),
    )
    op.bulk_insert(head, [{"name": "changes", "seq": 0}, {"name": "jobs", "seq": 0}])
    identity = op.create_table(
        "identity",
        sa.Column("one", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(22), nullable=False),
        sa.PrimaryKeyConstraint("one", name="pk_identity"),
    )
    op.bulk_insert(identity, [{"one": 1, "name": fresh()}])
    op.create_table(
        "deletions",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("deleted_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("source", name="pk_deletions"),
    )
    op.create_table(
        "models",
        sa.Column("one", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("active", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("one", name="pk_models"),
    )
    op.create_table(
        "api_keys",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("prefix", sa.String(8), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_api_keys"),
    )


def _of_a_song(name: str, *columns: "sa.Column") -> None:
    op.create_table(
        name,
        sa.Column("song_id", sa.String(22), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("song_id", "model", name=f"pk_{name}"),
        sa.ForeignKeyConstraint(["song_id"], ["songs.id"], name=f"fk_{name}_song_id", ondelete="CASCADE"),
    )


def downgrade() -> None:
    for name in (
        "api_keys", "models", "deletions", "identity", "log_head", "changes", "jobs", "labels", "slices", "vectors", "songs",
        "albums", "artists",
    ):
        op.drop_table(name)
