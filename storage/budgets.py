"""What duels count for against the budgets: reserved in the very transaction that writes a duel down."""

from collections.abc import Collection
from dataclasses import replace
from decimal import ROUND_UP, Decimal

from sqlalchemy import and_, func, not_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.budgets import Budgets, Estimate, Limit, Spent, Whose, charge
from bot.duel import Answer, Duel, DuelId, Side, State
from storage.database import Database
from storage.tables import duel, spending

NANO = Decimal(10) ** -9
ASKING = 0x61736B73
"""The advisory lock on PostgreSQL under which a team's duels are let in: the word "asks"."""


async def lock(database: Database, connection: AsyncConnection, budgets: Budgets, team: str) -> None:
    """Let in one duel of a team at a time, as far as there are limits: two could pass what holds only one.

    On SQLite the transaction is the only writer already.
    """
    if budgets.limits and not database.is_sqlite:
        await connection.execute(select(func.pg_advisory_xact_lock(ASKING, func.hashtext(team))))


async def reserve(
    database: Database, connection: AsyncConnection, asked: Duel, estimate: Estimate, budgets: Budgets
) -> None:
    """Set aside what this duel may cost. Raises `UsageError` where it would pass a limit."""
    before = select(func.sum(spending.c.nano_usd)).where(spending.c.duel_id == asked.id)
    own = Decimal(await connection.scalar(before) or 0) * NANO  # if this is not its first time
    for limit in budgets.limits:
        spent = await _spent(connection, limit, asked, budgets)
        budgets.admit(limit, replace(spent, usd=spent.usd + own), asked, estimate)
    rows = [
        {"duel_id": asked.id, "side": side, "nano_usd": None if usd is None else _nano(usd)}
        for side, usd in estimate.items()
    ]
    if rows:
        await connection.execute(database.insert(spending), rows)


async def settle(
    database: Database, connection: AsyncConnection, id_: DuelId, side: Side, answer: Answer
) -> None:
    """Put what an answer has cost in the place of what was reserved for it."""
    usd = charge(answer)
    if usd is not None:
        row = database.insert(spending).values(duel_id=id_, side=side, nano_usd=_nano(usd))
        await connection.execute(
            row.on_conflict_do_update(
                index_elements=["duel_id", "side"], set_={"nano_usd": row.excluded.nano_usd}
            )
        )


async def set_aside(connection: AsyncConnection, id_: DuelId, sides: Collection[Side]) -> None:
    """Keep what these sides have spent, under digits, so that they can spend again."""
    rows = (
        (await connection.execute(select(spending.c.side).where(spending.c.duel_id == id_))).scalars().all()
    )
    digits = iter(sorted(set("0123456789") - set(rows)))
    for side in set(rows) & set(sides):
        await connection.execute(
            update(spending)
            .where(spending.c.duel_id == id_, spending.c.side == side)
            .values(side=next(digits))
        )


async def used(connection: AsyncConnection, id_: DuelId, most: Estimate) -> None:
    """Lower what was reserved for answers that were broken off to what they can have cost by then."""
    for side, usd in most.items():
        if usd is not None:
            await connection.execute(
                update(spending)
                .where(spending.c.duel_id == id_, spending.c.side == side, spending.c.nano_usd > _nano(usd))
                .values(nano_usd=_nano(usd))
            )


async def _spent(connection: AsyncConnection, limit: Limit, asked: Duel, budgets: Budgets) -> Spent:
    """What counts against a limit so far, in the period that this duel was asked in.

    A duel that ended before it was ever shown has asked nobody, and counts for nothing.
    """
    period = budgets.period(limit.per, asked.asked_at)
    which = [
        duel.c.team == asked.asker.team,
        duel.c.asked_at >= period.start,
        duel.c.asked_at < period.end,
        duel.c.id != asked.id,
        not_(and_(duel.c.state == State.VOID, duel.c.shown_at.is_(None))),
    ]
    if limit.whose is Whose.PERSON:
        which.append(duel.c.asker == asked.asker.user)
    elif limit.whose is Whose.ROOM:
        which.append(duel.c.room == asked.room)
    each = select(duel.c.id).where(*which).subquery()
    duels = select(func.count()).select_from(each).scalar_subquery()
    nano = select(func.sum(spending.c.nano_usd)).join(each, each.c.id == spending.c.duel_id).scalar_subquery()
    row = (await connection.execute(select(duels.label("duels"), nano.label("nano")))).one()
    return Spent(row.duels, Decimal(row.nano or 0) * NANO)


def _nano(usd: Decimal) -> int:
    return int((usd / NANO).to_integral_value(ROUND_UP))
