"""Work that survives a crash: jobs, and what they work on."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, text

from storage.tables.columns import Instant, Wording, metadata

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
