"""The nouns of a question that one contender answers, and what is needed remembered and shown of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NewType, Protocol

from bot.budgets import Budgets, Estimate
from bot.duel import Answer, ContenderId, Duel, Pair, Person, Place, Topic, TopicBy
from bot.jobs import Lease
from bot.routing import Choice
from bot.rules import ANY_RULES, Rules
from bot.topics import Label

QuestionId = NewType("QuestionId", str)

ASK_JOB = "ask"
"""The kind of job that has a question answered."""


class Fate(StrEnum):
    """What became of a question."""

    ASKED = "asked"
    ANSWERED = "answered"
    FAILED = "failed"
    DUELED = "dueled"
    """Both were asked, in a duel of the question's own id."""


@dataclass(frozen=True)
class Question:
    """One prompt, put to the one of two contenders that the votes support."""

    id: QuestionId
    asker: Person
    room: Place
    prompt: str
    pair: Pair
    asked_at: datetime
    vote_for: timedelta
    """How long a vote stays open, should it become a duel."""
    fate: Fate = Fate.ASKED
    shown_at: Place | None = None
    """The message that carries it, once there is one."""
    reply_to: str | None = None
    """A way to tell the asker alone something; opaque, short-lived and secret."""
    topic: Topic | None = None
    topic_by: TopicBy | None = None
    language: str | None = None
    rules: Rules = ANY_RULES
    """What was settled when it was asked: for the one who answers, and for a duel that may come of it."""
    choice: Choice | None = None
    """`None`: nobody has decided yet."""
    failure: str | None = None
    """Why it ended without an answer, where no contender was to blame."""

    def __repr__(self) -> str:
        return f"Question({self.id!r}, {self.fate})"


def job_of(id_: QuestionId) -> str:
    """The id of the job that has it answered."""
    return f"{ASK_JOB}:{id_}"


def question_of(job: str) -> QuestionId:
    """The question that a job is about."""
    return QuestionId(job.partition(":")[2])


class Questions(Protocol):
    """What must be remembered. Methods that take a `Lease` raise `LeaseLost` once it is outdated."""

    async def ask(
        self, question: Question, costs: Mapping[ContenderId, Decimal | None], budgets: Budgets
    ) -> bool:
        """Write a question down together with its job, and set aside what the dearer of the two may cost.

        `False`, and nothing changed, if it was there already. Raises `UsageError`, and changes nothing,
        where it would pass a limit.
        """

    async def question(self, id_: QuestionId) -> Question:
        """The question of that name."""

    async def chosen(
        self, lease: Lease, id_: QuestionId, label: Label, choice: Choice, usd: Decimal | None
    ) -> None:
        """Who answers it. What is set aside is from now on `usd`; `None`: nobody knows."""

    async def duel_instead(
        self,
        lease: Lease,
        id_: QuestionId,
        label: Label,
        choice: Choice,
        *,
        instead: Duel,
        estimate: Estimate,
        budgets: Budgets,
    ) -> None:
        """Both answer: the duel is written down, and takes the question's place among what is spent.

        Raises `UsageError`, and changes nothing, where it would pass a limit.
        """

    async def announced(self, lease: Lease, id_: QuestionId, place: Place) -> None:
        """The question has a message."""

    async def reply(self, id_: QuestionId) -> Answer | None:
        """The answer, if it has come in."""

    async def keep_reply(self, lease: Lease, id_: QuestionId, answer: Answer) -> None:
        """Store the answer, a failure included; one that is stored already stays as it is."""

    async def fail(self, lease: Lease, id_: QuestionId, why: str) -> None:
        """It ends without an answer, or with one that cannot be shown; the way to its asker is forgotten."""

    async def over(self, lease: Lease, id_: QuestionId) -> None:
        """All is shown and told: the way to its asker is forgotten."""


class Counter(Protocol):
    """Where a question is answered. Raises `StageError`, and `LeaseLost` before it shows what is outdated."""

    async def announce(self, lease: Lease, question: Question) -> Place:
        """Say that it is being answered: the message that will carry the answer. Raises `NotInvited`."""

    async def progress(self, lease: Lease, question: Question, *, elapsed_s: float) -> None:
        """A sign of life; silently left out if it cannot be given."""

    async def answer(self, lease: Lease, question: Question, answer: Answer) -> None:
        """Show the answer, or how it failed, and why this contender gave it."""

    async def fail(self, lease: Lease, question: Question, why: str) -> None:
        """Show that there will be no answer."""

    async def tell_failure(self, question: Question, answer: Answer) -> None:
        """Tell the asker alone that it failed, and what to do."""

    async def tell_of_duel(self, question: Question) -> None:
        """Tell the asker alone that both answer, and why."""

    async def tell_asker(self, question: Question, text: str) -> None:
        """Tell the asker alone."""
