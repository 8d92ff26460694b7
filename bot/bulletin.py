"""The use cases of what the votes say: the weekly digest, posted once, and figures for whoever asks."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.channel import Address
from bot.clock import Clock
from bot.conversation import Chains
from bot.digest import WEEK, Activity, Digest, Edition, Mention, Schedule, Slot, before, due, weeks_between
from bot.duel import Answer, Duel, DuelId, Person, Place, Side, Topic, duel_id
from bot.errors import NotInvited, StageGone, UsageError
from bot.jobs import Lease
from bot.savings import Routes, Savings, savings
from bot.standings import Balance, Facet, Record, Standings, standings
from bot.votes import Choice, Registers, ballots
from bot.votes import standing as standing_of
from bot.words import say

log = logging.getLogger(__name__)

DIGEST_JOB = "digest"
"""The kind of job that posts a digest."""
AHEAD = timedelta(days=1)
"""No clock that has ended a duel is so far ahead of ours."""
LOOK_BACK = timedelta(weeks=5)
"""A channel that has asked nothing for so long gets no digest by itself."""


@dataclass(frozen=True)
class Habit:
    """What a channel gets that never said what it wants."""

    slot: Slot | None
    """`None`: nothing."""
    catch_up: timedelta
    """A digest is still posted so long after its slot."""
    tell_quiet: bool
    """Whether the first week without a duel is told in one line; the weeks after it never are."""


@dataclass(frozen=True)
class Counted:
    """A duel, and the votes on it that count."""

    duel: Duel
    counted: Mapping[Person, Choice]


@dataclass(frozen=True)
class Account(Counted):
    """How one duel was counted."""

    answers: Mapping[Side, Answer]
    too_late: int
    """People whose vote as it stands now came, or was changed, after the end."""
    replaced: int
    """Emoji that are on and yet are not their person's vote: a newer one is."""
    withdrawn: int
    """Emoji that were taken off again."""
    rounds: Sequence[Counted]
    """Those that were blind together with it, itself included, in their order."""


class Archive(Protocol):
    """What is remembered of digests. Methods that take a `Lease` raise `LeaseLost` once it is outdated."""

    async def schedules(self) -> Sequence[Schedule]:
        """Of the channels that said what they want."""

    async def schedule(self, team: str, room: Place) -> Schedule | None:
        """What that channel said."""

    async def keep(self, schedule: Schedule) -> None:
        """This is what that channel wants from now on."""

    async def rooms(self, since: datetime) -> Sequence[tuple[str, Place, datetime]]:
        """The channels that asked two or one since then, each with its team and its first time since."""

    async def make(self, edition: Edition) -> bool:
        """Write an edition down, with its job unless it is too late; `False` if it was there before."""

    async def edition(self, id_: str) -> Edition:
        """The edition of that id."""

    async def posted(self, lease: Lease, place: Place | None) -> None:
        """It is out; `None`: there was nothing to say, or nowhere to say it."""

    async def last_week(self, team: str, room: Place, week: str) -> str | None:
        """The newest week before this one whose digest was not skipped."""

    async def activity(self, team: str, room: Place, since: datetime, until: datetime) -> Activity:
        """What went on there."""

    async def duel_at(self, team: str, place: Place) -> DuelId | None:
        """Which duel a message carries."""


class Records(Protocol):
    """Where standings come from."""

    async def record(
        self,
        team: str,
        *,
        room: Place | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        topic: Topic | None = None,
        language: str | None = None,
    ) -> Record:
        """The duels that ended in that window."""

    async def so_far(self, team: str, room: Place, until: datetime) -> tuple[Balance, Record]:
        """All duels of a room that ended before then, added up; and the newest of them."""


class Duels(Protocol):
    """One duel, as the ledger knows it."""

    async def duel(self, id_: DuelId) -> Duel: ...
    async def answers(self, id_: DuelId) -> dict[Side, Answer]: ...
    async def registers(self, id_: DuelId) -> Registers: ...
    async def counted(self, id_: DuelId) -> dict[Person, Choice]: ...


class Press(Protocol):
    """Where digests are posted. Raises `StageError`."""

    async def publish(self, lease: Lease, digest: Digest) -> Place:
        """Post it, once."""

    async def tell_quiet(self, lease: Lease, edition: Edition) -> Place:
        """Post that there was nothing, in one line, once."""

    async def link(self, team: str, place: Place) -> str | None:
        """Where a message can be read, if that can be said now."""


class Bulletin:
    """What is published of the votes."""

    def __init__(
        self,
        *,
        archive: Archive,
        records: Records,
        routes: Routes,
        duels: Duels,
        chains: Chains,
        press: Press,
        address: Address,
        habit: Habit,
        clock: Clock,
        wake: Callable[[], None],
    ) -> None:
        self._archive = archive
        self._chains = chains
        self._records = records
        self._routes = routes
        self._duels = duels
        self._press = press
        self._address = address
        self._habit = habit
        self._clock = clock
        self._wake = wake

    async def tick(self) -> None:
        """Make the editions that are due, in the database: one process does, the others find them made."""
        now = self._clock.now()
        told = await self._archive.schedules()
        known = {(schedule.team, schedule.room) for schedule in told}
        usual = [
            Schedule(team, room, self._habit.slot, on=True, since=first)
            for team, room, first in await self._archive.rooms(now - LOOK_BACK)
            if self._habit.slot is not None and (team, room) not in known
        ]
        made = [
            edition
            for schedule in (*told, *usual)
            if (edition := due(schedule, now, self._habit.catch_up)) and await self._archive.make(edition)
        ]
        for edition in made:
            if edition.late:
                log.warning("%s is skipped: its hour is too long ago (DIGEST_CATCH_UP)", edition.id)
        if made:
            self._wake()

    async def run(self, lease: Lease) -> datetime | None:
        """Post one edition."""
        edition = await self._archive.edition(lease.job.id)
        await self._address(edition.team, edition.room)
        place = None
        try:
            activity = await self._archive.activity(edition.team, edition.room, edition.since, edition.until)
            if (
                edition.week is None
                or activity.asked
                or activity.ended
                or (await self._routed(edition)).asked
            ):
                place = await self._press.publish(lease, await self._compose(edition, activity))
            elif self._habit.tell_quiet and await self._fell_quiet(edition):
                place = await self._press.tell_quiet(lease, edition)
        except (NotInvited, StageGone) as error:
            log.warning("%s has nowhere to go: %s", edition.id, error)
        await self._archive.posted(lease, place)
        return None

    async def give_up(self, lease: Lease, why: str) -> None:
        """A digest that cannot be posted is none."""
        log.error("%s was not posted: %s", lease.job.id, why)
        await self._archive.posted(lease, None)

    async def schedule(self, team: str, room: Place) -> Schedule | None:
        """When that channel gets its digest, `None` if nobody said and nothing is usual."""
        said = await self._archive.schedule(team, room)
        if said is not None or self._habit.slot is None:
            return said
        return Schedule(team, room, self._habit.slot, on=True, since=self._clock.now())

    async def switch_on(self, team: str, room: Place, slot: Slot | None) -> Schedule:
        """Have a digest each week, at that slot or as before. Raises `UsageError` where none is known."""
        before = await self.schedule(team, room)
        slot = slot or (before.slot if before else None)
        if slot is None:
            raise UsageError("When? `/duel digest on mon 09:00 Europe/Berlin`")
        schedule = Schedule(team, room, slot, on=True, since=self._clock.now())
        await self._archive.keep(schedule)
        return schedule

    async def switch_off(self, team: str, room: Place) -> None:
        """Have none any more."""
        before = await self.schedule(team, room)
        slot = before.slot if before else Slot.usual()
        await self._archive.keep(Schedule(team, room, slot, on=False, since=self._clock.now()))

    async def now(self, team: str, room: Place, key: str) -> None:
        """Post a digest of the last seven days. `key` names the request for good."""
        edition = await self._last_days(team, room, f"digest:{team}:{room}:now:{duel_id(key)}")
        if await self._archive.make(edition):
            self._wake()

    async def preview(self, team: str, room: Place) -> Digest:
        """What a digest would say now."""
        edition = await self._last_days(team, room, "preview")
        return await self.edition(edition)

    async def edition(self, edition: Edition) -> Digest:
        """What that edition says, whether it is posted or not."""
        activity = await self._archive.activity(edition.team, edition.room, edition.since, edition.until)
        return await self._compose(edition, activity)

    async def stats(
        self,
        team: str,
        *,
        room: Place | None = None,
        window: timedelta | None = None,
        topic: Topic | None = None,
        language: str | None = None,
    ) -> Standings:
        """How things stand: of one channel or all, of a window up to now or all of it.

        All that is of one channel is not read anew each time: of its figures, speed and what was left out are
        those of its newest duels then.
        """
        if room is not None and window is None and topic is None and language is None:
            balance, newest = await self._records.so_far(team, room, self._clock.now() + AHEAD)
            return await _judge(newest, Facet.TOPIC, Facet.LANGUAGE, balance=balance)
        since = None if window is None else self._clock.now() - window
        until = None if window is None else self._clock.now()
        record = await self._records.record(
            team, room=room, since=since, until=until, topic=topic, language=language
        )
        by = [Facet.TOPIC] if topic is None else []
        return await _judge(record, *by, *([Facet.LANGUAGE] if language is None else []))

    async def routed(
        self, team: str, *, room: Place | None = None, window: timedelta | None = None
    ) -> Savings:
        """What routing saved and lost up to now, of one channel or all."""
        now = self._clock.now()
        since = None if window is None else now - window
        return savings(await self._routes.routed(team, room=room, since=since, until=now))

    async def why(self, team: str, room: Place, which: DuelId | Place) -> Account:
        """How a duel of this channel was counted. Raises `UsageError` where that cannot be told."""
        id_ = await self._archive.duel_at(team, Place(which)) if "/" in which else DuelId(which)
        if id_ is None:
            raise UsageError(
                "That message is no duel. Copy the link of a duel's message: `/duel why <link>`."
            )
        try:
            duel = await self._duels.duel(id_)
        except UsageError:
            raise UsageError(
                say(
                    "There is no duel “{duel}”. Copy the link of a duel's message: `/duel why <link>`. If "
                    "that was a prompt, end it with a question mark: `/duel why {duel}?`",
                    duel=id_,
                )
            ) from None
        if duel.asker.team != team or duel.room != room:
            raise UsageError("That duel was held in another channel: ask for it there.")
        if not duel.state.ended:
            raise UsageError("That duel is not over: it is counted, and told, once its vote has closed.")
        held = await self._duels.registers(id_)
        rounds = [Counted(one, await self._duels.counted(one.id)) for one in await self._chains.chain(duel)]
        (counted,) = (one.counted for one in rounds if one.duel.id == id_)
        standing = ballots(held)
        emoji = [(who, said, at.on) for (who, said), at in held.items() if isinstance(said, Choice)]
        newest = standing_of(held)
        return Account(
            duel=duel,
            answers=await self._duels.answers(id_),
            counted=counted,
            too_late=sum(counted.get(at) != standing.get(at) for at in {*counted, *standing}),
            replaced=sum(on and newest.get(who) is not said for who, said, on in emoji),
            withdrawn=sum(not on for _, _, on in emoji),
            rounds=rounds,
        )

    async def _last_days(self, team: str, room: Place, id_: str) -> Edition:
        schedule = await self._archive.schedule(team, room)
        slot = schedule.slot if schedule else self._habit.slot
        now = self._clock.now()
        zone = (slot or Slot.usual()).zone
        return Edition(id_, team, room, week=None, since=now - WEEK, until=now, zone=zone)

    async def _compose(self, edition: Edition, activity: Activity) -> Digest:
        team, room = edition.team, edition.room
        week = await self._records.record(team, room=room, since=edition.since, until=edition.until)
        past = await self._records.record(team, room=room, since=before(edition), until=edition.since)
        balance, newest = await self._records.so_far(team, room, edition.until)
        digest = Digest(
            edition=edition,
            activity=activity,
            week=await _judge(week),
            before=await _judge(past),
            ever=await _judge(newest, Facet.TOPIC, Facet.LANGUAGE, balance=balance),
            mentions={},
            routed=await self._routed(edition),
            unsaid=await self._unsaid(edition),
        )
        return digest.mentioning({id_: await self._mention(id_) for id_ in digest.notable if id_})

    async def _routed(self, edition: Edition) -> Savings:
        return savings(
            await self._routes.routed(
                edition.team, room=edition.room, since=edition.since, until=edition.until
            )
        )

    async def _mention(self, id_: DuelId) -> Mention:
        duel = await self._duels.duel(id_)
        link = None if duel.shown_at is None else await self._press.link(duel.asker.team, duel.shown_at)
        return Mention(duel.prompt, link)

    async def _unsaid(self, edition: Edition) -> Sequence[str]:
        if edition.week is None:
            return ()
        last = await self._archive.last_week(edition.team, edition.room, edition.week)
        return weeks_between(last, edition.week) if last else ()

    async def _fell_quiet(self, edition: Edition) -> bool:
        """Whether there was something the week before."""
        start = before(edition)
        past = await self._archive.activity(edition.team, edition.room, start, edition.since)
        return bool(past.asked or past.ended)


async def _judge(record: Record, *by: Facet, balance: Balance | None = None) -> Standings:
    """In a thread: of a million votes it takes a second."""
    return await asyncio.to_thread(standings, record, by=by, balance=balance)
