"""Who has revealed a duel early: not always its asker."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("duel", sa.Column("closed_by", sa.String(length=32), nullable=True))


def downgrade() -> None:
    op.drop_column("duel", "closed_by")
