"""Which channels want their digest when, and which digests were made."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_duel_asked_at", "duel", ["asked_at", "team", "room"], unique=False)
    op.create_table(
        "digest_schedule",
        sa.Column("team", sa.String(length=32), nullable=False),
        sa.Column("room", sa.String(length=64), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("minute", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("team", "room", name=op.f("pk_digest_schedule")),
    )
    op.create_table(
        "digest",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("team", sa.String(length=32), nullable=False),
        sa.Column("room", sa.String(length=64), nullable=False),
        sa.Column("week", sa.String(length=8), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("place", sa.String(length=128), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest")),
    )
    op.create_index("ix_digest_team_room_week", "digest", ["team", "room", "week"], unique=False)


def downgrade() -> None:
    op.drop_table("digest")
    op.drop_table("digest_schedule")
    op.drop_index("ix_duel_asked_at", table_name="duel")
