"""Rounds and their threads. See `bot.conversation.Chains` for what each method promises."""

from collections.abc import Sequence

from sqlalchemy import or_, select

from bot.budgets import Budgets, Estimate
from bot.duel import Duel, DuelId, Place, State
from bot.rules import ANY_RULES, Rules
from storage import budgets as spending
from storage import chains, jobs, tables
from storage.database import Database
from storage.ledger import duel_of, duel_row
from storage.tables import duel


class ChainTable:
    """`bot.conversation.Chains` over SQL."""

    def __init__(self, database: Database, house: Rules = ANY_RULES) -> None:
        """`house` are the rules of duels that were asked before they had any of their own."""
        self._database = database
        self._house = house

    async def has(self, id_: DuelId) -> bool:
        async with self._database.read() as connection:
            return await connection.scalar(select(duel.c.id).where(duel.c.id == id_)) is not None

    async def last(self, team: str, thread: Place) -> Duel | None:
        there = or_(duel.c.shown_at == thread, duel.c.within == thread)
        newest = duel.c.asked_at.desc(), duel.c.round.desc()
        query = select(duel).where(duel.c.team == team, there).order_by(*newest).limit(1)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else duel_of(row, self._house)

    async def chain(self, asked: Duel) -> Sequence[Duel]:
        query = select(duel).where(chains.members(asked.id)).order_by(duel.c.round)
        async with self._database.read() as connection:
            return [duel_of(row, self._house) for row in await connection.execute(query)]

    async def go_on(self, asked: Duel, estimate: Estimate, budgets: Budgets) -> bool:
        assert asked.after is not None
        row = self._database.insert(duel).values(duel_row(asked)).on_conflict_do_nothing()
        work = self._database.insert(tables.job).values(jobs.new(asked.id, "duel", self._database.now()))
        before = select(duel.c.state).where(duel.c.id == asked.after).with_for_update()
        async with self._database.write() as connection:
            await spending.lock(self._database, connection, budgets, asked.asker.team)
            await chains.lock(connection, asked.after)
            state = State(await connection.scalar(before) or State.ASKED)
            fits = state.ended if asked.chain is None else state in (State.OPEN, State.CLOSED)
            if not fits or (await connection.execute(row)).rowcount == 0:
                return False
            await spending.reserve(self._database, connection, asked, estimate, budgets)
            await connection.execute(work)
            return True
