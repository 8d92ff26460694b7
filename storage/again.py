"""A void duel put back to where its contenders are at it, for those of its answers that failed."""

from collections.abc import Collection

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.budgets import Budgets, Estimate
from bot.duel import Duel, Side, State
from storage import budgets as spending
from storage import jobs, tables
from storage.database import Database, Instant


async def reopen(
    database: Database,
    connection: AsyncConnection,
    asked: Duel,
    estimate: Estimate,
    budgets: Budgets,
    *,
    failed: Collection[Side],
) -> bool:
    """`False` where it is no longer void. Raises `UsageError` where it would pass a limit."""
    await spending.lock(database, connection, budgets, asked.asker.team)
    fresh = (
        update(tables.duel)
        .where(tables.duel.c.id == asked.id, tables.duel.c.state == State.VOID)
        .values(
            state=State.ASKED,
            side_a=asked.seats[Side.A],
            side_b=asked.seats[Side.B],
            asked_at=asked.asked_at,
            excluded=asked.excluded,
            reply_to=asked.reply_to,
            void_reason=None,
            ended_at=None,
            cancelled_at=None,
        )
    )
    if (await connection.execute(fresh)).rowcount == 0:
        return False
    await spending.set_aside(connection, asked.id, failed)
    await spending.reserve(database, connection, asked, estimate, budgets)
    await connection.execute(
        delete(tables.answer).where(tables.answer.c.duel_id == asked.id, tables.answer.c.side.in_(failed))
    )
    await connection.execute(delete(tables.summary).where(tables.summary.c.duel_id == asked.id))
    await _work(database, connection, asked.id, database.now())
    return True


async def _work(database: Database, connection: AsyncConnection, id_: str, now: Instant) -> None:
    """Its job anew, under a higher fence: what it has posted is looked for before it is posted again."""
    known = select(tables.job.c.id).where(tables.job.c.id == id_)
    if await connection.scalar(known) is None:
        await connection.execute(
            database.insert(tables.job).values(jobs.new(id_, "duel", now) | {"fence": 1})
        )
        return
    await connection.execute(
        update(tables.job)
        .where(tables.job.c.id == id_)
        .values(status="open", due_at=now, owner=None, attempts=0, waits=0, called=False)
    )
