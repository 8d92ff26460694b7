"""Which channels have asked anything lately, found without reading every question."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_question_asked_at", "question", ["asked_at", "team", "room"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_question_asked_at", table_name="question")
