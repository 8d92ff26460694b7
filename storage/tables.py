"""The tables, as the newest migration leaves them."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    text,
)
from sqlalchemy.types import TypeEngine


class Instant(TypeDecorator[datetime]):
    """An aware time in UTC. SQLite keeps no zone, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value


class Exact(TypeDecorator[Decimal]):
    """A decimal kept digit for digit, as text: SQLite would make a float of it."""

    impl = String(40)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        return None if value is None else format(value, "f")

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


class Wording(TypeDecorator[str]):
    """Text that others wrote, made fit for every database and cut to its length.

    PostgreSQL takes no NUL and nothing over the length; UTF-8 has no lone surrogates, and JSON may.
    """

    impl = Text
    cache_ok = True

    def __init__(self, most: int | None = None) -> None:
        super().__init__()
        self.most = most

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        return Text() if self.most is None else String(self.most)

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        value = value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
        return value if self.most is None else value[: self.most]


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
    }
)

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
    # its rules; all of them NULL: it was asked before duels had any of their own
    Column("signs", Text),
    Column("quorum", Integer),
    Column("system_prompt", Wording),
    Column("voters", String(16)),
    Column("anyone_reveals", Boolean),
    Column("members_only", Boolean),
    Column("erased_at", Instant),
    Column("within", String(128)),
    Column("cancelled_at", Instant),
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


def _of_an_answer() -> list[Column[Any]]:
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
    *_of_an_answer(),
)

question = Table(
    "question",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("team", String(32), nullable=False),
    Column("asker", String(32), nullable=False),
    Column("room", String(64), nullable=False),
    Column("prompt", Wording, nullable=False),
    Column("first", String(64), nullable=False),
    Column("second", String(64), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("vote_for_s", Integer, nullable=False),
    Column("fate", String(16), nullable=False),
    Column("shown_at", String(128)),
    Column("reply_to", Text),
    Column("topic", String(24)),
    Column("topic_by", String(16)),
    Column("language", String(8)),
    Column("failure", Wording),
    Column("nano_usd", BigInteger),
    # the choice, as `bot.routing.Choice` names its parts; NULL in all of them until somebody has decided
    Column("chosen", String(64)),
    Column("other", String(64)),
    Column("ground", String(16)),
    Column("about", String(24)),
    Column("won", Integer),
    Column("lost", Integer),
    Column("split", Integer),
    Column("log_e", Float),
    Column("threshold", Float),
    Column("margin", Float),
    Column("in_all", Integer),
    Column("on_topic", Integer),
    Column("cheaper_by", String(16)),
    Column("usual_usd", Exact),
    Column("other_usd", Exact),
    Column("model", Wording(128)),
    Index("ix_question_team_asked_at", "team", "asked_at", "room"),
)
"""A prompt that one of two contenders answers. `nano_usd` is what it counts for against the budgets, as in
`spending`."""

reply = Table(
    "reply",
    metadata,
    Column("question_id", ForeignKey("question.id", ondelete="CASCADE"), primary_key=True),
    *_of_an_answer(),
)
"""The answer to a question."""

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

job = Table(
    "job",
    metadata,
    Column("id", String(128), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("status", String(8), nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("waits", Integer, nullable=False),
    Column("called", Boolean, nullable=False),
    Column("owner", String(32)),
    Index(
        "ix_job_due_at",
        "due_at",
        sqlite_where=text("status = 'open'"),
        postgresql_where=text("status = 'open'"),
    ),
)

job_step = Table(
    "job_step",
    metadata,
    Column("job_id", ForeignKey("job.id", ondelete="CASCADE"), primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("result", Wording, nullable=False),
)

spending = Table(
    "spending",
    metadata,
    Column("duel_id", ForeignKey("duel.id", ondelete="CASCADE"), primary_key=True),
    Column("side", String(1), primary_key=True),
    Column("nano_usd", BigInteger),
)
"""What an answer counts for against the budgets, in billionths of a dollar: reserved until it is stored,
then its cost; NULL where the price is unknown. Under a digit instead of a side: what an earlier attempt cost,
before the duel was asked again."""

pause = Table(
    "pause",
    metadata,
    Column("id", String(128), primary_key=True),
    Column("contender", String(64), nullable=False),
    Column("outcome", String(24), nullable=False),
    Column("detail", Wording, nullable=False),
    Column("since", Instant, nullable=False),
    Column("probes", Integer, nullable=False),
    Column("probe_at", Instant, nullable=False),
    Column("resumed_at", Instant),
    Index(
        "ix_pause_contender",
        "contender",
        unique=True,
        sqlite_where=text("resumed_at IS NULL"),
        postgresql_where=text("resumed_at IS NULL"),
    ),
)
"""Contenders that are, or once were, paused; `id` is that of the job which probes."""

letter = Table(
    "letter",
    metadata,
    Column("id", String(128), primary_key=True),
    Column("team", String(32), nullable=False),
    Column("sender", String(32), nullable=False),
    Column("room", String(64), nullable=False),
    Column("within", String(128)),
    Column("text", Wording, nullable=False),
    Column("is_quoted", Boolean, nullable=False),
    Column("files", Wording, nullable=False),
    Column("reply_to", Text),
)
"""Messages to us that no job has read yet; `id` is that of the job which will."""

digest_schedule = Table(
    "digest_schedule",
    metadata,
    Column("team", String(32), primary_key=True),
    Column("room", String(64), primary_key=True),
    Column("weekday", Integer, nullable=False),
    Column("minute", Integer, nullable=False),
    Column("zone", String(64), nullable=False),
    Column("is_on", Boolean, nullable=False),
    Column("since", Instant, nullable=False),
)
"""What a channel wants, where somebody said; `minute` is that of the day."""

digest = Table(
    "digest",
    metadata,
    Column("id", String(128), primary_key=True),
    Column("team", String(32), nullable=False),
    Column("room", String(64), nullable=False),
    Column("week", String(8)),
    Column("since", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("zone", String(64), nullable=False),
    Column("is_late", Boolean, nullable=False),
    Column("place", String(128)),
    Index("ix_digest_team_room_week", "team", "room", "week"),
)
"""Each digest that was ever due, under the id of its job. They are kept when jobs are forgotten: what is here
is made once for good."""

channel_settings = Table(
    "channel_settings",
    metadata,
    Column("team", String(32), primary_key=True),
    Column("room", String(64), primary_key=True),
    Column("first", String(64)),
    Column("second", String(64)),
    Column("system_prompt", Wording),
    Column("signs", Text),
    Column("vote_for_s", Integer),
    Column("quorum", Integer),
    Column("starters", String(16)),
    Column("named", Text, nullable=False),
    Column("voters", String(16)),
    Column("anyone_reveals", Boolean),
    Column("duels_a_day", Integer),
    Column("usd_a_day", Exact),
    Column("revision", Integer, nullable=False),
    Column("settled_by", String(32), nullable=False),
    Column("request", String(128), nullable=False),
)
"""What a channel has settled for itself; NULL: as the operator's settings say. `request` is the key of the
newest request: the same one delivered again is known by it. Its digest stands in `digest_schedule`."""

installation = Table(
    "installation",
    metadata,
    Column("team", String(32), primary_key=True),
    Column("name", Wording, nullable=False),
    Column("token", Text),
    Column("me", String(32), nullable=False),
    Column("bot", String(32), nullable=False),
    Column("scopes", Text, nullable=False),
    Column("since", Instant, nullable=False),
    Column("left_at", Instant),
)
"""Teams that have let us in; `token` is encrypted, and gone once they have thrown us out."""

install_state = Table(
    "install_state",
    metadata,
    Column("state", String(64), primary_key=True),
    Column("expires_at", Instant, nullable=False),
)
