"""Rounds: which duel goes on from which, and which are blind together."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_INDEXES = {
    "ix_duel_team_within": (["team", "within"], "within IS NOT NULL", False),
    "ix_duel_after": (["after"], "after IS NOT NULL", True),
    "ix_duel_chain": (["chain"], "chain IS NOT NULL", False),
}


def upgrade() -> None:
    op.add_column("duel", sa.Column("round", sa.Integer(), server_default="1", nullable=False))
    op.add_column("duel", sa.Column("after", sa.String(length=16), nullable=True))
    op.add_column("duel", sa.Column("chain", sa.String(length=16), nullable=True))
    op.add_column("summary", sa.Column("chain", sa.String(length=16), nullable=True))
    for name, (columns, which, is_unique) in _INDEXES.items():
        where = sa.text(which)
        op.create_index(name, "duel", columns, unique=is_unique, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for name in _INDEXES:
        op.drop_index(name, table_name="duel")
    op.drop_column("summary", "chain")
    for column in ("chain", "after", "round"):
        op.drop_column("duel", column)
