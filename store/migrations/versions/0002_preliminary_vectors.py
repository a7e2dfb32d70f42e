"""vectors say whether all of the song was heard

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # what stands was made by one stage, of whole songs
    op.add_column("vectors", sa.Column("whole", sa.Boolean(), nullable=False, server_default=sa.true()))


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM vectors WHERE NOT whole"))  # the older code would take them for whole ones
    op.drop_column("vectors", "whole")
