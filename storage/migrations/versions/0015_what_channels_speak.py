"""The language that a channel is spoken to in."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("channel_settings", sa.Column("language", sa.String(length=8), nullable=True))


def downgrade() -> None:
    op.drop_column("channel_settings", "language")
