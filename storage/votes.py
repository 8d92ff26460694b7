"""The registers of votes and their one writer: many marks, one commit, then each is told."""

import asyncio
import logging
from collections import OrderedDict, defaultdict, deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.booth import LATE_JOB
from bot.duel import CloseReason, DuelId, Person, Place, State
from bot.errors import Stopping, StorageAway
from bot.rules import ANY_RULES, Rules
from bot.votes import Choice, Gesture, Mark, Register, Said, Secret, apply
from storage import aliases, jobs
from storage.aliases import Mask
from storage.database import Database
from storage.tables import duel, job, register

log = logging.getLogger(__name__)

MOST = 500
"""Marks in one commit."""
STOPPING = "This process is ending. Send it again, and another one will take it."
KNOWN = 4096
"""Messages of duels that are kept in mind."""

Registers = dict[tuple[Person, Said], Register]
Message = tuple[str, Place]
"""A message by its team and place."""


async def read(connection: AsyncConnection, id_: DuelId) -> Registers:
    """What a duel's registers hold."""
    query: Select[Any] = select(register).where(register.c.duel_id == id_)
    return {
        (Person(row.team, row.voter), _said(row.choice)): Register(row.is_on, row.marked_at_us, row.rank_us)
        for row in await connection.execute(query)
    }


def _said(value: str) -> Said:
    return Secret(value) if value in tuple(Secret) else Choice(value)


async def move(
    database: Database, marks: Mapping[DuelId, Iterable[Mark]], mask: Mask = aliases.nobody
) -> None:
    """`bot.votes.apply`, whoever else is at it: the marks of many duels in one statement and one commit.

    Those who were forgotten move the registers of the names that they go by since. Once a vote has closed
    only an emoji that was put on since then makes a register, for whoever did it is told; what else still
    comes may be of somebody who was forgotten meanwhile, and only moves those that are there.

    The rows come in the order of their key, so that two writers wait for each other and never crosswise.
    """
    rows = [
        (id_, voter.team, voter.user, mask(voter), choice.value, at.on, at.at, at.rank)
        for id_, made in marks.items()
        for (voter, choice), at in apply({}, made).items()
    ]
    if not rows:
        return
    if database.is_sqlite:
        values = ", ".join(["(?, ?, ?, ?, ?, ?, ?, ?)"] * len(rows))
        given = [value for row in rows for value in row]
        await database.carry_out(_upsert(f"VALUES {values}", _CLOSED_LITE), given)
    else:
        columns = [list(column) for column in zip(*rows, strict=True)]
        await database.carry_out(_upsert(_UNNEST, _CLOSED_POSTGRES), columns)


_UNNEST = """
    SELECT * FROM unnest(
        $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bool[], $7::int8[], $8::int8[]
    )"""

_CLOSED_LITE = "1000000 * CAST(strftime('%s', duel.closes_at) AS INTEGER)"
_CLOSED_POSTGRES = "1000000 * floor(extract(epoch FROM duel.closes_at))"
"""When the vote closed, in microseconds; to the second, since the place's clock is another one."""


def _upsert(rows: str, closed: str) -> str:
    return f"""
        WITH given (duel_id, team, voter, mask, choice, is_on, marked_at_us, rank_us) AS ({rows})
        INSERT INTO register (duel_id, team, voter, choice, is_on, marked_at_us, rank_us)
        SELECT given.duel_id, given.team, coalesce(alias.voter, given.voter),
        choice, is_on, marked_at_us, rank_us
        FROM given JOIN duel ON duel.id = given.duel_id
        LEFT JOIN alias ON alias.duel_id = given.duel_id AND alias.mask = given.mask
        WHERE duel.state IN ('asked', 'open')
        OR (is_on AND choice NOT LIKE 'secret:%' AND marked_at_us >= {closed})
        OR EXISTS (
            SELECT 1 FROM register AS held WHERE held.duel_id = given.duel_id AND held.team = given.team
            AND held.voter = given.voter AND held.choice = given.choice
        )
        ORDER BY 1, 2, 3, 4
        ON CONFLICT (duel_id, team, voter, choice) DO UPDATE
        SET is_on = excluded.is_on, marked_at_us = excluded.marked_at_us, rank_us = excluded.rank_us
        WHERE excluded.marked_at_us > register.marked_at_us
        OR (excluded.marked_at_us = register.marked_at_us AND NOT excluded.is_on)
    """  # noqa: S608 # both are some of those above, and hold only placeholders


async def end(
    database: Database,
    connection: AsyncConnection,
    ids: Collection[DuelId],
    reason: CloseReason,
    by: str | None = None,
) -> bool:
    """Make these votes due to be closed at once, those that are open and not ending; `False` if none is."""
    # the jobs first: whoever settles a duel holds its job, and then the duel
    await connection.execute(select(job.c.id).where(job.c.id.in_(ids)).order_by(job.c.id).with_for_update())
    ended = await connection.execute(
        update(duel)
        .where(duel.c.id.in_(ids), duel.c.state == State.OPEN, duel.c.close_reason.is_(None))
        .values(closes_at=database.now(), close_reason=reason, closed_by=by)
        .returning(duel.c.id)
    )
    found = [row.id for row in ended]
    await jobs.call(connection, job.c.id.in_(found), database.now())
    return bool(found)


_CARRIED: Select[Any] = select(duel.c.id, duel.c.team, duel.c.shown_at, duel.c.signs, duel.c.quorum)


@dataclass(frozen=True)
class _Carried:
    """What a message carries: a duel, and what of its rules concerns a vote."""

    id: DuelId
    signs: tuple[str, ...]
    quorum: int | None

    def marks(self, said: Iterable[Mark | Gesture]) -> list[Mark]:
        read = (each.read(self.signs) if isinstance(each, Gesture) else each for each in said)
        return [mark for mark in read if mark is not None]


@dataclass(eq=False)
class _Waiting:
    message: Message
    said: tuple[Mark | Gesture, ...]
    written: asyncio.Future[bool]


class Poll:
    """The one way in for votes: whoever calls `put` waits until their mark is committed, with many others."""

    def __init__(self, database: Database, house: Rules = ANY_RULES, mask: Mask = aliases.nobody) -> None:
        """`house` are the rules of duels that were asked before they had any of their own, `mask` tells who
        goes by another name since they were forgotten.
        """
        self._mask = mask
        self._database = database
        self._house = house
        self._waiting: deque[_Waiting] = deque()
        self._group: list[_Waiting] = []
        self.writing: asyncio.Task[None] | None = None
        """The task that writes what waits, while there is something."""
        self._known: OrderedDict[Message, _Carried] = OrderedDict()
        self._closed = False

    async def put(self, team: str, place: Place, *said: Mark | Gesture) -> bool:
        if self._closed:
            raise Stopping(STOPPING)
        waiting = _Waiting((team, place), said, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if self.writing is None:
            self.writing = asyncio.create_task(self._write())
            self.writing.add_done_callback(self._ended)
        return await waiting.written

    async def close(self) -> None:
        """Take no more, and write what is waiting."""
        self._closed = True
        if self.writing is not None:
            await self.writing

    async def _write(self) -> None:
        while self._waiting:
            self._group = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
            await self._settle(self._group)
        self.writing = None

    def _ended(self, writing: asyncio.Task[None]) -> None:
        """Let nobody hang where the writer was cancelled, perhaps before it had begun."""
        if writing.cancelled() or writing.exception():
            for left in (*self._group, *self._waiting):
                _fail(left, Stopping(STOPPING))
            self._waiting.clear()
            self.writing = None

    async def _settle(self, group: list[_Waiting]) -> None:
        """Commit a group and tell each; if that fails, one by one, so that a bad mark fails alone."""
        try:
            due = await self._commit(group)
        except Exception as error:
            for waiting in group:
                self._known.pop(waiting.message, None)  # perhaps the duel is no more
            if len(group) == 1 or isinstance(
                error, StorageAway
            ):  # then each alone would fail too, and slowly
                for waiting in group:
                    _fail(waiting, error)
                return
            log.warning("%d votes could not be written together, so one by one: %s", len(group), error)
            for waiting in group:
                await self._settle([waiting])
        else:
            for waiting in group:
                if not waiting.written.done():
                    waiting.written.set_result(waiting.message in due)

    async def _commit(self, group: list[_Waiting]) -> set[Message]:
        """Write a group down; those messages with work to do: a quorum may be there, or somebody is late."""
        duels = await self._duels({waiting.message for waiting in group})
        marks: defaultdict[_Carried, list[Mark]] = defaultdict(list)
        for waiting in group:
            if (carried := duels.get(waiting.message)) is not None and (made := carried.marks(waiting.said)):
                marks[carried].extend(made)
        if not marks:
            return set()
        named = {carried.id: each for carried, each in marks.items()}
        await move(self._database, named, self._mask)
        due = await self._receive_late(named)
        quorums = {carried.id: carried.quorum for carried in marks if carried.quorum is not None}
        due |= await self._call_full(quorums) if quorums else set()
        return {message for message, carried in duels.items() if carried.id in due}

    async def _receive_late(self, marks: Mapping[DuelId, Iterable[Mark]]) -> set[DuelId]:
        """Whoever has put an emoji on after the reveal is to be told, once for each person and duel.

        Asked after the commit: a vote that the reveal has not counted finds the duel closed or revealed.
        """
        ids = sorted(marks)
        if self._database.is_sqlite:
            query = _closed(f"IN ({', '.join('?' * len(ids))})", _CLOSED_LITE)
            rows = await self._database.fetch(query, ids)
        else:
            rows = await self._database.fetch(_closed("= ANY ($1::text[])", _CLOSED_POSTGRES), [ids])
        ended = {DuelId(id_): int(closed or 0) for id_, closed in rows}
        late = {
            f"{LATE_JOB}:{mark.voter.team}:{id_}:{mark.voter.user}"
            for id_ in ended
            for mark in marks[id_]
            if mark.on and isinstance(mark.choice, Choice) and mark.at >= ended[id_]
        }
        if not late:
            return set()
        told = [jobs.new(id_, LATE_JOB, self._database.now()) for id_ in sorted(late)]
        async with self._database.write() as connection:
            await connection.execute(self._database.insert(job).values(told).on_conflict_do_nothing())
        return set(ended)

    async def _duels(self, messages: set[Message]) -> dict[Message, _Carried]:
        """Which of these messages carry a duel. That one carries none is not kept in mind: it soon may."""
        found = {message: self._known[message] for message in messages if message in self._known}
        if unknown := messages - found.keys():
            carried = tuple_(duel.c.team, duel.c.shown_at).in_(sorted(unknown))
            async with self._database.read() as connection:
                rows: Iterable[Row[Any]] = await connection.execute(_CARRIED.where(carried))
                found |= {(row.team, Place(row.shown_at)): self._carried(row) for row in rows}
        for message, at in found.items():
            self._known[message] = at
            self._known.move_to_end(message)
        while len(self._known) > KNOWN:
            self._known.popitem(last=False)
        return found

    def _carried(self, row: Row[Any]) -> _Carried:
        if row.signs is None:
            return _Carried(DuelId(row.id), self._house.signs, self._house.quorum)
        return _Carried(DuelId(row.id), tuple(row.signs.split(",")), row.quorum)

    async def _call_full(self, quorums: Mapping[DuelId, int]) -> set[DuelId]:
        """Make those that may have their quorum due to be looked at: their job tells people from bots.

        Counted after the commit: of two processes whose votes make the quorum together, the later sees both.
        """
        people = (
            select(register.c.duel_id, register.c.team, register.c.voter)
            .join(duel, duel.c.id == register.c.duel_id)
            .where(register.c.duel_id.in_(sorted(quorums)), register.c.is_on)
            .where(duel.c.state == State.OPEN, duel.c.close_reason.is_(None))
            .distinct()
            .subquery()
        )
        counted = select(people.c.duel_id, func.count()).group_by(people.c.duel_id)
        async with self._database.read() as connection:
            rows = await connection.execute(counted)
            full = {DuelId(id_) for id_, count in rows if count >= quorums[DuelId(id_)]}
        if full:
            async with self._database.write() as connection:
                await jobs.call(connection, job.c.id.in_(sorted(full)), self._database.now())
        return full


def _closed(which: str, closed: str) -> str:
    return (
        f"SELECT id, {closed} FROM duel WHERE id {which} "  # noqa: S608 # only placeholders
        "AND state IN ('revealed', 'closed') AND void_reason IS NULL"
    )


def _fail(waiting: _Waiting, error: Exception) -> None:
    if not waiting.written.done():  # whoever asked may have left
        waiting.written.set_exception(error)
