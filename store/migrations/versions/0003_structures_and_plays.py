"""beats, bars, sections and segments of songs; ranks by plays

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

PLAYED = "plays IS NOT NULL"


def upgrade() -> None:
    # songs that stand have no row here: the next ingest listens to them again
    op.create_table(
        "structures",
        sa.Column("song_id", sa.String(22), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("packed", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("song_id", "model", name="pk_structures"),
        sa.ForeignKeyConstraint(["song_id"], ["songs.id"], name="fk_structures_song_id", ondelete="CASCADE"),
    )
    op.create_index(
        "ix_songs_collection_plays", "songs", ["collection", "plays"],
        sqlite_where=sa.text(PLAYED), postgresql_where=sa.text(PLAYED),
    )


def downgrade() -> None:
    op.drop_index("ix_songs_collection_plays", "songs")
    op.drop_table("structures")
