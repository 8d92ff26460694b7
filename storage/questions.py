"""Questions that one contender answers. See `bot.question.Questions` for what each method promises."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, case, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.budgets import Budgets, Estimate, charge
from bot.duel import Answer, ContenderId, Duel, Person, Place, Topic, TopicBy
from bot.errors import UsageError
from bot.jobs import Lease
from bot.question import ASK_JOB, Fate, Question, QuestionId, job_of
from bot.routing import CheaperBy, Choice, Ground
from bot.rules import ANY_RULES
from bot.savings import Routed
from bot.topics import Label
from bot.words import say
from storage import budgets as spending
from storage import jobs
from storage.database import Database
from storage.ledger import answer_fields, answer_of, duel_row, rules_of, rules_row
from storage.tables import duel, job, question, reply


class QuestionTable:
    """`bot.question.Questions` and `bot.savings.Routes` over SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ask(
        self, asked: Question, costs: Mapping[ContenderId, Decimal | None], budgets: Budgets
    ) -> bool:
        row = self._database.insert(question).values(_row(asked)).on_conflict_do_nothing()
        work = self._database.insert(job).values(jobs.new(job_of(asked.id), ASK_JOB, self._database.now()))
        async with self._database.write() as connection:
            await spending.lock(self._database, connection, budgets, asked.asker.team)
            if (await connection.execute(row)).rowcount == 0:
                return False
            nano = await spending.let_in(connection, asked, costs, budgets)
            await connection.execute(update(question).where(question.c.id == asked.id).values(nano_usd=nano))
            await connection.execute(work)
            return True

    async def question(self, id_: QuestionId) -> Question:
        async with self._database.read() as connection:
            row = (await connection.execute(select(question).where(question.c.id == id_))).one_or_none()
        if row is None:
            raise UsageError(
                say("There is no question {id}. Ask a new one: `/ask why is the sky blue?`", id=id_)
            )
        return _question(row)

    async def chosen(
        self, lease: Lease, id_: QuestionId, label: Label, choice: Choice, usd: Decimal | None
    ) -> None:
        values = {**_labelled(label), **asdict(choice), "nano_usd": spending.nano(usd)}
        await self._change(lease, id_, **values)

    async def duel_instead(
        self,
        lease: Lease,
        id_: QuestionId,
        label: Label,
        choice: Choice,
        *,
        instead: Duel,
        estimate: Estimate,
        budgets: Budgets,
    ) -> None:
        row = self._database.insert(duel).values(duel_row(instead))
        work = self._database.insert(job).values(jobs.new(instead.id, "duel", self._database.now()))
        async with self._database.write() as connection:
            await jobs.hold(connection, lease.job)
            await spending.lock(self._database, connection, budgets, instead.asker.team)
            # first, so that it counts no longer: its place is the duel's
            values = {**_labelled(label), **asdict(choice), "fate": Fate.DUELED}
            await _set(connection, id_, **values)
            await connection.execute(row)
            await spending.reserve(self._database, connection, instead, estimate, budgets)
            await connection.execute(work)

    async def announced(self, lease: Lease, id_: QuestionId, place: Place) -> None:
        await self._change(lease, id_, shown_at=place)

    async def reply(self, id_: QuestionId) -> Answer | None:
        async with self._database.read() as connection:
            row = (await connection.execute(select(reply).where(reply.c.question_id == id_))).one_or_none()
        return None if row is None else answer_of(row)

    async def keep_reply(self, lease: Lease, id_: QuestionId, answer: Answer) -> None:
        row = self._database.insert(reply).values(question_id=id_, **answer_fields(answer))
        fate = Fate.ANSWERED if answer.outcome.votable else Fate.FAILED
        usd = charge(answer)
        cost = {} if usd is None else {"nano_usd": spending.nano(usd)}
        async with self._database.write() as connection:
            await jobs.hold(connection, lease.job)
            if (await connection.execute(row.on_conflict_do_nothing())).rowcount:
                await _set(connection, id_, fate=fate, **cost)

    async def fail(self, lease: Lease, id_: QuestionId, why: str) -> None:
        async with self._database.write() as connection:
            await jobs.hold(connection, lease.job)
            fate = case((question.c.fate == Fate.ASKED, Fate.FAILED), else_=question.c.fate)
            await _set(connection, id_, fate=fate, failure=why, reply_to=None)

    async def over(self, lease: Lease, id_: QuestionId) -> None:
        await self._change(lease, id_, reply_to=None)

    async def routed(
        self, team: str, *, room: Place | None = None, since: datetime | None = None, until: datetime
    ) -> Sequence[Routed]:
        where = [question.c.team == team, question.c.asked_at < until, question.c.ground.is_not(None)]
        if since is not None:
            where.append(question.c.asked_at >= since)
        if room is not None:
            where.append(question.c.room == room)
        query = select(*_CHOICE, question.c.fate, reply.c.cost_usd).select_from(
            question.outerjoin(reply, reply.c.question_id == question.c.id)
        )
        async with self._database.read() as connection:
            rows = await connection.execute(query.where(*where))
            return [Routed(_choice(row), Fate(row.fate), row.cost_usd) for row in rows]

    async def _change(self, lease: Lease, id_: QuestionId, **values: Any) -> None:
        async with self._database.write() as connection:
            await jobs.hold(connection, lease.job)
            await _set(connection, id_, **values)


async def _set(connection: AsyncConnection, id_: QuestionId, **values: Any) -> None:
    await connection.execute(update(question).where(question.c.id == id_).values(**values))


_CHOICE = [question.c[field.name] for field in fields(Choice)]


def _labelled(label: Label) -> dict[str, Any]:
    """What was found out of a prompt; a topic that a person said stays theirs."""
    said = question.c.topic_by == TopicBy.PERSON
    return {
        "language": label.language,
        "topic": case((said, question.c.topic), else_=label.topic),
        "topic_by": case((said, question.c.topic_by), else_=label.topic and TopicBy.CLASSIFIER),
    }


def _row(asked: Question) -> dict[str, Any]:
    return {
        "id": asked.id,
        "team": asked.asker.team,
        "asker": asked.asker.user,
        "room": asked.room,
        "prompt": asked.prompt,
        "first": asked.pair[0],
        "second": asked.pair[1],
        "asked_at": asked.asked_at,
        "vote_for_s": int(asked.vote_for.total_seconds()),
        "fate": asked.fate,
        "reply_to": asked.reply_to,
        "topic": asked.topic,
        "topic_by": asked.topic_by,
        **rules_row(asked.rules),
    }


def _question(row: Row[Any]) -> Question:
    return Question(
        id=QuestionId(row.id),
        asker=Person(row.team, row.asker),
        room=Place(row.room),
        prompt=row.prompt,
        pair=(ContenderId(row.first), ContenderId(row.second)),
        asked_at=row.asked_at,
        vote_for=timedelta(seconds=row.vote_for_s),
        fate=Fate(row.fate),
        shown_at=row.shown_at and Place(row.shown_at),
        reply_to=row.reply_to,
        topic=row.topic and Topic(row.topic),
        topic_by=row.topic_by and TopicBy(row.topic_by),
        language=row.language,
        rules=rules_of(row, ANY_RULES),
        choice=None if row.ground is None else _choice(row),
        failure=row.failure,
    )


def _choice(row: Any) -> Choice:
    return Choice(
        chosen=row.chosen and ContenderId(row.chosen),
        other=row.other and ContenderId(row.other),
        ground=Ground(row.ground),
        about=row.about and Topic(row.about),
        cheaper_by=row.cheaper_by and CheaperBy(row.cheaper_by),
        **{name: getattr(row, name) for name in _PLAIN},
    )


_PLAIN = [
    *("won", "lost", "split", "log_e", "threshold", "margin", "in_all", "on_topic"),
    *("usual_usd", "other_usd", "model"),
]
