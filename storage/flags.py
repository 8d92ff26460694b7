"""Which messages carry which answer, and who called it unsafe. See `bot.flags.FlagStore`."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import distinct, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.duel import ContenderId, Duel, DuelId, Person, Place, Side, Topic
from bot.flags import UNSAFE_JOB
from bot.jobs import Lease
from storage import aliases, jobs
from storage.aliases import Mask
from storage.database import Database
from storage.tables import answer_message, duel, flag, job


class FlagTable:
    """`bot.flags.FlagStore` over SQL."""

    def __init__(self, database: Database, mask: Mask = aliases.nobody) -> None:
        """`mask` tells who goes by another name since they were forgotten."""
        self._database = database
        self._mask = mask

    async def carry(self, lease: Lease, duel: Duel, parts: Mapping[Place, Side]) -> None:
        rows = [
            {"team": duel.asker.team, "place": place, "duel_id": duel.id, "side": side}
            for place, side in parts.items()
        ]
        if not rows:
            return
        async with self._database.write() as connection:
            await jobs.hold(connection, lease.job)
            await connection.execute(self._database.insert(answer_message).on_conflict_do_nothing(), rows)

    async def put(self, place: Place, person: Person, *, on: bool, at: int) -> bool:
        carried = select(answer_message.c.duel_id, answer_message.c.side).where(
            answer_message.c.team == person.team, answer_message.c.place == place
        )
        async with self._database.write() as connection:
            found = (await connection.execute(carried)).one_or_none()
            if found is None:
                return False
            id_, side = DuelId(found.duel_id), Side(found.side)
            return await self._put(connection, id_, side, place, person, on=on, at=at)

    async def put_secretly(self, id_: DuelId, side: Side, person: Person, *, on: bool, at: int) -> bool:
        paper = Place(f"paper/{id_}/{side}")
        async with self._database.write() as connection:
            return await self._put(connection, id_, side, paper, person, on=on, at=at)

    async def by(self, id_: DuelId, person: Person) -> set[Side]:
        async with self._database.read() as connection:
            known = await aliases.read(connection, [id_])
            who = aliases.renamed(person, id_, known, self._mask)
            query = select(flag.c.side).where(
                flag.c.duel_id == id_, flag.c.team == who.team, flag.c.voter == who.user, flag.c.is_on
            )
            return {Side(side) for side in (await connection.execute(query)).scalars()}

    async def _put(
        self,
        connection: AsyncConnection,
        id_: DuelId,
        side: Side,
        place: Place,
        person: Person,
        *,
        on: bool,
        at: int,
    ) -> bool:
        who = aliases.renamed(person, id_, await aliases.read(connection, [id_]), self._mask)
        row = self._database.insert(flag).values(
            duel_id=id_,
            side=side,
            team=who.team,
            voter=who.user,
            place=place,
            is_on=on,
            marked_at_us=at,
        )
        newer = row.on_conflict_do_update(
            index_elements=["duel_id", "side", "team", "voter", "place"],
            set_={"is_on": on, "marked_at_us": at},
            where=flag.c.marked_at_us < at,
        )
        await connection.execute(newer)
        if not on:
            return False
        name = f"{UNSAFE_JOB}:{id_}:{side}"
        work = self._database.insert(job).values(jobs.new(name, UNSAFE_JOB, self._database.now()))
        return bool((await connection.execute(work.on_conflict_do_nothing())).rowcount)

    async def of(self, id_: DuelId) -> dict[Side, int]:
        query = (
            select(flag.c.side, func.count(distinct(flag.c.voter)))
            .where(flag.c.duel_id == id_, flag.c.is_on)
            .group_by(flag.c.side)
        )
        async with self._database.read() as connection:
            return {Side(side): count for side, count in await connection.execute(query)}

    async def by_contender(
        self,
        team: str,
        *,
        room: Place | None = None,
        since: datetime | None = None,
        topic: Topic | None = None,
        language: str | None = None,
    ) -> dict[ContenderId, int]:
        asked = ((duel.c.room, room), (duel.c.topic, topic), (duel.c.language, language))
        query = (
            select(duel.c.side_a, duel.c.side_b, flag.c.side)
            .join(duel, duel.c.id == flag.c.duel_id)
            .where(duel.c.team == team, duel.c.ended_at.is_not(None), flag.c.is_on)
            .where(*(column == value for column, value in asked if value is not None))
            .group_by(flag.c.duel_id, flag.c.side, duel.c.side_a, duel.c.side_b)
        )
        if since is not None:
            query = query.where(duel.c.ended_at >= since)
        found: dict[ContenderId, int] = {}
        async with self._database.read() as connection:
            for row in await connection.execute(query):
                whose = ContenderId(row.side_a if row.side == Side.A else row.side_b)
                found[whose] = found.get(whose, 0) + 1
        return found
