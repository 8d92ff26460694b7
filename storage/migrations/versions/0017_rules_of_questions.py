"""The rules that each question was asked under, should a duel come of it."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

RULES = ("signs", "quorum", "system_prompt", "voters", "anyone_reveals", "members_only")


def upgrade() -> None:
    # NULL: asked before questions had rules of their own
    op.add_column("question", sa.Column("signs", sa.Text(), nullable=True))
    op.add_column("question", sa.Column("quorum", sa.Integer(), nullable=True))
    op.add_column("question", sa.Column("system_prompt", sa.Text(), nullable=True))
    op.add_column("question", sa.Column("voters", sa.String(length=16), nullable=True))
    op.add_column("question", sa.Column("anyone_reveals", sa.Boolean(), nullable=True))
    op.add_column("question", sa.Column("members_only", sa.Boolean(), nullable=True))


def downgrade() -> None:
    for name in reversed(RULES):
        op.drop_column("question", name)
