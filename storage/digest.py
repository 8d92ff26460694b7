"""Which channels want a digest when, and which were made. See `bot.bulletin.Archive` for what each means."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, and_, func, not_, or_, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.bulletin import DIGEST_JOB
from bot.digest import Activity, Edition, Schedule, Slot
from bot.duel import DuelId, Place
from bot.jobs import Lease
from storage import jobs
from storage.database import Database
from storage.tables import digest, digest_schedule, duel, job, question

LONGEST = timedelta(days=31)
"""No vote stays open for so long."""


class DigestTable:
    """`bot.bulletin.Archive` over SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def schedules(self) -> Sequence[Schedule]:
        async with self._database.read() as connection:
            return [_schedule(row) for row in await connection.execute(select(digest_schedule))]

    async def schedule(self, team: str, room: Place) -> Schedule | None:
        query = select(digest_schedule).where(digest_schedule.c.team == team, digest_schedule.c.room == room)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else _schedule(row)

    async def keep(self, schedule: Schedule) -> None:
        async with self._database.write() as connection:
            await keep(self._database, connection, schedule)

    async def rooms(self, since: datetime) -> Sequence[tuple[str, Place, datetime]]:
        asked = union_all(
            *(
                select(table.c.team, table.c.room, table.c.asked_at).where(table.c.asked_at >= since)
                for table in (duel, question)
            )
        ).subquery()
        first = func.min(asked.c.asked_at, type_=duel.c.asked_at.type)
        query = select(asked.c.team, asked.c.room, first).group_by(asked.c.team, asked.c.room)
        async with self._database.read() as connection:
            return [(team, Place(room), first) for team, room, first in await connection.execute(query)]

    async def make(self, edition: Edition) -> bool:
        row = self._database.insert(digest).values(
            id=edition.id,
            team=edition.team,
            room=edition.room,
            week=edition.week,
            since=edition.since,
            until=edition.until,
            zone=edition.zone.key,
            is_late=edition.late,
        )
        work = self._database.insert(job).values(jobs.new(edition.id, DIGEST_JOB, self._database.now()))
        async with self._database.read() as connection:
            if await connection.scalar(select(digest.c.id).where(digest.c.id == edition.id)):
                return False  # most ticks find it made, and must not queue for the writer's place
        async with self._database.write() as connection:
            if (await connection.execute(row.on_conflict_do_nothing())).rowcount == 0:
                return False
            if not edition.late:
                await connection.execute(work.on_conflict_do_nothing())
            return True

    async def edition(self, id_: str) -> Edition:
        async with self._database.read() as connection:
            row = (await connection.execute(select(digest).where(digest.c.id == id_))).one()
        return Edition(
            id=row.id,
            team=row.team,
            room=Place(row.room),
            week=row.week,
            since=row.since,
            until=row.until,
            zone=ZoneInfo(row.zone),
            late=row.is_late,
        )

    async def posted(self, lease: Lease, place: Place | None) -> None:
        async with self._database.write() as connection:
            await jobs.hold(connection, lease.job)
            await connection.execute(update(digest).where(digest.c.id == lease.job.id).values(place=place))

    async def last_week(self, team: str, room: Place, week: str) -> str | None:
        query = select(func.max(digest.c.week)).where(
            digest.c.team == team, digest.c.room == room, digest.c.week < week, not_(digest.c.is_late)
        )
        async with self._database.read() as connection:
            found: str | None = await connection.scalar(query)
        return found

    async def activity(self, team: str, room: Place, since: datetime, until: datetime) -> Activity:
        here = and_(duel.c.team == team, duel.c.room == room)

        def count(*which: ColumnElement[bool]) -> Any:
            return select(func.count()).select_from(duel).where(here, *which).scalar_subquery()

        query = select(
            count(duel.c.asked_at >= since, duel.c.asked_at < until).label("asked"),
            count(duel.c.ended_at >= since, duel.c.ended_at < until).label("ended"),
            count(
                duel.c.asked_at >= until - LONGEST,
                duel.c.asked_at < until,
                or_(duel.c.ended_at.is_(None), duel.c.ended_at >= until),
            ).label("still_open"),
        )
        async with self._database.read() as connection:
            row = (await connection.execute(query)).one()
        return Activity(row.asked, row.ended, row.still_open)

    async def duel_at(self, team: str, place: Place) -> DuelId | None:
        query = select(duel.c.id).where(duel.c.team == team, duel.c.shown_at == place)
        async with self._database.read() as connection:
            found = await connection.scalar(query)
        return None if found is None else DuelId(found)


async def keep(database: Database, connection: AsyncConnection, schedule: Schedule) -> None:
    """This is what that channel wants from now on."""
    slot = schedule.slot
    values = {
        "weekday": slot.weekday,
        "minute": slot.at.hour * 60 + slot.at.minute,
        "zone": slot.zone.key,
        "is_on": schedule.on,
        "since": schedule.since,
    }
    row = database.insert(digest_schedule).values(team=schedule.team, room=schedule.room, **values)
    await connection.execute(row.on_conflict_do_update(index_elements=["team", "room"], set_=values))


def _schedule(row: Row[Any]) -> Schedule:
    return Schedule(
        team=row.team,
        room=Place(row.room),
        slot=Slot(row.weekday, time(*divmod(row.minute, 60)), ZoneInfo(row.zone)),
        on=row.is_on,
        since=row.since,
    )
