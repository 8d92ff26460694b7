"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "duel",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("team", sa.String(length=32), nullable=False),
        sa.Column("asker", sa.String(length=32), nullable=False),
        sa.Column("room", sa.String(length=64), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("side_a", sa.String(length=64), nullable=False),
        sa.Column("side_b", sa.String(length=64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("vote_for_s", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("shown_at", sa.String(length=128), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("close_reason", sa.String(length=16), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reply_to", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duel")),
    )
    op.create_index("ix_duel_shown_at", "duel", ["team", "shown_at"], unique=True)
    op.create_index("ix_duel_team_room_asked_at", "duel", ["team", "room", "asked_at"], unique=False)

    op.create_table(
        "job",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("waits", sa.Integer(), nullable=False),
        sa.Column("called", sa.Boolean(), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index(
        "ix_job_due_at",
        "job",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )

    op.create_table(
        "answer",
        sa.Column("duel_id", sa.String(length=16), nullable=False),
        sa.Column("side", sa.String(length=1), nullable=False),
        sa.Column("contender", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reasoning", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=24), nullable=False),
        sa.Column("finish_reason", sa.String(length=64), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("ttft_s", sa.Float(), nullable=True),
        sa.Column("ttfa_s", sa.Float(), nullable=True),
        sa.Column("total_s", sa.Float(), nullable=True),
        sa.Column("input_tokens", sa.Integer(), nullable=True),
        sa.Column("cached_tokens", sa.Integer(), nullable=True),
        sa.Column("output_tokens", sa.Integer(), nullable=True),
        sa.Column("reasoning_tokens", sa.Integer(), nullable=True),
        sa.Column("cost_usd", sa.String(length=40), nullable=True),
        sa.Column("price_id", sa.String(length=128), nullable=True),
        sa.Column("input_price", sa.String(length=40), nullable=True),
        sa.Column("cache_hit_price", sa.String(length=40), nullable=True),
        sa.Column("output_price", sa.String(length=40), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("asked_model", sa.String(length=128), nullable=True),
        sa.Column("reported_model", sa.String(length=128), nullable=True),
        sa.ForeignKeyConstraint(["duel_id"], ["duel.id"], name=op.f("fk_answer_duel_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("duel_id", "side", name=op.f("pk_answer")),
    )
    op.create_table(
        "ballot",
        sa.Column("duel_id", sa.String(length=16), nullable=False),
        sa.Column("team", sa.String(length=32), nullable=False),
        sa.Column("voter", sa.String(length=32), nullable=False),
        sa.Column("choice", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["duel_id"], ["duel.id"], name=op.f("fk_ballot_duel_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("duel_id", "team", "voter", name=op.f("pk_ballot")),
    )
    op.create_table(
        "job_step",
        sa.Column("job_id", sa.String(length=128), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_job_step_job_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("job_id", "name", name=op.f("pk_job_step")),
    )
    op.create_table(
        "register",
        sa.Column("duel_id", sa.String(length=16), nullable=False),
        sa.Column("team", sa.String(length=32), nullable=False),
        sa.Column("voter", sa.String(length=32), nullable=False),
        sa.Column("choice", sa.String(length=16), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("marked_at_us", sa.BigInteger(), nullable=False),
        sa.Column("rank_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["duel_id"], ["duel.id"], name=op.f("fk_register_duel_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("duel_id", "team", "voter", "choice", name=op.f("pk_register")),
    )


def downgrade() -> None:
    op.drop_table("register")
    op.drop_table("job_step")
    op.drop_table("ballot")
    op.drop_table("answer")
    op.drop_table("job")
    op.drop_table("duel")
