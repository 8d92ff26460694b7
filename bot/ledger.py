"""What the use cases need remembered: duels, answers, votes. Kept by `storage/`."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Protocol

from bot.budgets import NOTHING, Budgets, Estimate
from bot.duel import Answer, CloseReason, Duel, DuelId, Person, Place, Side, Topic
from bot.jobs import Lease
from bot.topics import Label
from bot.votes import Choice, Gesture, Mark, Registers


class Ledger(Protocol):
    """What must be remembered. Methods that take a `Lease` raise `LeaseLost` once it is outdated."""

    async def ask(self, duel: Duel, estimate: Estimate, budgets: Budgets) -> bool:
        """Write a duel down together with its job, and set aside what it may cost.

        `False`, and nothing changed, if it was there already. Raises `UsageError`, and changes nothing,
        where it would pass a limit: however many ask at once, in however many processes.
        """

    async def ask_again(
        self, duel: Duel, estimate: Estimate, budgets: Budgets, *, failed: Collection[Side]
    ) -> bool:
        """Put a void duel back to where its contenders are at it, as it stands here, without the answers that
        failed. What they cost stays on the bill.

        `False`, and nothing changed, where it is not void, is not in that state any more, or somebody has
        gone on from it. Raises `UsageError` where it would pass a limit.
        """

    async def duel(self, id_: DuelId) -> Duel:
        """The duel of that name."""

    async def answers(self, id_: DuelId) -> dict[Side, Answer]:
        """The answers that have come in."""

    async def keep_answer(self, lease: Lease, id_: DuelId, side: Side, answer: Answer) -> None:
        """Store an answer; one that is stored already stays as it is."""

    async def label(self, lease: Lease, id_: DuelId, label: Label) -> None:
        """Store what was found out about the prompt; what a person said of it stays as it is."""

    async def topic_said(self, id_: DuelId, topic: Topic) -> None:
        """A person says what the prompt is about."""

    async def cancel(self, id_: DuelId) -> bool:
        """Take a duel back whose contenders are at it; `False` if they no longer are."""

    async def announced(self, lease: Lease, id_: DuelId, place: Place) -> None:
        """The duel has a message."""

    async def open_vote(
        self, lease: Lease, id_: DuelId, closes_at: datetime, *, excluded: str | None = None
    ) -> None:
        """Both answers are shown; `excluded` is why the votes on them will not count for preference.

        Nothing where it was cancelled meanwhile.
        """

    async def registers(self, id_: DuelId) -> Registers:
        """What the duel's registers hold."""

    async def move(self, id_: DuelId, marks: Iterable[Mark]) -> Registers:
        """Apply marks to the duel's registers, and give back what they hold now."""

    async def known_as(
        self, id_: DuelId, seen: Iterable[tuple[Person, Choice]]
    ) -> set[tuple[Person, Choice]]:
        """The same under the names by which these people go in that duel since they were forgotten."""

    async def introduce(self, lease: Lease, duel: Duel) -> bool:
        """Whether this duel is to tell its room where prompts go: the first that is shown there does."""

    async def introduces(self, duel: Duel) -> bool:
        """Whether it is, once `introduce` has said so."""

    async def end_vote(self, id_: DuelId, reason: CloseReason, by: Person | None = None) -> bool:
        """Make an open vote due to be closed at once, for that reason; `False` if it is ending already."""

    async def settle(
        self,
        lease: Lease,
        id_: DuelId,
        *,
        void: str | None = None,
        counted: Mapping[Person, Choice] | None = None,
        used: Estimate = NOTHING,
    ) -> None:
        """End a duel: void for that reason, or with these votes as the ones that count.

        Where other rounds are blind together with it, it is only closed until the last of them is: then all
        of them end at once, and their jobs are called. One that is closed already stays as it is.

        `used` is what answers that were broken off can have cost at the most, in place of what was reserved.
        """

    async def look_again(self) -> None:
        """Make every open vote due to be looked at: something may have been missed."""

    async def counted(self, id_: DuelId) -> dict[Person, Choice]:
        """The votes that counted when the duel ended."""


class Poll(Protocol):
    """Where votes are put, many at once."""

    async def put(self, team: str, place: Place, *said: Mark | Gesture) -> bool:
        """Move registers of the duel that this message carries; nothing where it carries none.

        A gesture is read by the rules of that duel, and is nothing where it says nothing there.

        It is written down when this returns. `True` if there is work to do: the vote may have its quorum now,
        or somebody came too late and is to be told. Raises `Stopping` once this process takes no more.
        """
