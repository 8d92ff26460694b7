"""What is looked up for somebody's own page. See `bot.home.Shelf` for what each method promises."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, union

from bot.budgets import Budgets, Limit, Spent
from bot.duel import DuelId, Person, State
from storage import budgets as spending
from storage.database import Database
from storage.digest import LONGEST
from storage.tables import ballot, duel, register


class HomeShelf:
    """`bot.home.Shelf` over SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def duels_of(self, person: Person, now: datetime, most: int) -> Sequence[DuelId]:
        ours = duel.c.team == person.team
        asked = (
            select(duel.c.id)
            .where(ours, duel.c.asker == person.user)
            .order_by(duel.c.asked_at.desc())
            .limit(most)
        )
        voted = (
            select(duel.c.id)
            .join(ballot, ballot.c.duel_id == duel.c.id)
            .where(ours, ballot.c.team == person.team, ballot.c.voter == person.user)
            .order_by(duel.c.asked_at.desc())
            .limit(most)
        )
        voting = (
            select(duel.c.id)
            .join(register, register.c.duel_id == duel.c.id)
            .where(ours, duel.c.state == State.OPEN, duel.c.asked_at > now - LONGEST)
            .where(register.c.team == person.team, register.c.voter == person.user, register.c.is_on)
        )
        each = [select(part.subquery().c.id) for part in (asked, voted, voting)]
        newest = select(duel.c.id).where(duel.c.id.in_(union(*each))).order_by(duel.c.asked_at.desc())
        async with self._database.read() as connection:
            return [DuelId(id_) for id_ in await connection.scalars(newest.limit(most))]

    async def spent(self, limit: Limit, budgets: Budgets, person: Person, now: datetime) -> Spent:
        async with self._database.read() as connection:
            return await spending.spent(connection, limit, budgets, person, now)
