"""A summary of each ended duel, for reading by the hundred thousand, and an index by which windows are read.

Duels that had ended before are summarised when standings first look at them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_duel_team_ended_at", "duel", ["team", "ended_at", "room", "topic", "language", "id"], unique=False
    )
    op.create_table(
        "summary",
        sa.Column("duel_id", sa.String(length=16), nullable=False),
        sa.Column("ended_at_us", sa.BigInteger(), nullable=False),
        sa.Column("side_a", sa.String(length=64), nullable=False),
        sa.Column("side_b", sa.String(length=64), nullable=False),
        sa.Column("model_a", sa.String(length=128), nullable=True),
        sa.Column("model_b", sa.String(length=128), nullable=True),
        sa.Column("is_void", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("answers", sa.LargeBinary(), nullable=False),
        sa.Column("ballots", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["duel_id"], ["duel.id"], name=op.f("fk_summary_duel_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("duel_id", name=op.f("pk_summary")),
    )


def downgrade() -> None:
    op.drop_table("summary")
    op.drop_index("ix_duel_team_ended_at", table_name="duel")
