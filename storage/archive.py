"""Duels that have ended, on their way out or in, as `bot.exchange.commands.Archive` promises."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.duel import DuelId, Person, Side, State
from bot.exchange.entry import Entry
from bot.votes import Choice
from storage import balances, tables
from storage.database import Database
from storage.ledger import answer_of, answer_row, duel_of, duel_row

PAGE = 500
"""Duels that are held at once."""


class DuelArchive:
    """`bot.exchange.commands.Archive` over SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ended(
        self, *, team: str | None, room: str | None, since: datetime | None, until: datetime | None
    ) -> AsyncIterator[Entry]:
        duel = tables.duel.c
        wanted = [
            duel.state.in_([State.REVEALED, State.VOID]),
            *([duel.team == team] if team is not None else []),
            *([duel.room == room] if room is not None else []),
            *([duel.asked_at >= since] if since is not None else []),
            *([duel.asked_at < until] if until is not None else []),
        ]
        after: list[Any] = []
        while True:
            page = select(tables.duel).where(*wanted, *after).order_by(duel.asked_at, duel.id).limit(PAGE)
            async with self._database.read() as connection:
                found = (await connection.execute(page)).all()
                entries = await _entries(connection, found)
            for one in entries:
                yield one
            if len(found) < PAGE:
                return
            after = [tuple_(duel.asked_at, duel.id) > (found[-1].asked_at, found[-1].id)]

    async def add(self, entries: Sequence[Entry]) -> int:
        async with self._database.write() as connection:
            return await self._add(connection, entries)

    async def _add(self, connection: AsyncConnection, entries: Sequence[Entry]) -> int:
        duels = self._database.insert(tables.duel).values([_duel_row(one) for one in entries])
        added = await connection.execute(duels.on_conflict_do_nothing().returning(tables.duel.c.id))
        new = set(added.scalars())
        fresh = [one for one in entries if one.duel.id in new]
        answers = [
            answer_row(one.duel.id, side, answer) for one in fresh for side, answer in one.answers.items()
        ]
        ballots = [
            {"duel_id": one.duel.id, "team": person.team, "voter": person.user, "choice": choice}
            for one in fresh
            for person, choice in one.votes.items()
        ]
        if answers:
            await connection.execute(self._database.insert(tables.answer), answers)
        if ballots:
            await connection.execute(self._database.insert(tables.ballot), ballots)
        await balances.disturb(self._database, connection, new)
        return len(new)


async def _entries(connection: AsyncConnection, rows: Sequence[Row[Any]]) -> list[Entry]:
    ids = [row.id for row in rows]
    answers: dict[str, dict[Side, Any]] = {}
    votes: dict[str, dict[Person, Choice]] = {}
    for row in await connection.execute(select(tables.answer).where(tables.answer.c.duel_id.in_(ids))):
        answers.setdefault(row.duel_id, {})[Side(row.side)] = answer_of(row)
    for row in await connection.execute(select(tables.ballot).where(tables.ballot.c.duel_id.in_(ids))):
        votes.setdefault(row.duel_id, {})[Person(row.team, row.voter)] = Choice(row.choice)
    return [
        Entry(duel_of(row), row.ended_at, answers.get(row.id, {}), votes.get(DuelId(row.id), {}))
        for row in rows
    ]


def _duel_row(entry: Entry) -> dict[str, Any]:
    duel = entry.duel
    return duel_row(duel) | {
        "close_reason": duel.close_reason,
        "void_reason": duel.void_reason,
        "ended_at": entry.ended_at,
    }
