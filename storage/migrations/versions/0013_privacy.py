"""What was erased, who goes by another name until a vote closes, which channels know where prompts go."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("duel", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "alias",
        sa.Column("duel_id", sa.String(length=16), nullable=False),
        sa.Column("mask", sa.String(length=32), nullable=False),
        sa.Column("voter", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["duel_id"], ["duel.id"], name=op.f("fk_alias_duel_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("duel_id", "mask", name=op.f("pk_alias")),
    )
    op.create_table(
        "introduction",
        sa.Column("team", sa.String(length=32), nullable=False),
        sa.Column("room", sa.String(length=64), nullable=False),
        sa.Column("duel_id", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("team", "room", name=op.f("pk_introduction")),
    )


def downgrade() -> None:
    op.drop_table("introduction")
    op.drop_table("alias")
    op.drop_column("duel", "erased_at")
