"""The ledger of duels, answers and votes. See `bot.ledger.Ledger` for what each method promises."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, case, func, select, update

from bot.budgets import NO_BUDGETS, NOTHING, Budgets, Estimate
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
    Topic,
    TopicBy,
    Usage,
)
from bot.errors import UsageError
from bot.jobs import Lease
from bot.rules import ANY_RULES, Rules, Voters
from bot.topics import Label
from bot.votes import Choice, Mark, apply
from bot.words import say
from storage import again, aliases, balances, chains, jobs, tables, votes
from storage import budgets as spending
from storage.aliases import Mask
from storage.database import Database
from storage.votes import Registers


class DuelLedger:
    """`bot.ledger.Ledger` over SQL."""

    def __init__(self, database: Database, house: Rules = ANY_RULES, mask: Mask = aliases.nobody) -> None:
        """`house` are the rules of duels that were asked before they had any of their own, `mask` tells who
        goes by another name since they were forgotten.
        """
        self._database = database
        self._house = house
        self._mask = mask

    async def ask(self, duel: Duel, estimate: Estimate = NOTHING, budgets: Budgets = NO_BUDGETS) -> bool:
        row = self._database.insert(tables.duel).values(duel_row(duel)).on_conflict_do_nothing()
        work = self._database.insert(tables.job).values(jobs.new(duel.id, "duel", self._database.now()))
        async with self._database.write() as connection:
            await spending.lock(self._database, connection, budgets, duel.asker.team)
            if (await connection.execute(row)).rowcount == 0:
                return False
            await spending.reserve(self._database, connection, duel, estimate, budgets)
            await connection.execute(work)
            return True

    async def ask_again(
        self, duel: Duel, estimate: Estimate, budgets: Budgets, *, failed: Collection[Side]
    ) -> bool:
        async with self._database.write() as connection:
            return await again.reopen(self._database, connection, duel, estimate, budgets, failed=failed)

    async def duel(self, id_: DuelId) -> Duel:
        async with self._database.read() as connection:
            row = (await connection.execute(select(tables.duel).where(tables.duel.c.id == id_))).one_or_none()
        if row is None:
            raise UsageError(
                say("There is no duel {id}. Ask a new one: `/duel why is the sky blue?`", id=id_)
            )
        return duel_of(row, self._house)

    async def answers(self, id_: DuelId) -> dict[Side, Answer]:
        async with self._database.read() as connection:
            rows = await connection.execute(select(tables.answer).where(tables.answer.c.duel_id == id_))
            return {Side(row.side): answer_of(row) for row in rows}

    async def keep_answer(self, lease: Lease, id_: DuelId, side: Side, answer: Answer) -> None:
        row = self._database.insert(tables.answer).values(answer_row(id_, side, answer))
        async with self._database.write() as connection:
            await jobs.hold(connection, lease.job)
            if (await connection.execute(row.on_conflict_do_nothing())).rowcount:
                await spending.settle(self._database, connection, id_, side, answer)

    async def label(self, lease: Lease, id_: DuelId, label: Label) -> None:
        said = tables.duel.c.topic_by == TopicBy.PERSON
        by = label.topic and TopicBy.CLASSIFIER
        await self._change(
            lease,
            id_,
            language=func.coalesce(tables.duel.c.language, label.language),
            topic=case((said, tables.duel.c.topic), else_=label.topic),
            topic_by=case((said, tables.duel.c.topic_by), else_=by),
        )

    async def topic_said(self, id_: DuelId, topic: Topic) -> None:
        async with self._database.write() as connection:
            await connection.execute(
                update(tables.duel)
                .where(tables.duel.c.id == id_)
                .values(topic=topic, topic_by=TopicBy.PERSON)
            )
            await balances.disturb(self._database, connection, [id_])

    async def cancel(self, id_: DuelId) -> bool:
        now = self._database.now()
        asked = update(tables.duel).where(tables.duel.c.id == id_, tables.duel.c.state == State.ASKED)
        async with self._database.write() as connection:
            await jobs.call(connection, tables.job.c.id == id_, now)
            cancelled = asked.values(cancelled_at=func.coalesce(tables.duel.c.cancelled_at, now))
            return (await connection.execute(cancelled)).rowcount > 0

    async def announced(self, lease: Lease, id_: DuelId, place: Place) -> None:
        await self._change(lease, id_, shown_at=place)

    async def open_vote(
        self, lease: Lease, id_: DuelId, closes_at: datetime, *, excluded: str | None = None
    ) -> None:
        async with self._database.write() as connection:
            await jobs.hold(connection, lease.job)
            await connection.execute(
                update(tables.duel)
                .where(tables.duel.c.id == id_, tables.duel.c.cancelled_at.is_(None))
                .values(
                    state=State.OPEN,
                    closes_at=closes_at,
                    excluded=func.coalesce(tables.duel.c.excluded, excluded),
                )
            )
            if excluded is not None:
                await chains.spoil(connection, id_)

    async def registers(self, id_: DuelId) -> Registers:
        async with self._database.read() as connection:
            found, known = await votes.read(connection, id_), await aliases.read(connection, [id_])
        if not known:
            return found
        # what was on its way while somebody was being forgotten may stand under the name that they had
        return apply(
            {},
            (
                Mark(aliases.renamed(who, id_, known, self._mask), said, on=at.on, at=at.at, rank=at.rank)
                for (who, said), at in found.items()
            ),
        )

    async def move(self, id_: DuelId, marks: Iterable[Mark]) -> Registers:
        await votes.move(self._database, {id_: marks})
        return await self.registers(id_)

    async def known_as(
        self, id_: DuelId, seen: Iterable[tuple[Person, Choice]]
    ) -> set[tuple[Person, Choice]]:
        async with self._database.read() as connection:
            known = await aliases.read(connection, [id_])
        return {(aliases.renamed(person, id_, known, self._mask), choice) for person, choice in seen}

    async def introduce(self, lease: Lease, duel: Duel) -> bool:
        row = self._database.insert(tables.introduction).values(
            team=duel.asker.team, room=duel.room, duel_id=duel.id
        )
        unseen = select(tables.duel.c.id).where(
            tables.duel.c.state == State.VOID, tables.duel.c.shown_at.is_(None)
        )
        again = row.on_conflict_do_update(
            index_elements=["team", "room"],
            set_={"duel_id": duel.id},
            where=tables.introduction.c.duel_id.in_(unseen),
        )
        async with self._database.write() as connection:
            await jobs.hold(connection, lease.job)
            await connection.execute(again)
        return await self.introduces(duel)

    async def introduces(self, duel: Duel) -> bool:
        table = tables.introduction
        told = select(table.c.duel_id).where(table.c.team == duel.asker.team, table.c.room == duel.room)
        async with self._database.read() as connection:
            return bool(await connection.scalar(told) == duel.id)

    async def end_vote(self, id_: DuelId, reason: CloseReason, by: Person | None = None) -> bool:
        user = None if by is None else by.user
        async with self._database.write() as connection:
            return await votes.end(self._database, connection, [id_], reason, user)

    async def look_again(self) -> None:
        open_ = select(tables.duel.c.id).where(tables.duel.c.state == State.OPEN)
        async with self._database.write() as connection:
            await jobs.call(connection, tables.job.c.id.in_(open_), self._database.now())

    async def settle(
        self,
        lease: Lease,
        id_: DuelId,
        *,
        void: str | None = None,
        counted: Mapping[Person, Choice] | None = None,
        used: Estimate = NOTHING,
    ) -> None:
        async with self._database.write() as connection:
            await chains.lock(connection, id_)
            await jobs.hold(connection, lease.job)
            ended = await connection.execute(
                update(tables.duel)
                .where(tables.duel.c.id == id_, tables.duel.c.state.in_([State.ASKED, State.OPEN]))
                .values(
                    state=State.CLOSED,
                    void_reason=void,
                    close_reason=func.coalesce(
                        tables.duel.c.close_reason, None if void else CloseReason.TIME
                    ),
                    reply_to=None,
                )
            )
            known = await aliases.read(connection, [id_])
            if ended.rowcount:
                await spending.used(connection, id_, used)
            if counted and ended.rowcount:
                names = {aliases.renamed(who, id_, known, self._mask): at for who, at in counted.items()}
                rows = [
                    {"duel_id": id_, "team": person.team, "voter": person.user, "choice": choice}
                    for person, choice in names.items()
                ]
                await connection.execute(self._database.insert(tables.ballot).on_conflict_do_nothing(), rows)
            await aliases.drop(connection, id_, known, self._mask)
            await chains.end(self._database, connection, id_)

    async def counted(self, id_: DuelId) -> dict[Person, Choice]:
        async with self._database.read() as connection:
            rows = await connection.execute(select(tables.ballot).where(tables.ballot.c.duel_id == id_))
            return {Person(row.team, row.voter): Choice(row.choice) for row in rows}

    async def _change(self, lease: Lease, id_: DuelId, **values: Any) -> None:
        async with self._database.write() as connection:
            await jobs.hold(connection, lease.job)
            await connection.execute(update(tables.duel).where(tables.duel.c.id == id_).values(**values))


def duel_row(duel: Duel) -> dict[str, Any]:
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
        "within": duel.within,
        "topic": duel.topic,
        "topic_by": duel.topic_by,
        "language": duel.language,
        "excluded": duel.excluded,
        "round": duel.round,
        "after": duel.after,
        "chain": duel.chain,
        **rules_row(duel.rules),
    }


def rules_row(rules: Rules) -> dict[str, Any]:
    return {
        "signs": ",".join(rules.signs) or None,
        "quorum": rules.quorum,
        "system_prompt": rules.system,
        "voters": rules.voters,
        "anyone_reveals": rules.anyone_reveals,
        "members_only": rules.members_only,
    }


def rules_of(row: Row[Any], house: Rules) -> Rules:
    if row.signs is None:
        return house
    return Rules(
        signs=tuple(row.signs.split(",")),
        quorum=row.quorum,
        system=row.system_prompt,
        voters=Voters(row.voters),
        anyone_reveals=row.anyone_reveals,
        members_only=row.members_only,
    )


def duel_of(row: Row[Any], house: Rules = ANY_RULES) -> Duel:
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
        closed_by=row.closed_by and Person(row.team, row.closed_by),
        void_reason=row.void_reason,
        reply_to=row.reply_to,
        within=row.within and Place(row.within),
        topic=row.topic and Topic(row.topic),
        topic_by=row.topic_by and TopicBy(row.topic_by),
        language=row.language,
        excluded=row.excluded,
        rules=rules_of(row, house),
        is_cancelled=row.cancelled_at is not None,
        round=row.round,
        after=row.after and DuelId(row.after),
        chain=row.chain and DuelId(row.chain),
    )


def answer_row(id_: DuelId, side: Side, answer: Answer) -> dict[str, Any]:
    return {"duel_id": id_, "side": side, **answer_fields(answer)}


def answer_fields(answer: Answer) -> dict[str, Any]:
    return {
        "contender": answer.contender,
        "text": answer.text,
        "reasoning": answer.reasoning,
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


def answer_of(row: Row[Any]) -> Answer:
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
