"""Answers that people call unsafe. A flag is a fact beside the votes, and no vote."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from bot.duel import ContenderId, Duel, DuelId, Person, Place, Side, Topic
from bot.jobs import Lease
from bot.ledger import Ledger

UNSAFE_JOB = "unsafe"
"""A job for each answer: `unsafe:{duel}:{side}`. Its operators are told once, however many flag it."""


class FlagStore(Protocol):
    """Flags, and the messages that they are put on."""

    async def carry(self, lease: Lease, duel: Duel, parts: Mapping[Place, Side]) -> None:
        """These messages carry these answers."""

    async def put(self, place: Place, person: Person, *, on: bool, at: int) -> bool:
        """Somebody flagged the answer in that message, or took it off; only what is newer changes anything.

        `True` if operators are to be told. A message that carries no answer is none of our business.
        """

    async def put_secretly(self, id_: DuelId, side: Side, person: Person, *, on: bool, at: int) -> bool:
        """The same of an answer of that duel, where nobody but whoever flags it sees it."""

    async def by(self, id_: DuelId, person: Person) -> set[Side]:
        """Which answers this person holds for unsafe."""

    async def of(self, id_: DuelId) -> dict[Side, int]:
        """How many people hold which answer for unsafe."""

    async def by_contender(
        self,
        team: str,
        *,
        room: Place | None = None,
        since: datetime | None = None,
        topic: Topic | None = None,
        language: str | None = None,
    ) -> dict[ContenderId, int]:
        """How many answers of each contender somebody holds for unsafe, in duels that have ended."""


class Alarm(Protocol):
    """Tells operators."""

    async def flagged(self, lease: Lease, duel: Duel, side: Side) -> None:
        """An answer was called unsafe. Its author is not named: the duel may be open."""


class Flags:
    """What is done with them."""

    def __init__(self, store: FlagStore, ledger: Ledger, alarm: Alarm, wake: Callable[[], None]) -> None:
        self._store = store
        self._ledger = ledger
        self._alarm = alarm
        self._wake = wake

    async def put(self, place: Place, person: Person, *, on: bool, at: int) -> None:
        """Write down that somebody flagged an answer or took it off."""
        if await self._store.put(place, person, on=on, at=at):
            self._wake()

    async def put_secretly(self, id_: DuelId, side: Side, person: Person, *, on: bool, at: int) -> None:
        """The same, on the paper of whoever flags it."""
        if await self._store.put_secretly(id_, side, person, on=on, at=at):
            self._wake()

    async def by(self, id_: DuelId, person: Person) -> set[Side]:
        """Which answers this person holds for unsafe."""
        return await self._store.by(id_, person)

    async def run(self, lease: Lease) -> None:
        """Tell the operators."""
        _, id_, side = lease.job.id.split(":")
        await self._alarm.flagged(lease, await self._ledger.duel(DuelId(id_)), Side(side))

    async def give_up(self, lease: Lease, why: str) -> None:
        """The flag is stored; that nobody was told stands in the log."""
