"""The tables, as the newest migration leaves them."""

from storage.tables.columns import metadata
from storage.tables.derived import balance, summary
from storage.tables.duels import (
    alias,
    answer,
    answer_message,
    ballot,
    duel,
    flag,
    introduction,
    register,
    spending,
)
from storage.tables.questions import question, reply
from storage.tables.teams import channel_settings, digest_schedule, install_state, installation
from storage.tables.work import digest, job, job_step, letter, pause

__all__ = [
    "alias",
    "answer",
    "answer_message",
    "balance",
    "ballot",
    "channel_settings",
    "digest",
    "digest_schedule",
    "duel",
    "flag",
    "install_state",
    "installation",
    "introduction",
    "job",
    "job_step",
    "letter",
    "metadata",
    "pause",
    "question",
    "register",
    "reply",
    "spending",
    "summary",
]
