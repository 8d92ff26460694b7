"""The ledger of duels, answers and votes. See `bot.arena.Ledger` for what each method promises."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.duel import (
    Answer,
    Bill,
    CloseReason,
    ContenderId,
    Duel,
    DuelId,
    Outcome,
    Person,
    Place,
    Side,
    State,
    Timing,
    Usage,
)
from bot.errors import UsageError
from bot.jobs import Lease
from bot.votes import Choice, Mark, Register
from storage import jobs, tables
from storage.database import Database
from storage.jobs import Now

Registers = dict[tuple[Person, Choice], Register]


class DuelLedger:
    """`bot.arena.Ledger` over SQL."""

    def __init__(self, database: Database, now: Now) -> None:
        self._database = database
        self._now = now

    async def ask(self, duel: Duel) -> bool:
        row = self._database.insert(tables.duel).values(_duel_row(duel)).on_conflict_do_nothing()
        work = self._database.insert(tables.job).values(jobs.new(duel.id, "duel", duel.asked_at))
        async with self._database.write() as connection:
            if (await connection.execute(row)).rowcount == 0:
                return False
            await connection.execute(work)
            return True

    async def duel(self, id_: DuelId) -> Duel:
        async with self._database.read() as connection:
            row = (await connection.execute(select(tables.duel).where(tables.duel.c.id == id_))).one_or_none()
        if row is None:
            raise UsageError(f"There is no duel {id_}. Ask a new one: `/duel why is the sky blue?`")
        return _duel(row)

    async def duel_at(self, team: str, place: Place) -> Duel | None:
        table = tables.duel.c
        async with self._database.read() as connection:
            found = await connection.execute(
                select(tables.duel).where(table.team == team, table.shown_at == place)
            )
            row = found.one_or_none()
        return None if row is None else _duel(row)

    async def answers(self, id_: DuelId) -> dict[Side, Answer]:
        async with self._database.read() as connection:
            rows = await connection.execute(select(tables.answer).where(tables.answer.c.duel_id == id_))
            return {Side(row.side): _answer(row) for row in rows}

    async def keep_answer(self, lease: Lease, id_: DuelId, side: Side, answer: Answer) -> None:
        row = self._database.insert(tables.answer).values(_answer_row(id_, side, answer))
        async with self._database.write() as connection:
            await jobs.hold(connection, lease.job)
            await connection.execute(row.on_conflict_do_nothing())

    async def announced(self, lease: Lease, id_: DuelId, place: Place) -> None:
        await self._change(lease, id_, shown_at=place)

    async def open_vote(self, lease: Lease, id_: DuelId, closes_at: datetime) -> None:
        await self._change(lease, id_, state=State.OPEN, closes_at=closes_at)

    async def move(self, id_: DuelId, marks: Iterable[Mark]) -> Registers:
        marks = list(marks)
        if not marks:
            async with self._database.read() as connection:
                return await self._registers(connection, id_)
        async with self._database.write() as connection:
            for mark in marks:
                await connection.execute(self._upsert(id_, mark))
            return await self._registers(connection, id_)

    def _upsert(self, id_: DuelId, mark: Mark) -> Any:
        """`bot.votes.apply` for one mark, as one statement, so that no two writers can undo each other."""
        new = self._database.insert(tables.register).values(
            duel_id=id_,
            team=mark.voter.team,
            voter=mark.voter.user,
            choice=mark.choice,
            is_on=mark.on,
            marked_at_us=mark.at,
        )
        held, come = tables.register.c, new.excluded
        return new.on_conflict_do_update(
            index_elements=["duel_id", "team", "voter", "choice"],
            set_={"is_on": come.is_on, "marked_at_us": come.marked_at_us},
            where=or_(
                come.marked_at_us > held.marked_at_us,
                and_(come.marked_at_us == held.marked_at_us, come.is_on.is_(False)),
            ),
        )

    async def end_vote(self, id_: DuelId, reason: CloseReason, at: datetime) -> bool:
        table = tables.duel.c
        async with self._database.write() as connection:
            ended = await connection.execute(
                update(tables.duel)
                .where(table.id == id_, table.state == State.OPEN, table.close_reason.is_(None))
                .values(closes_at=at, close_reason=reason)
            )
            await jobs.call(connection, tables.job.c.id == id_, at)
            return ended.rowcount > 0

    async def look_again(self) -> None:
        open_ = select(tables.duel.c.id).where(tables.duel.c.state == State.OPEN)
        async with self._database.write() as connection:
            await jobs.call(connection, tables.job.c.id.in_(open_), self._now())

    async def settle(
        self,
        lease: Lease,
        id_: DuelId,
        *,
        void: str | None = None,
        votes: Mapping[Person, Choice] | None = None,
    ) -> None:
        state = State.REVEALED if void is None else State.VOID
        async with self._database.write() as connection:
            await jobs.hold(connection, lease.job)
            await connection.execute(
                update(tables.duel)
                .where(tables.duel.c.id == id_)
                .values(
                    state=state,
                    void_reason=void,
                    close_reason=func.coalesce(
                        tables.duel.c.close_reason, None if void else CloseReason.TIME
                    ),
                    ended_at=self._now(),
                    reply_to=None,
                )
            )
            for person, choice in (votes or {}).items():
                row = {"duel_id": id_, "team": person.team, "voter": person.user, "choice": choice}
                await connection.execute(
                    self._database.insert(tables.ballot).values(row).on_conflict_do_nothing()
                )

    async def counted(self, id_: DuelId) -> dict[Person, Choice]:
        async with self._database.read() as connection:
            rows = await connection.execute(select(tables.ballot).where(tables.ballot.c.duel_id == id_))
            return {Person(row.team, row.voter): Choice(row.choice) for row in rows}

    async def _change(self, lease: Lease, id_: DuelId, **values: Any) -> None:
        async with self._database.write() as connection:
            await jobs.hold(connection, lease.job)
            await connection.execute(update(tables.duel).where(tables.duel.c.id == id_).values(**values))

    async def _registers(self, connection: AsyncConnection, id_: DuelId) -> Registers:
        query: Select[Any] = select(tables.register).where(tables.register.c.duel_id == id_)
        return {
            (Person(row.team, row.voter), Choice(row.choice)): Register(on=row.is_on, at=row.marked_at_us)
            for row in await connection.execute(query)
        }


def _duel_row(duel: Duel) -> dict[str, Any]:
    return {
        "id": duel.id,
        "team": duel.asker.team,
        "asker": duel.asker.user,
        "room": duel.room,
        "prompt": duel.prompt,
        "side_a": duel.seats[Side.A],
        "side_b": duel.seats[Side.B],
        "asked_at": duel.asked_at,
        "vote_for_s": int(duel.vote_for.total_seconds()),
        "state": duel.state,
        "reply_to": duel.reply_to,
    }


def _duel(row: Row[Any]) -> Duel:
    return Duel(
        id=DuelId(row.id),
        asker=Person(row.team, row.asker),
        room=Place(row.room),
        prompt=row.prompt,
        seats={Side.A: ContenderId(row.side_a), Side.B: ContenderId(row.side_b)},
        asked_at=row.asked_at,
        vote_for=timedelta(seconds=row.vote_for_s),
        state=State(row.state),
        shown_at=row.shown_at and Place(row.shown_at),
        closes_at=row.closes_at,
        close_reason=row.close_reason and CloseReason(row.close_reason),
        void_reason=row.void_reason,
        reply_to=row.reply_to,
    )


def _answer_row(id_: DuelId, side: Side, answer: Answer) -> dict[str, Any]:
    return {
        "duel_id": id_,
        "side": side,
        "contender": answer.contender,
        "text": answer.text.replace("\x00", "\ufffd"),  # PostgreSQL takes no NUL
        "reasoning": answer.reasoning.replace("\x00", "\ufffd"),
        "outcome": answer.outcome,
        "finish_reason": answer.finish_reason,
        "detail": answer.detail,
        "ttft_s": answer.timing.ttft_s,
        "ttfa_s": answer.timing.ttfa_s,
        "total_s": answer.timing.total_s,
        "input_tokens": answer.usage.input_tokens,
        "cached_tokens": answer.usage.cached_tokens,
        "output_tokens": answer.usage.output_tokens,
        "reasoning_tokens": answer.usage.reasoning_tokens,
        "cost_usd": answer.bill.usd,
        "price_id": answer.bill.price_id,
        "input_price": answer.bill.input_price,
        "cache_hit_price": answer.bill.cache_hit_price,
        "output_price": answer.bill.output_price,
        "attempts": answer.attempts,
        "asked_model": answer.asked_model,
        "reported_model": answer.reported_model,
    }


def _answer(row: Row[Any]) -> Answer:
    return Answer(
        contender=ContenderId(row.contender),
        text=row.text,
        outcome=Outcome(row.outcome),
        finish_reason=row.finish_reason,
        detail=row.detail,
        timing=Timing(row.ttft_s, row.ttfa_s, row.total_s),
        usage=Usage(row.input_tokens, row.cached_tokens, row.output_tokens, row.reasoning_tokens),
        bill=Bill(row.cost_usd, row.price_id, row.input_price, row.cache_hit_price, row.output_price),
        attempts=row.attempts,
        asked_model=row.asked_model,
        reported_model=row.reported_model,
        reasoning=row.reasoning,
    )
