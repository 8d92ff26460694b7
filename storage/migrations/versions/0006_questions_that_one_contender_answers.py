"""Questions that one contender answers, why it was chosen, and what it answered."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "question",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("team", sa.String(length=32), nullable=False),
        sa.Column("asker", sa.String(length=32), nullable=False),
        sa.Column("room", sa.String(length=64), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("first", sa.String(length=64), nullable=False),
        sa.Column("second", sa.String(length=64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("vote_for_s", sa.Integer(), nullable=False),
        sa.Column("fate", sa.String(length=16), nullable=False),
        sa.Column("shown_at", sa.String(length=128), nullable=True),
        sa.Column("reply_to", sa.Text(), nullable=True),
        sa.Column("topic", sa.String(length=24), nullable=True),
        sa.Column("topic_by", sa.String(length=16), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("nano_usd", sa.BigInteger(), nullable=True),
        sa.Column("chosen", sa.String(length=64), nullable=True),
        sa.Column("other", sa.String(length=64), nullable=True),
        sa.Column("ground", sa.String(length=16), nullable=True),
        sa.Column("about", sa.String(length=24), nullable=True),
        sa.Column("won", sa.Integer(), nullable=True),
        sa.Column("lost", sa.Integer(), nullable=True),
        sa.Column("split", sa.Integer(), nullable=True),
        sa.Column("log_e", sa.Float(), nullable=True),
        sa.Column("threshold", sa.Float(), nullable=True),
        sa.Column("margin", sa.Float(), nullable=True),
        sa.Column("in_all", sa.Integer(), nullable=True),
        sa.Column("on_topic", sa.Integer(), nullable=True),
        sa.Column("cheaper_by", sa.String(length=16), nullable=True),
        sa.Column("usual_usd", sa.String(length=40), nullable=True),
        sa.Column("other_usd", sa.String(length=40), nullable=True),
        sa.Column("model", sa.String(length=128), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
    )
    op.create_index("ix_question_team_asked_at", "question", ["team", "asked_at", "room"], unique=False)
    op.create_table(
        "reply",
        sa.Column("question_id", sa.String(length=16), nullable=False),
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
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_reply_question_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_reply")),
    )


def downgrade() -> None:
    op.drop_table("reply")
    op.drop_index("ix_question_team_asked_at", table_name="question")
    op.drop_table("question")
