"""What is known of duels, their answers and their votes."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    text,
)

from storage.tables.columns import Exact, Instant, Wording, metadata


def _where(condition: str) -> dict[str, Any]:
    """An index of those rows only."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


def its_rules() -> list[Column[Any]]:
    """What was settled when it was asked; NULL in all of them: that was before there were any of its own."""
    return [
        Column("signs", Text),
        Column("quorum", Integer),
        Column("system_prompt", Wording),
        Column("voters", String(16)),
        Column("anyone_reveals", Boolean),
        Column("members_only", Boolean),
    ]


duel = Table(
    "duel",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("team", String(32), nullable=False),
    Column("asker", String(32), nullable=False),
    Column("room", String(64), nullable=False),
    Column("prompt", Wording, nullable=False),
    Column("side_a", String(64), nullable=False),
    Column("side_b", String(64), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("vote_for_s", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("shown_at", String(128)),
    Column("closes_at", Instant),
    Column("close_reason", String(16)),
    Column("closed_by", String(32)),
    Column("void_reason", Wording),
    Column("ended_at", Instant),
    Column("reply_to", Text),
    Column("topic", String(24)),
    Column("topic_by", String(16)),
    Column("language", String(8)),
    Column("excluded", Wording),
    *its_rules(),
    Column("erased_at", Instant),
    Column("within", String(128)),
    Column("cancelled_at", Instant),
    Column("round", Integer, nullable=False, server_default="1"),
    Column("after", String(16)),
    Column("chain", String(16)),
    Index("ix_duel_team_within", "team", "within", **_where("within IS NOT NULL")),
    Index("ix_duel_after", "after", unique=True, **_where("after IS NOT NULL")),
    Index("ix_duel_chain", "chain", **_where("chain IS NOT NULL")),
    Index("ix_duel_team_room_asked_at", "team", "room", "asked_at"),
    Index("ix_duel_team_asked_at", "team", "asked_at"),
    Index("ix_duel_team_asker_asked_at", "team", "asker", "asked_at"),
    Index("ix_duel_shown_at", "team", "shown_at", unique=True),
    # all that is asked of a duel itself when standings read a window: the rest stands in its summary
    Index(
        "ix_duel_team_ended_at",
        *("team", "ended_at", "room", "topic", "language", "id"),
    ),
    Index("ix_duel_asked_at", "asked_at", "team", "room"),
)


def of_an_answer() -> list[Column[Any]]:
    """What is kept of every answer, whatever it answers."""
    return [
        Column("contender", String(64), nullable=False),
        Column("text", Wording, nullable=False),
        Column("reasoning", Wording, nullable=False),
        Column("outcome", String(24), nullable=False),
        Column("finish_reason", Wording(64)),
        Column("detail", Wording, nullable=False),
        Column("ttft_s", Float),
        Column("ttfa_s", Float),
        Column("total_s", Float),
        Column("input_tokens", Integer),
        Column("cached_tokens", Integer),
        Column("output_tokens", Integer),
        Column("reasoning_tokens", Integer),
        Column("cost_usd", Exact),
        Column("price_id", String(128)),
        Column("input_price", Exact),
        Column("cache_hit_price", Exact),
        Column("output_price", Exact),
        Column("attempts", Integer, nullable=False),
        Column("asked_model", String(128)),
        Column("reported_model", Wording(128)),
    ]


answer = Table(
    "answer",
    metadata,
    Column("duel_id", ForeignKey("duel.id", ondelete="CASCADE"), primary_key=True),
    Column("side", String(1), primary_key=True),
    *of_an_answer(),
)

register = Table(
    "register",
    metadata,
    Column("duel_id", ForeignKey("duel.id", ondelete="CASCADE"), primary_key=True),
    Column("team", String(32), primary_key=True),
    Column("voter", String(32), primary_key=True),
    Column("choice", String(16), primary_key=True),
    Column("is_on", Boolean, nullable=False),
    Column("marked_at_us", BigInteger, nullable=False),
    Column("rank_us", BigInteger, nullable=False),
)
"""One row for each person and choice: the newest thing they did with it. Nothing here is ever counted up."""

ballot = Table(
    "ballot",
    metadata,
    Column("duel_id", ForeignKey("duel.id", ondelete="CASCADE"), primary_key=True),
    Column("team", String(32), primary_key=True),
    Column("voter", String(32), primary_key=True),
    Column("choice", String(16), nullable=False),
    Index("ix_ballot_team_voter", "team", "voter"),
)
"""The votes that counted, written once when a duel ends; later ones move only the registers."""

answer_message = Table(
    "answer_message",
    metadata,
    Column("team", String(32), primary_key=True),
    Column("place", String(128), primary_key=True),
    Column("duel_id", ForeignKey("duel.id", ondelete="CASCADE"), nullable=False),
    Column("side", String(1), nullable=False),
)
"""The messages that carry an answer of their own: those of long answers."""

flag = Table(
    "flag",
    metadata,
    Column("duel_id", ForeignKey("duel.id", ondelete="CASCADE"), primary_key=True),
    Column("side", String(1), primary_key=True),
    Column("team", String(32), primary_key=True),
    Column("voter", String(32), primary_key=True),
    Column("place", String(128), primary_key=True),
    Column("is_on", Boolean, nullable=False),
    Column("marked_at_us", BigInteger, nullable=False),
)
"""Who called which answer unsafe, on which of its messages: the newest thing they did there."""

alias = Table(
    "alias",
    metadata,
    Column("duel_id", ForeignKey("duel.id", ondelete="CASCADE"), primary_key=True),
    Column("mask", String(32), primary_key=True),
    Column("voter", String(32), nullable=False),
)
"""Under which name somebody who was forgotten votes on in a duel that is still open; `mask` is a keyed hash
of them. The rows go when the duel ends, and with them the last link."""

introduction = Table(
    "introduction",
    metadata,
    Column("team", String(32), primary_key=True),
    Column("room", String(64), primary_key=True),
    Column("duel_id", String(16), nullable=False),
)
"""Which duel told a channel where its prompts go: the first that was shown there."""

spending = Table(
    "spending",
    metadata,
    Column("duel_id", ForeignKey("duel.id", ondelete="CASCADE"), primary_key=True),
    Column("side", String(1), primary_key=True),
    Column("nano_usd", BigInteger),
)
"""What an answer counts for against the budgets, in billionths of a dollar: reserved until it is stored,
then its cost; NULL where the price is unknown. Under "0" instead of a side: what earlier tries have cost,
before the duel was asked again."""
