"""The use cases of somebody's own page: their duels and votes, how things stand, what they may still ask."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.budgets import Budgets, Limit, Spent, Whose
from bot.bulletin import Bulletin, Duels
from bot.clock import Clock
from bot.duel import Duel, DuelId, Person, Place, State, Topic
from bot.jobs import Lease
from bot.savings import Savings
from bot.standings import Standings
from bot.votes import Choice, Tally, ballots, tally

log = logging.getLogger(__name__)

HOME_JOB = "home"
"""The kind of job that shows a page; its id says whose, since when and of what."""
MOST = 10
"""Duels on a page."""
WINDOWS = {"7d": timedelta(days=7), "30d": timedelta(days=30), "all": None}


@dataclass(frozen=True)
class View:
    """What somebody wants to see of the standings."""

    window: str = "all"
    """One of `WINDOWS`."""
    topic: Topic | None = None


@dataclass(frozen=True)
class Mine:
    """A duel that somebody asked or voted on, as far as it may be told to them now."""

    duel: Duel
    said: Choice | None
    """Their own vote."""
    votes: Tally | None
    """`None` before the reveal: nobody is told how it stands."""
    link: str | None


@dataclass(frozen=True)
class Left:
    """A limit, and what is used up of it."""

    limit: Limit
    spent: Spent


@dataclass(frozen=True)
class Page:
    """Everything that one person's page says."""

    person: Person
    view: View
    standings: Standings
    """Of all their team."""
    routed: Savings
    """What `/ask` saved and lost, in that window."""
    mine: Sequence[Mine]
    left: Sequence[Left]


class Shelf(Protocol):
    """Where what is on a page is looked up."""

    async def duels_of(self, person: Person, now: datetime, most: int) -> Sequence[DuelId]:
        """The newest that they asked or voted on, the newest first."""

    async def spent(self, limit: Limit, budgets: Budgets, person: Person, now: datetime) -> Spent:
        """What counts against a limit of that person, or of their team, now."""


class Requests(Protocol):
    """Where requests for pages are written down."""

    async def put(self, id_: str, kind: str) -> None: ...
    async def newest(self, prefix: str) -> str | None:
        """The last id, by its letters, that begins so."""


class Front(Protocol):
    """Where pages are shown. Raises `StageError`."""

    async def show(self, lease: Lease, page: Page) -> None:
        """Make it what that person sees, and nobody else."""

    async def link(self, team: str, place: Place) -> str | None:
        """Where a message can be read, if that can be said now."""


class Home:
    """Shows people their page, made anew whenever they open it or choose something on it."""

    def __init__(
        self,
        *,
        requests: Requests,
        shelf: Shelf,
        duels: Duels,
        bulletin: Bulletin,
        front: Front,
        budgets: Budgets,
        clock: Clock,
        wake: Callable[[], None],
    ) -> None:
        self._requests = requests
        self._shelf = shelf
        self._duels = duels
        self._bulletin = bulletin
        self._front = front
        self._budgets = budgets
        self._clock = clock
        self._wake = wake

    async def open(self, person: Person, view: View, at: int) -> None:
        """Write down that they want to see it; `at` is when, in microseconds of the place's own clock."""
        await self._requests.put(f"{_whose(person)}{at:017}:{view.window}:{view.topic or ''}", HOME_JOB)
        self._wake()

    async def run(self, lease: Lease) -> datetime | None:
        """Show the newest that they asked for, whichever of their requests this is.

        Asked again after each: of two who are at it the one that shows an older page last sees that it did.
        """
        shown, whose = None, ":".join(lease.job.id.split(":")[:3]) + ":"
        while (newest := await self._requests.newest(whose)) not in (None, shown):
            assert newest is not None
            if shown is None and newest != lease.job.id:
                return None  # that one is a job of its own
            _, team, user, _, window, topic = newest.split(":")
            view = View(window, Topic(topic) if topic else None)
            await self._front.show(lease, await self.page(Person(team, user), view))
            shown = newest
        return None

    async def give_up(self, lease: Lease, why: str) -> None:
        """It stays as it was, and is made anew the next time."""
        log.error("%s was not shown: %s", lease.job.id, why)

    async def page(self, person: Person, view: View) -> Page:
        """What it says now."""
        now = self._clock.now()
        ids = await self._shelf.duels_of(person, now, MOST)
        limits = [at for at in self._budgets.limits if at.whose is not Whose.ROOM]
        return Page(
            person=person,
            view=view,
            standings=await self._bulletin.stats(person.team, window=WINDOWS[view.window], topic=view.topic),
            routed=await self._bulletin.routed(person.team, window=WINDOWS[view.window]),
            mine=[await self._mine(person, id_) for id_ in ids],
            left=[
                Left(limit, await self._shelf.spent(limit, self._budgets, person, now)) for limit in limits
            ],
        )

    async def _mine(self, person: Person, id_: DuelId) -> Mine:
        duel = await self._duels.duel(id_)
        votes = (
            await self._duels.counted(id_) if duel.state.over else ballots(await self._duels.registers(id_))
        )
        return Mine(
            duel=duel,
            said=votes.get(person),
            votes=tally(votes) if duel.state is State.REVEALED else None,
            link=None if duel.shown_at is None else await self._front.link(duel.asker.team, duel.shown_at),
        )


def _whose(person: Person) -> str:
    return f"{HOME_JOB}:{person.team}:{person.user}:"
