"""The duels that standings are made of, by team and window."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import Connection, Select, select

from bot.duel import ContenderId, Place, Topic
from bot.standings.record import UNKNOWN, Ints, Record, Series, in_force
from storage import summaries
from storage.database import Database
from storage.tables import duel, summary

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
    ) -> Record:
        """Duels that ended from `since` on and before `until`: of one room, topic, language, or of all."""
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
        return columns.record(since, until)

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


_ENDED: Select[Any] = select(
    *(duel.c.id, duel.c.topic, duel.c.language, summary.c.ended_at_us),
    *(summary.c.side_a, summary.c.side_b, summary.c.model_a, summary.c.model_b),
    *(summary.c.is_void, summary.c.reason, summary.c.answers, summary.c.ballots),
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
        self._words = {name: _Words() for name in ("topic", "language", "contender", "model", "reason")}
        self._pages: list[dict[str, Any]] = []
        self._ballots: list[bytes] = []

    def add(self, page: Collection[Any]) -> None:
        if not page:
            return
        ids, topics, languages, ended_at, *sides, void, reasons, answers, ballots = zip(*page, strict=True)
        side_a, side_b, model_a, model_b = sides
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
                "answer": summaries.answers_of(answers),
            }
        )
        self._ballots += ballots

    def record(self, since: datetime | None, until: datetime | None) -> Record:
        pages = self._pages or [_EMPTY]
        column = {name: np.concatenate([page[name] for page in pages]) for name in _EMPTY}
        answer = column["answer"]
        series, seat = self._series(column)
        duels, voter, choice = summaries.ballots_of(self._ballots)
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
            since=since,
            until=until,
        )

    def _series(self, column: dict[str, Any]) -> tuple[tuple[Series, ...], Ints]:
        """The series there are, in their own order, and (n, 2) which of them sat where."""
        contenders, models = self._words["contender"].all, self._words["model"].all
        model = in_force(column["contender"], column["model"], column["ended_at"])
        codes, seat = np.unique(column["contender"] * (len(models) + 1) + model + 1, return_inverse=True)
        found = [divmod(code, len(models) + 1) for code in codes.tolist()]
        named = [Series(ContenderId(contenders[c]), models[m - 1] if m else "") for c, m in found]
        order = sorted(range(len(named)), key=named.__getitem__)
        return tuple(named[at] for at in order), np.argsort(order).astype(np.int32)[seat].reshape(-1, 2)


_EMPTY: dict[str, Any] = {
    "id": np.empty(0, "S16"),
    **{name: np.empty(0, np.int64) for name in ("ended_at", "topic", "language", "reason")},
    **{name: np.empty((0, 2), np.int32) for name in ("contender", "model")},
    "void": np.empty(0, bool),
    "answer": np.empty((0, 2), summaries.ANSWER),
}
