"""The job table: claims, leases with fences, remembered steps. See `bot.jobs.Queue` for what each means.

Whoever locks several kinds of rows in one transaction does so in this order: registers, jobs, duels; and
several jobs in the order of their ids.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Update, and_, case, delete, false, func, literal, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import LeaseLost
from bot.jobs import Backlog, Job
from storage.database import Database, Instant
from storage.tables import job, job_step


async def hold(connection: AsyncConnection, lease: Job) -> None:
    """Lock the job's row and raise `LeaseLost` unless it is still ours: the first statement of each write."""
    if await connection.scalar(select(job.c.id).where(_held(lease)).with_for_update()) is None:
        raise _lost(lease)


def _held(lease: Job) -> ColumnElement[bool]:
    """Its row, if nobody has taken it over; whoever locks that first settles who it belongs to."""
    return and_(job.c.id == lease.id, job.c.status == "open", job.c.fence == lease.fence)


def _lost(lease: Job) -> LeaseLost:
    return LeaseLost(f"job {lease.id} is somebody else's by now")


def _open(which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Those of these jobs that are open, locked one after the other by id: then nobody waits crosswise."""
    locked = (
        select(job.c.id)
        .where(which, job.c.status == "open")
        .order_by(job.c.id)
        .with_for_update()
        .cte("locked")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    return job.c.id.in_(select(locked.c.id))


async def call(connection: AsyncConnection, which: ColumnElement[bool], now: Instant) -> None:
    """Make jobs due now; one that is being run is due again as soon as it is given back."""
    await connection.execute(
        update(job)
        .where(_open(which))
        .values(called=true(), due_at=case((job.c.owner.is_(None), now), else_=job.c.due_at))
    )


async def anew(connection: AsyncConnection, which: ColumnElement[bool], now: Instant) -> None:
    """Have jobs run once more that were done or given up, with all their attempts."""
    await connection.execute(update(job).where(which).values(again(now)))


def again(now: Instant) -> dict[str, Any]:
    """What a job is put back to, so that it is run once more."""
    return {"status": "open", "due_at": now, "owner": None, "attempts": 0, "waits": 0, "called": False}


class JobTable:
    """`bot.jobs.Queue` over SQL."""

    def __init__(self, database: Database, lease: timedelta) -> None:
        """`lease` is how long a job belongs to whoever has claimed it."""
        self._database = database
        self._lease = lease

    async def put(self, id_: str, kind: str) -> None:
        """Write a job down, due now; nothing where it is there already."""
        row = self._database.insert(job).values(new(id_, kind, self._database.now()))
        async with self._database.write() as connection:
            await connection.execute(row.on_conflict_do_nothing())

    async def newest(self, prefix: str) -> str | None:
        """The last id, by its letters, that begins so."""
        query = select(func.max(job.c.id)).where(job.c.id.startswith(prefix, autoescape=True))
        async with self._database.read() as connection:
            found: str | None = await connection.scalar(query)
        return found

    async def claim(self, owner: str, most: int) -> list[Job]:
        now = self._database.now()
        due = (
            select(job.c.id)
            .where(job.c.status == "open", job.c.due_at <= now)
            .order_by(job.c.due_at)
            .limit(most)
            .with_for_update(skip_locked=True)
            .cte("due")
            .prefix_with("MATERIALIZED", dialect="postgresql")
        )
        taken = (
            update(job)
            .where(job.c.id.in_(select(due.c.id)))
            .values(due_at=now + self._lease, fence=job.c.fence + 1, owner=owner, called=false())
            .returning(job.c.id, job.c.kind, job.c.fence, job.c.attempts, job.c.waits)
        )
        async with self._database.read() as connection:
            if not await connection.scalar(
                select(func.count()).where(job.c.status == "open", job.c.due_at <= now)
            ):
                return []  # most looks find nothing, and must not queue for the writer's place
        async with self._database.write() as connection:
            return [Job(*row) for row in await connection.execute(taken)]

    async def renew(self, owner: str, ids: Collection[str]) -> set[str]:
        held = (
            update(job)
            .where(_open(and_(job.c.owner == owner, job.c.id.in_(ids))))
            .values(due_at=self._database.now() + self._lease)
            .returning(job.c.id)
        )
        async with self._database.write() as connection:
            return {row.id for row in await connection.execute(held)}

    async def check(self, lease: Job) -> None:
        async with self._database.read() as connection:
            if await connection.scalar(select(job.c.id).where(self._ours(lease))) is None:
                raise _lost(lease)

    async def recall(self, lease: Job, step: str) -> str | None:
        remembered = and_(job_step.c.job_id == job.c.id, job_step.c.name == step)
        known = select(job_step.c.result).select_from(job.outerjoin(job_step, remembered))
        async with self._database.read() as connection:
            row = (await connection.execute(known.where(self._ours(lease)))).one_or_none()
        if row is None:
            raise _lost(lease)
        return None if row.result is None else str(row.result)

    async def remember(self, lease: Job, step: str, result: str) -> None:
        ours = select(job.c.id, literal(step), literal(result)).where(_held(lease)).with_for_update()
        row = self._database.insert(job_step).from_select(["job_id", "name", "result"], ours)
        # one that is there stays as it is, and is counted as well
        kept = row.on_conflict_do_update(
            index_elements=["job_id", "name"], set_={"result": job_step.c.result}
        )
        async with self._database.write() as connection:
            if (await connection.execute(kept)).rowcount == 0:
                raise _lost(lease)

    async def forget(self, lease: Job, step: str) -> None:
        async with self._database.write() as connection:
            await hold(connection, lease)
            await connection.execute(
                delete(job_step).where(job_step.c.job_id == lease.id, job_step.c.name == step)
            )

    async def put_off(self, lease: Job, until: datetime) -> bool:
        again = case((job.c.called, self._database.now()), else_=until)
        rested = update(job).values(due_at=again, called=false(), owner=None, attempts=0, waits=0)
        async with self._database.write() as connection:
            due_at = await connection.scalar(rested.where(_held(lease)).returning(job.c.due_at))
        if due_at is None:
            raise _lost(lease)
        return bool(due_at < until)

    async def fail(self, lease: Job, wait: timedelta, *, away: bool = False) -> None:
        tried = {"waits": job.c.waits + 1} if away else {"attempts": job.c.attempts + 1}
        again = self._database.now() + wait
        await self._give_back(lease, update(job).values(due_at=again, owner=None, **tried))

    async def finish(self, lease: Job) -> None:
        done = update(job).values(status="done", due_at=self._database.now(), owner=None)
        await self._give_back(lease, done, drop_steps=True)

    async def release(self, owner: str) -> None:
        async with self._database.write() as connection:
            await connection.execute(
                update(job).where(_open(job.c.owner == owner)).values(due_at=self._database.now(), owner=None)
            )

    async def backlog(self) -> Backlog:
        """How much there is to do."""
        now = self._database.now()
        due = case((job.c.due_at <= now, job.c.due_at))
        query = select(
            func.count().label("open"),
            func.count(due).label("due"),
            func.min(due, type_=job.c.due_at.type).label("first"),
            literal(now, job.c.due_at.type).label("now") if isinstance(now, datetime) else now.label("now"),
        ).where(job.c.status == "open")
        async with self._database.read() as connection:
            row = (await connection.execute(query)).one()
        late = timedelta() if row.first is None else row.now - row.first
        return Backlog(row.open, row.due, late.total_seconds())

    async def purge(self, older_than: timedelta) -> int:
        done = delete(job).where(job.c.status == "done", job.c.due_at < self._database.now() - older_than)
        async with self._database.write() as connection:
            return (await connection.execute(done)).rowcount

    def _ours(self, lease: Job) -> ColumnElement[bool]:
        return and_(_held(lease), job.c.due_at > self._database.now())

    async def _give_back(self, lease: Job, change: Update, *, drop_steps: bool = False) -> None:
        async with self._database.write() as connection:
            if (await connection.execute(change.where(_held(lease)))).rowcount == 0:
                raise _lost(lease)
            if drop_steps:
                await connection.execute(delete(job_step).where(job_step.c.job_id == lease.id))


def new(id_: str, kind: str, due_at: Instant) -> dict[str, Any]:
    """The row of a job that nobody has taken yet.

    `due_at`: when to run it; while it runs, when its lease ends; once it is done, when that was.
    """
    return {
        "id": id_,
        "kind": kind,
        "status": "open",
        "due_at": due_at,
        "fence": 0,
        "attempts": 0,
        "waits": 0,
        "called": False,
        "owner": None,
    }
