"""What channels settle for themselves, and the rules that each duel was asked under."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

RULES = ("signs", "quorum", "system_prompt", "voters", "anyone_reveals", "members_only")


def upgrade() -> None:
    op.create_table(
        "channel_settings",
        sa.Column("team", sa.String(length=32), nullable=False),
        sa.Column("room", sa.String(length=64), nullable=False),
        sa.Column("first", sa.String(length=64), nullable=True),
        sa.Column("second", sa.String(length=64), nullable=True),
        sa.Column("system_prompt", sa.Text(), nullable=True),
        sa.Column("signs", sa.Text(), nullable=True),
        sa.Column("vote_for_s", sa.Integer(), nullable=True),
        sa.Column("quorum", sa.Integer(), nullable=True),
        sa.Column("starters", sa.String(length=16), nullable=True),
        sa.Column("named", sa.Text(), nullable=False),
        sa.Column("voters", sa.String(length=16), nullable=True),
        sa.Column("anyone_reveals", sa.Boolean(), nullable=True),
        sa.Column("duels_a_day", sa.Integer(), nullable=True),
        sa.Column("usd_a_day", sa.String(length=40), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("settled_by", sa.String(length=32), nullable=False),
        sa.Column("request", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("team", "room", name=op.f("pk_channel_settings")),
    )
    # NULL: asked before duels had rules of their own
    op.add_column("duel", sa.Column("signs", sa.Text(), nullable=True))
    op.add_column("duel", sa.Column("quorum", sa.Integer(), nullable=True))
    op.add_column("duel", sa.Column("system_prompt", sa.Text(), nullable=True))
    op.add_column("duel", sa.Column("voters", sa.String(length=16), nullable=True))
    op.add_column("duel", sa.Column("anyone_reveals", sa.Boolean(), nullable=True))
    op.add_column("duel", sa.Column("members_only", sa.Boolean(), nullable=True))
    # somebody's own page asks for what they asked and voted on
    op.create_index("ix_duel_team_asker_asked_at", "duel", ["team", "asker", "asked_at"], unique=False)
    op.create_index("ix_ballot_team_voter", "ballot", ["team", "voter"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_ballot_team_voter", table_name="ballot")
    op.drop_index("ix_duel_team_asker_asked_at", table_name="duel")
    for name in reversed(RULES):
        op.drop_column("duel", name)
    op.drop_table("channel_settings")
