"""What is worked out from ended duels: it may be deleted, and is worked out anew."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, LargeBinary, String, Table

from storage.tables.columns import Wording, metadata

summary = Table(
    "summary",
    metadata,
    Column("duel_id", ForeignKey("duel.id", ondelete="CASCADE"), primary_key=True),
    Column("ended_at_us", BigInteger, nullable=False),
    Column("side_a", String(64), nullable=False),
    Column("side_b", String(64), nullable=False),
    Column("model_a", Wording(128)),
    Column("model_b", Wording(128)),
    Column("is_void", Boolean, nullable=False),
    Column("reason", Wording),
    Column("chain", String(16)),
    Column("answers", LargeBinary, nullable=False),
    Column("ballots", LargeBinary, nullable=False),
)
"""What an ended duel comes to, packed by `storage.summaries`. Derived: it may be deleted."""

balance = Table(
    "balance",
    metadata,
    Column("team", String(32), primary_key=True),
    Column("room", String(64), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("until_us", BigInteger),
    Column("packed", LargeBinary),
)
"""What the duels of a room that ended before `until_us` come to, packed by `storage.balances`; NULL: there is
none just now. Derived: it may be set to that."""
