"""What the older duels of each channel come to, added up, so that a digest need not read them again."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "balance",
        sa.Column("team", sa.String(length=32), nullable=False),
        sa.Column("room", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("until_us", sa.BigInteger(), nullable=True),
        sa.Column("packed", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("team", "room", name=op.f("pk_balance")),
    )


def downgrade() -> None:
    op.drop_table("balance")
