"""A void duel put back to where its contenders are at it, for those of its answers that failed."""

from collections.abc import Collection

from sqlalchemy import and_, delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.budgets import Budgets, Estimate
from bot.duel import Duel, Side, State
from storage import balances, jobs, tables
from storage import budgets as spending
from storage.database import Database

_IS_VOID = or_(
    tables.duel.c.state == State.VOID,
    and_(tables.duel.c.state == State.CLOSED, tables.duel.c.void_reason.is_not(None)),
)


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
    row = tables.duel.c.id == asked.id
    await connection.scalar(select(tables.duel.c.id).where(row).with_for_update())
    next_ = tables.duel.alias()
    void = update(tables.duel).where(
        row, _IS_VOID, tables.duel.c.state == asked.state, ~exists().where(next_.c.after == asked.id)
    )
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
    void = select(tables.duel.c.id).where(tables.duel.c.id == id_, _IS_VOID)
    if await connection.scalar(void) is None:
        return False
    row = database.insert(tables.job).values(jobs.new(id_, "duel", now) | {"fence": 1})
    await connection.execute(row.on_conflict_do_update(index_elements=["id"], set_=jobs.again(now)))
    return True
