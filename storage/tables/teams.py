"""Workspaces, and what their channels want."""

from sqlalchemy import Boolean, Column, Integer, String, Table, Text

from storage.tables.columns import Exact, Instant, Wording, metadata

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
    Column("language", String(8)),
    Column("revision", Integer, nullable=False),
    Column("settled_by", String(32), nullable=False),
    Column("request", String(128), nullable=False),
)
"""What a channel has settled for itself; NULL: as the operator's settings say. `request` names the form that
it comes from and what was put into it: the same, delivered again, is known by it. Its digest stands in
`digest_schedule`."""

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
"""Visits to the page of installation that have come back: none does so twice, until it is too old anyway."""
