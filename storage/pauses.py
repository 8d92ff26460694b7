"""Which contenders are paused. See `bot.pausing.Pauses` for what each method promises."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from bot.duel import ContenderId, Outcome
from bot.jobs import Lease
from bot.pausing import PROBE_JOB, Pause
from storage import jobs, tables
from storage.database import Database


class PauseTable:
    """`bot.pausing.Pauses` over SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, pause: Pause) -> bool:
        row = self._database.insert(tables.pause).values(
            id=pause.id,
            contender=pause.contender,
            outcome=pause.outcome,
            detail=pause.detail,
            since=pause.since,
            probes=pause.probes,
            probe_at=pause.probe_at,
        )
        work = self._database.insert(tables.job).values(jobs.new(pause.id, PROBE_JOB, self._database.now()))
        async with self._database.write() as connection:
            if (await connection.execute(row.on_conflict_do_nothing())).rowcount == 0:
                return False
            await connection.execute(work)
            return True

    async def lasting(self) -> Sequence[Pause]:
        query = select(tables.pause).where(tables.pause.c.resumed_at.is_(None))
        async with self._database.read() as connection:
            return [_pause(row) for row in await connection.execute(query)]

    async def pause(self, id_: str) -> Pause:
        async with self._database.read() as connection:
            found = await connection.execute(select(tables.pause).where(tables.pause.c.id == id_))
            return _pause(found.one())

    async def refused(self, lease: Lease, probes: int, probe_at: datetime) -> None:
        await self._change(lease, probes=probes, probe_at=probe_at)

    async def end(self, lease: Lease, at: datetime) -> None:
        await self._change(lease, resumed_at=at)

    async def hurry(self, at: datetime) -> None:
        lasting = tables.pause.c.resumed_at.is_(None)
        async with self._database.write() as connection:
            which = tables.job.c.id.in_(select(tables.pause.c.id).where(lasting))
            await jobs.call(connection, which, self._database.now())
            await connection.execute(update(tables.pause).where(lasting).values(probe_at=at))

    async def _change(self, lease: Lease, **values: Any) -> None:
        async with self._database.write() as connection:
            await jobs.hold(connection, lease.job)
            await connection.execute(
                update(tables.pause).where(tables.pause.c.id == lease.job.id).values(**values)
            )


def _pause(row: Row[Any]) -> Pause:
    return Pause(
        id=row.id,
        contender=ContenderId(row.contender),
        outcome=Outcome(row.outcome),
        detail=row.detail,
        since=row.since,
        probes=row.probes,
        probe_at=row.probe_at,
        resumed_at=row.resumed_at,
    )
