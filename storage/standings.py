"""The duels that standings are made of, by team and window."""

import asyncio
from collections.abc import AsyncIterator, Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import Connection, Select, select

from bot.duel import ContenderId, Place, Topic
from bot.standings import Balance, together, weigh
from bot.standings.record import UNKNOWN, Ints, Record, Said, Series, in_force
from storage import balances, summaries
from storage.database import Database
from storage.tables import duel, summary

SETTLED = timedelta(days=8)
"""Duels that ended longer ago than this are kept added up; a digest reads those since one by one."""
STEP = 10_000
"""Duels that are added up at a time: what that takes of memory follows them, and not the history."""
NEWEST = 2_000
"""Duels by which speed is judged where there are more."""
PAGE = 5_000
"""Rows that are held as Python objects at a time: as columns they take a tenth of that."""


class StandingsTable:
    """Reads a `Record`, and summarises the duels that nobody has summarised yet."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def teams(self) -> list[str]:
        """Every team that has a duel."""
        async with self._database.read() as connection:
            rows = await connection.execute(select(duel.c.team).distinct().order_by(duel.c.team))
            return list(rows.scalars())

    async def record(
        self,
        team: str,
        *,
        room: Place | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        topic: Topic | None = None,
        language: str | None = None,
        said: Said | None = None,
    ) -> Record:
        """Duels that ended from `since` on and before `until`: of one room, topic, language, or of all.

        `said` is which models were named before all of these.
        """
        where = [duel.c.team == team, duel.c.ended_at.is_not(None)]
        if since is not None:
            where.append(duel.c.ended_at >= since)
        if until is not None:
            where.append(duel.c.ended_at < until)
        asked = ((duel.c.room, room), (duel.c.topic, topic), (duel.c.language, language))
        where += [column == value for column, value in asked if value is not None]
        columns = _Columns()
        missing = await self._read(_ENDED.where(*where), columns)
        for start in range(0, len(missing), summaries.BATCH):
            ids = missing[start : start + summaries.BATCH]
            async with self._database.write() as connection:
                await summaries.write(self._database, connection, ids)
            await self._read(_ENDED.where(duel.c.id.in_(ids)), columns)
        return columns.record(since, until, said or {})

    async def so_far(self, team: str, room: Place, until: datetime) -> tuple[Balance, Record]:
        """All duels of a room that ended before then: added up, and the newest of them.

        What is older than `SETTLED` is kept added up, so that this takes as long as the duels since then, and
        as there are people, pairs and topics; only the first time, and after a change to an old duel, does
        it read them all. Whoever dies over that has read one step in vain, and no more.
        """
        at = await balances.kept(self._database, team, room)
        if at.until_us is not None and at.until_us > balances.microseconds(until):
            at = balances.Kept(at.version)  # somebody asks for a past that is further back
        settled = until - SETTLED
        if at.until_us is None or settled - _moment(at.until_us) >= timedelta(days=1):
            async for step in self._steps(team, room, at, settled):
                at = step
                await balances.keep(self._database, team, room, at)
        async for step in self._steps(team, room, at, until):
            at = step
        newest = await self._nth(team, room, None, until, -NEWEST)
        return at.balance, await self.record(team, room=room, since=newest, until=until)

    async def _steps(
        self, team: str, room: Place, at: balances.Kept, until: datetime
    ) -> AsyncIterator[balances.Kept]:
        """The balance with the duels since, after each step up to then."""
        since = None if at.until_us is None else _moment(at.until_us)
        while since is None or since < until:
            end = await self._nth(team, room, since, until, STEP) or until
            record = await self.record(team, room=room, since=since, until=end, said=at.balance.said)
            sum_ = await asyncio.to_thread(lambda one, more: together(one, weigh(more)), at.balance, record)
            at = replace(at, until_us=balances.microseconds(end), balance=sum_)
            since = end
            yield at

    async def _nth(
        self, team: str, room: Place, since: datetime | None, until: datetime, number: int
    ) -> datetime | None:
        """When the duel of that number ended, counted from the first, or if negative from the last.

        `None` where there are not as many, or where no time passed since `since`.
        """
        at = duel.c.ended_at
        query = (
            select(at)
            .where(duel.c.team == team, duel.c.room == room, at < until)
            .order_by(at if number > 0 else at.desc())
            .offset(abs(number) - (number < 0))
            .limit(1)
        )
        if since is not None:
            query = query.where(at > since)
        async with self._database.read() as connection:
            found: datetime | None = await connection.scalar(query)
        return found

    async def _read(self, query: Select[Any], columns: "_Columns") -> list[str]:
        """Gather what is there, and name the duels that have no summary."""
        missing: list[str] = []

        def gather(connection: Connection) -> None:
            # the driver's own rows: what else is put around each takes as long as the query itself
            with connection.execute(query) as rows:
                while page := rows.cursor.fetchmany(PAGE):
                    missing.extend(row[0] for row in page if row[3] is None)
                    columns.add([row for row in page if row[3] is not None])

        async with self._database.read() as connection:
            await connection.run_sync(gather)
        return missing


def _moment(microseconds: int) -> datetime:
    return summaries.EPOCH + timedelta(microseconds=microseconds)


_ENDED: Select[Any] = select(
    *(duel.c.id, duel.c.topic, duel.c.language, summary.c.ended_at_us),
    *(summary.c.side_a, summary.c.side_b, summary.c.model_a, summary.c.model_b),
    *(summary.c.is_void, summary.c.reason, summary.c.answers, summary.c.ballots, summary.c.chain),
).select_from(duel.outerjoin(summary, summary.c.duel_id == duel.c.id))


class _Words(dict[Any, int]):
    """Numbers for words, in the order in which they come."""

    def __init__(self) -> None:
        super().__init__({None: UNKNOWN})

    def __missing__(self, word: Any) -> int:
        return self.setdefault(word, len(self) - 1)

    def numbers(self, words: Collection[Any]) -> Ints:
        return np.fromiter(map(self.__getitem__, words), np.int32, len(words))

    @property
    def all(self) -> tuple[Any, ...]:
        return tuple(self)[1:]


class _Columns:
    """Pages of rows, as columns."""

    def __init__(self) -> None:
        self._words = {
            name: _Words() for name in ("topic", "language", "contender", "model", "reason", "chain")
        }
        self._pages: list[dict[str, Any]] = []
        self._ballots: list[bytes] = []

    def add(self, page: Collection[Any]) -> None:
        if not page:
            return
        ids, topics, languages, ended_at, *rest, answers, ballots, chains = zip(*page, strict=True)
        side_a, side_b, model_a, model_b, void, reasons = rest
        numbers = {name: words.numbers for name, words in self._words.items()}
        self._pages.append(
            {
                "id": np.array(ids, "S16"),
                "ended_at": np.array(ended_at, np.int64),
                "topic": numbers["topic"](topics),
                "language": numbers["language"](languages),
                "contender": np.stack([numbers["contender"](at) for at in (side_a, side_b)], 1),
                "model": np.stack([numbers["model"](at) for at in (model_a, model_b)], 1),
                "void": np.array(void, bool),
                "reason": numbers["reason"](reasons),
                "chain": numbers["chain"](chains),
                "answer": summaries.answers_of(answers),
            }
        )
        self._ballots += ballots

    def record(self, since: datetime | None, until: datetime | None, before: Said) -> Record:
        pages = self._pages or [_EMPTY]
        column = {name: np.concatenate([page[name] for page in pages]) for name in _EMPTY}
        answer = column["answer"]
        series, seat, said = self._series(column, before)
        duels, voter, choice, people = summaries.ballots_of(self._ballots)
        return Record(
            series=series,
            topics=self._words["topic"].all,
            languages=self._words["language"].all,
            reasons=self._words["reason"].all,
            seat=seat,
            **{name: column[name] for name in ("id", "ended_at", "topic", "language", "void", "reason")},
            **{name: answer[name] for name in summaries.ANSWER.names or ()},
            duel=duels,
            voter=voter,
            choice=choice,
            people=people,
            said=said,
            chain=self._chains(column),
            since=since,
            until=until,
        )

    def _chains(self, column: dict[str, Any]) -> Ints:
        """(n,) the conversation of each: the first round of one names none, and is its name."""
        names = np.array(self._words["chain"].all, "S16")
        chain: Ints = column["chain"].copy()
        if len(names):
            order = np.argsort(names)
            place = np.minimum(np.searchsorted(names[order], column["id"]), len(names) - 1)
            first = names[order][place] == column["id"]
            chain[first] = order[place][first]
        return chain

    def _series(self, column: dict[str, Any], before: Said) -> tuple[tuple[Series, ...], Ints, Said]:
        """The series there are, in their own order, (n, 2) which of them sat where, and what they said."""
        contender, model = self._words["contender"], self._words["model"]
        known = {contender[name]: model[last] for name, (_, last) in before.items() if name in contender}
        seat, said_by = column["contender"], column["model"]
        filled, told = in_force(seat, said_by, column["ended_at"], known)
        contenders, models = contender.all, model.all
        codes, place = np.unique(seat * (len(models) + 1) + filled + 1, return_inverse=True)
        found = [divmod(code, len(models) + 1) for code in codes.tolist()]
        named = [Series(ContenderId(contenders[c]), models[m - 1] if m else "") for c, m in found]
        order = sorted(range(len(named)), key=named.__getitem__)
        seats = np.argsort(order).astype(np.int32)[place].reshape(-1, 2)
        said = {ContenderId(contenders[c]): (models[one], models[last]) for c, (one, last) in told.items()}
        return tuple(named[at] for at in order), seats, said


_EMPTY: dict[str, Any] = {
    "id": np.empty(0, "S16"),
    **{name: np.empty(0, np.int64) for name in ("ended_at", "topic", "language", "reason", "chain")},
    **{name: np.empty((0, 2), np.int32) for name in ("contender", "model")},
    "void": np.empty(0, bool),
    "answer": np.empty((0, 2), summaries.ANSWER),
}
