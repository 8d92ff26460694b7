"""What counts against the budgets, and which contenders are paused."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_duel_team_asked_at", "duel", ["team", "asked_at"], unique=False)
    op.create_table(
        "spending",
        sa.Column("duel_id", sa.String(length=16), nullable=False),
        sa.Column("side", sa.String(length=1), nullable=False),
        sa.Column("nano_usd", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["duel_id"], ["duel.id"], name=op.f("fk_spending_duel_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("duel_id", "side", name=op.f("pk_spending")),
    )
    # what was spent before there were budgets counts against the first of them
    op.execute(
        "INSERT INTO spending (duel_id, side, nano_usd) "
        "SELECT duel_id, side, CAST(ROUND(CAST(cost_usd AS NUMERIC) * 1000000000) AS BIGINT) "
        "FROM answer WHERE cost_usd IS NOT NULL"
    )
    op.create_table(
        "pause",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("contender", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=24), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("probes", sa.Integer(), nullable=False),
        sa.Column("probe_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resumed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pause")),
    )
    op.create_index(
        "ix_pause_contender",
        "pause",
        ["contender"],
        unique=True,
        sqlite_where=sa.text("resumed_at IS NULL"),
        postgresql_where=sa.text("resumed_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("pause")
    op.drop_table("spending")
    op.drop_index("ix_duel_team_asked_at", table_name="duel")
