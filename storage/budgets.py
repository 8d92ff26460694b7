"""What duels and questions count for against the budgets: reserved by the transaction that writes them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_UP, Decimal
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, delete, func, insert, not_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.budgets import Budgets, Estimate, Limit, Request, Spent, Whose, charge
from bot.duel import Answer, ContenderId, Duel, DuelId, Person, Place, Side, State
from bot.question import Fate, Question
from storage.database import Database
from storage.tables import duel, question, spending

NANO = Decimal(10) ** -9
KEPT = "0"
"""Stands in the place of a side for what earlier tries of a duel have spent."""
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
    rows = [{"duel_id": asked.id, "side": side, "nano_usd": nano(usd)} for side, usd in estimate.items()]
    if rows:
        await connection.execute(database.insert(spending), rows)


async def settle(
    database: Database, connection: AsyncConnection, id_: DuelId, side: Side, answer: Answer
) -> None:
    """Put what an answer has cost in the place of what was reserved for it."""
    usd = charge(answer)
    if usd is not None:
        row = database.insert(spending).values(duel_id=id_, side=side, nano_usd=nano(usd))
        await connection.execute(
            row.on_conflict_do_update(
                index_elements=["duel_id", "side"], set_={"nano_usd": row.excluded.nano_usd}
            )
        )


async def set_aside(connection: AsyncConnection, id_: DuelId, sides: Collection[Side]) -> None:
    """Keep what these sides have spent beside what was kept before, so that they can spend again."""
    before = and_(spending.c.duel_id == id_, spending.c.side.not_in(set(Side) - set(sides)))
    gone = delete(spending).where(before).returning(spending.c.nano_usd)
    if spent := list(await connection.scalars(gone)):
        known = [nano_usd for nano_usd in spent if nano_usd is not None]
        row = {"duel_id": id_, "side": KEPT, "nano_usd": sum(known) if known else None}
        await connection.execute(insert(spending).values(row))


async def used(connection: AsyncConnection, id_: DuelId, most: Estimate) -> None:
    """Lower what was reserved for answers that were broken off to what they can have cost by then."""
    for side, usd in most.items():
        if usd is not None:
            await connection.execute(
                update(spending)
                .where(spending.c.duel_id == id_, spending.c.side == side, spending.c.nano_usd > nano(usd))
                .values(nano_usd=nano(usd))
            )


async def let_in(
    connection: AsyncConnection,
    asked: Question,
    costs: Mapping[ContenderId, Decimal | None],
    budgets: Budgets,
) -> int | None:
    """What to set aside for a question, `None` where nobody knows. Raises `UsageError` past a limit."""
    request = Request(asked.asked_at, costs, one=True)
    for limit in budgets.limits:
        budgets.let_in(limit, await _spent(connection, limit, asked, budgets), request)
    return None if None in costs.values() else nano(request.usd())


_NOWHERE = Place("")


@dataclass(frozen=True)
class _Whoever:
    """Somebody who has asked nothing yet."""

    asker: Person
    asked_at: datetime
    id: str = ""
    room: Place = _NOWHERE


async def spent(
    connection: AsyncConnection, limit: Limit, budgets: Budgets, person: Person, at: datetime
) -> Spent:
    """What counts against a limit of that person, or of their team, so far in the period of that moment."""
    return await _spent(connection, limit, _Whoever(person, at), budgets)


async def _spent(
    connection: AsyncConnection, limit: Limit, asked: Duel | Question | _Whoever, budgets: Budgets
) -> Spent:
    """What counts against a limit so far, in the period that this duel or question was asked in.

    What ended before it was ever shown has asked nobody, and counts for nothing; nor does a question that
    became a duel, beside that duel.
    """
    unseen = and_(duel.c.state.in_([State.VOID, State.CLOSED]), duel.c.shown_at.is_(None))
    duels = _counted(duel, limit, asked, budgets, not_(unseen))
    paid = select(func.sum(spending.c.nano_usd)).join(duels, duels.c.id == spending.c.duel_id)
    void = and_(question.c.fate == Fate.FAILED, question.c.shown_at.is_(None))
    questions = _counted(question, limit, asked, budgets, question.c.fate != Fate.DUELED, not_(void))
    paid_too = select(func.sum(question.c.nano_usd)).join(questions, questions.c.id == question.c.id)
    found = select(
        select(func.count()).select_from(duels).scalar_subquery().label("duels"),
        paid.scalar_subquery().label("nano"),
        select(func.count()).select_from(questions).scalar_subquery().label("questions"),
        paid_too.scalar_subquery().label("more"),
    )
    row = (await connection.execute(found)).one()
    return Spent(row.duels, Decimal((row.nano or 0) + (row.more or 0)) * NANO, row.questions)


def _counted(
    table: Any, limit: Limit, asked: Duel | Question | _Whoever, budgets: Budgets, *which: ColumnElement[bool]
) -> FromClause:
    """The ids of those that share the limit with it, and were asked in the same period."""
    period = budgets.period(limit.per, asked.asked_at)
    where = [
        table.c.team == asked.asker.team,
        table.c.asked_at >= period.start,
        table.c.asked_at < period.end,
        table.c.id != asked.id,
        *which,
    ]
    if limit.whose is Whose.PERSON:
        where.append(table.c.asker == asked.asker.user)
    elif limit.whose is Whose.ROOM:
        where.append(table.c.room == asked.room)
    return select(table.c.id).where(*where).subquery()


def nano(usd: Decimal | None) -> int | None:
    """Billionths of a dollar, rounded up."""
    return None if usd is None else int((usd / NANO).to_integral_value(ROUND_UP))
