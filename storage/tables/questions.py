"""What is known of questions that one contender answers."""

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, Integer, String, Table, Text

from storage.tables.columns import Exact, Instant, Wording, metadata
from storage.tables.duels import its_rules, of_an_answer

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
    *its_rules(),
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
    Index("ix_question_asked_at", "asked_at", "team", "room"),
)
"""A prompt that one of two contenders answers. `nano_usd` is what it counts for against the budgets, as in
`spending`."""

reply = Table(
    "reply",
    metadata,
    Column("question_id", ForeignKey("question.id", ondelete="CASCADE"), primary_key=True),
    *of_an_answer(),
)
"""The answer to a question."""
