"""explanations of labels, and the jobs that make them

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

OPEN = "state IN ('queued', 'running')"


def upgrade() -> None:
    op.create_table(
        "explanations",
        sa.Column("song_id", sa.String(22), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("label", sa.String(16), nullable=False),
        sa.Column("audio_sha256", sa.String(64), nullable=False),
        sa.Column("json", sa.Text(), nullable=False),
        sa.Column("png", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("song_id", "model", "label", name="pk_explanations"),
        sa.ForeignKeyConstraint(["song_id"], ["songs.id"], name="fk_explanations_song_id", ondelete="CASCADE"),
    )
    op.add_column("jobs", sa.Column("kind", sa.String(8), nullable=False, server_default="ingest"))
    op.add_column("jobs", sa.Column("label", sa.String(16), nullable=False, server_default=sa.text("''")))
    op.drop_index("uq_jobs_open_source", "jobs")
    _unique_while_open("source", "kind", "label")


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM jobs WHERE kind <> 'ingest'"))  # the older code would ingest their sources
    op.drop_index("uq_jobs_open_source", "jobs")
    op.drop_column("jobs", "label")
    op.drop_column("jobs", "kind")
    _unique_while_open("source")
    op.drop_table("explanations")


def _unique_while_open(*columns: str) -> None:
    op.create_index(
        "uq_jobs_open_source", "jobs", list(columns),
        unique=True, sqlite_where=sa.text(OPEN), postgresql_where=sa.text(OPEN),
    )
