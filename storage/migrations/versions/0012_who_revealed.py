"""Who has revealed a duel early, which messages carry which answer, and who called one unsafe."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("duel", sa.Column("closed_by", sa.String(length=32), nullable=True))
    op.create_table(
        "answer_message",
        sa.Column("team", sa.String(length=32), nullable=False),
        sa.Column("place", sa.String(length=128), nullable=False),
        sa.Column("duel_id", sa.String(length=16), nullable=False),
        sa.Column("side", sa.String(length=1), nullable=False),
        sa.ForeignKeyConstraint(
            ["duel_id"], ["duel.id"], name=op.f("fk_answer_message_duel_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("team", "place", name=op.f("pk_answer_message")),
    )
    op.create_table(
        "flag",
        sa.Column("duel_id", sa.String(length=16), nullable=False),
        sa.Column("side", sa.String(length=1), nullable=False),
        sa.Column("team", sa.String(length=32), nullable=False),
        sa.Column("voter", sa.String(length=32), nullable=False),
        sa.Column("place", sa.String(length=128), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("marked_at_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["duel_id"], ["duel.id"], name=op.f("fk_flag_duel_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("duel_id", "side", "team", "voter", "place", name=op.f("pk_flag")),
    )


def downgrade() -> None:
    op.drop_table("flag")
    op.drop_table("answer_message")
    op.drop_column("duel", "closed_by")
