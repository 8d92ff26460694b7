"""What each prompt is about and in which language, and which duels do not count for preference."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("duel", sa.Column("topic", sa.String(length=24), nullable=True))
    op.add_column("duel", sa.Column("topic_by", sa.String(length=16), nullable=True))
    op.add_column("duel", sa.Column("language", sa.String(length=8), nullable=True))
    op.add_column("duel", sa.Column("excluded", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("duel", "excluded")
    op.drop_column("duel", "language")
    op.drop_column("duel", "topic_by")
    op.drop_column("duel", "topic")
