"""Rounds that are blind together: they end together, in the transaction that ends the last of them."""

from sqlalchemy import ColumnElement, ScalarSelect, and_, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.conversation import SPOILT
from bot.duel import DuelId, State
from storage import jobs, summaries
from storage.database import Database
from storage.tables import duel, job


def members(id_: DuelId) -> ColumnElement[bool]:
    """The rounds that are blind together with that one, itself included."""
    one = duel.alias("one")
    first: ScalarSelect[str] = (
        select(func.coalesce(one.c.chain, one.c.id)).where(one.c.id == id_).scalar_subquery()
    )
    return or_(duel.c.id == first, duel.c.chain == first)


async def lock(connection: AsyncConnection, id_: DuelId) -> None:
    """Let nobody end or add a round of that chain before this transaction is over.

    Their jobs are locked, in order: as long as the names are not out each round has one.
    """
    ids = list(await connection.scalars(select(duel.c.id).where(members(id_))))
    held = select(job.c.id).where(job.c.id.in_(ids)).order_by(job.c.id).with_for_update()
    await connection.execute(held)


async def end(database: Database, connection: AsyncConnection, id_: DuelId) -> None:
    """Once no round of that chain is running any more, all of them have ended."""
    running = select(func.count()).where(members(id_), duel.c.state.in_([State.ASKED, State.OPEN]))
    if await connection.scalar(running):
        return
    state = case((duel.c.void_reason.is_(None), State.REVEALED.value), else_=State.VOID.value)
    closed = update(duel).where(members(id_), duel.c.state == State.CLOSED)
    over = closed.values(state=state, ended_at=database.now()).returning(duel.c.id)
    ended = sorted((await connection.execute(over)).scalars())
    if ended:
        await summaries.write(database, connection, ended)
    if others := [one for one in ended if one != id_]:
        await jobs.anew(connection, and_(job.c.id.in_(others), job.c.status == "done"), database.now())
        await jobs.call(connection, job.c.id.in_(others), database.now())


async def spoil(connection: AsyncConnection, id_: DuelId) -> None:
    """An answer of that round says who wrote it: whoever votes on the others now is not blind either."""
    others = and_(members(id_), duel.c.id != id_, duel.c.state == State.OPEN)
    await connection.execute(
        update(duel).where(others).values(excluded=func.coalesce(duel.c.excluded, SPOILT))
    )
