"""A void duel put back to where its contenders are at it, for those of its answers that failed."""

from collections.abc import Collection

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.budgets import Budgets, Estimate
from bot.duel import Duel, Side, State
from storage import balances, jobs, tables
from storage import budgets as spending
from storage.database import Database


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
    if not await _called(database, connection, asked.id):
        return False
    void = update(tables.duel).where(tables.duel.c.id == asked.id, tables.duel.c.state == State.VOID)
    fresh = void.values(
        state=State.ASKED,
        side_a=asked.seats[Side.A],
        side_b=asked.seats[Side.B],
        asked_at=asked.asked_at,
        excluded=asked.excluded,
        reply_to=asked.reply_to,
        void_reason=None,
        cancelled_at=None,
    )
    if (await connection.execute(fresh)).rowcount == 0:
        return False
    await spending.set_aside(connection, asked.id, failed)
    await spending.reserve(database, connection, asked, estimate, budgets)
    await connection.execute(
        delete(tables.answer).where(tables.answer.c.duel_id == asked.id, tables.answer.c.side.in_(failed))
    )
    await balances.forget(database, connection, [asked.id])  # goes by when it had ended
    await connection.execute(update(tables.duel).where(tables.duel.c.id == asked.id).values(ended_at=None))
    return True


async def _called(database: Database, connection: AsyncConnection, id_: str) -> bool:
    """Its job anew, under a higher fence: what it has posted is looked for before it is posted again.

    `False` where the duel is not void.
    """
    now = database.now()
    void = select(tables.duel.c.id).where(tables.duel.c.id == id_, tables.duel.c.state == State.VOID)
    if await connection.scalar(void) is None:
        return False
    row = database.insert(tables.job).values(jobs.new(id_, "duel", now) | {"fence": 1})
    anew = {"status": "open", "due_at": now, "owner": None, "attempts": 0, "waits": 0, "called": False}
    await connection.execute(row.on_conflict_do_update(index_elements=["id"], set_=anew))
    return True
