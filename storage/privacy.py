"""What is erased, and what somebody is told of themselves. See `bot.privacy.Files` for what each means."""

from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from typing import Any

from sqlalchemy import ColumnElement, Executable, and_, case, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channel import Starters
from bot.duel import ANONYMOUS, BARRED, DuelId, Person, Side, State
from bot.giveaways import SAYS_WHO, SAYS_WHO_UNQUOTED
from bot.privacy import FORGET_JOB, MINE_JOB, Erased
from bot.question import Fate
from bot.rules import ANY_RULES, Rules, Standing, Voters
from storage import balances
from storage.aliases import Mask
from storage.database import Database
from storage.tables import (
    alias,
    answer,
    ballot,
    channel_settings,
    duel,
    flag,
    job,
    letter,
    question,
    register,
    reply,
)

BATCH = 500
RUNNING = (State.ASKED, State.OPEN)


class PrivacyTable:
    """`bot.privacy.Files` over SQL."""

    def __init__(self, database: Database, mask: Mask, house: Rules = ANY_RULES) -> None:
        """`mask` and `house` are as for `storage.ledger.DuelLedger`."""
        self._database = database
        self._mask = mask
        self._house = house

    async def running(self, person: Person) -> list[DuelId]:
        query = select(duel.c.id).where(*_asked_by(person), _running())
        async with self._database.read() as connection:
            return [DuelId(id_) for id_ in await connection.scalars(query)]

    async def erase(self, person: Person, standing: Standing | None) -> Erased:
        lot = token_hex(12)
        name = ANONYMOUS + lot
        async with self._database.write() as connection:
            barring = await self._barring(connection, person, standing)
            votes = await _rename(connection, person, BARRED + lot, in_=barring)
            votes |= await _rename(connection, person, name)
            await self._give_aliases(connection, person, name, BARRED + lot, barring)
            await connection.execute(delete(job).where(job.c.status == "done", _named_after(person)))
            # in the order in which one becomes the other, and ends: then whatever does so meanwhile is
            # counted here, or erased below, or both
            left = await _erase_letters(connection, person)
            questions = and_(question.c.team == person.team, question.c.asker == person.user)
            for still in (
                select(func.count()).where(questions, question.c.fate == Fate.ASKED),
                select(func.count()).where(*_asked_by(person), _running()),
            ):
                left += await connection.scalar(still) or 0
            ended = select(duel.c.id).where(*_asked_by(person), ~_running())
            asked = set(await connection.scalars(ended))
            quoted = await self._erase_texts(connection, asked, asker=name)
            await _erase_questions(connection, questions, asker=name)
            await _erase_from_settings(connection, person, name)
            closed = and_(duel.c.team == person.team, duel.c.closed_by == person.user)
            await connection.execute(update(duel).where(closed).values(closed_by=name))
            found = Erased(len(asked), len(votes), left)
            # what was derived of these duels holds a hash of each voter, or words of an answer: it is made
            # anew when it is read
            names = sorted(votes | quoted)
            for start in range(0, len(names), BATCH):
                await balances.forget(self._database, connection, names[start : start + BATCH])
            return found

    async def erase_older(self, than: timedelta) -> int:
        now, count = self._database.now(), 0
        old = select(duel.c.id).where(duel.c.erased_at.is_(None), duel.c.ended_at < now - than).limit(BATCH)
        while True:
            async with self._database.write() as connection:
                ids = set(await connection.scalars(old))
                quoted = await self._erase_texts(connection, ids)
                await balances.forget(self._database, connection, quoted)
            count += len(ids)
            if len(ids) < BATCH:
                break
        async with self._database.write() as connection:
            await _erase_questions(
                connection, and_(question.c.asked_at < now - than, question.c.prompt != "")
            )
        return count

    async def drop_requests(self) -> None:
        done = delete(job).where(job.c.status == "done", job.c.kind.in_([FORGET_JOB, MINE_JOB]))
        async with self._database.write() as connection:
            await connection.execute(done)

    async def mine(self, person: Person) -> dict[str, Any]:
        columns = (
            "id",
            "room",
            "prompt",
            "asked_at",
            "ended_at",
            "state",
            "topic",
            "language",
            "round",
            "after",
        )
        asked = (
            select(*(duel.c[name] for name in columns)).where(*_asked_by(person)).order_by(duel.c.asked_at)
        )
        same = (register.c.duel_id, register.c.team, register.c.voter)
        said = (
            select(register, duel.c.room, ballot.c.choice.label("counted"))
            .join(duel, duel.c.id == register.c.duel_id)
            .outerjoin(ballot, and_(*(ballot.c[column.name] == column for column in same)))
            .where(register.c.team == person.team, register.c.voter == person.user)
            .order_by(register.c.marked_at_us)
        )
        names = "id", "room", "prompt", "asked_at", "fate", "topic", "language"
        questions = (
            select(*(question.c[name] for name in names), reply.c.text.label("answer"))
            .outerjoin(reply, reply.c.question_id == question.c.id)
            .where(question.c.team == person.team, question.c.asker == person.user)
            .order_by(question.c.asked_at)
        )
        flagged = (
            select(flag, duel.c.room)
            .join(duel, duel.c.id == flag.c.duel_id)
            .where(flag.c.team == person.team, flag.c.voter == person.user)
            .order_by(flag.c.marked_at_us)
        )
        async with self._database.read() as connection:
            return {
                "duels": [dict(row) for row in (await connection.execute(asked)).mappings()],
                "questions": [dict(row) for row in (await connection.execute(questions)).mappings()],
                "votes": [_vote(row) for row in await connection.execute(said)],
                "flags": [_flag(row) for row in await connection.execute(flagged)],
            }

    async def _barring(
        self, connection: AsyncConnection, person: Person, standing: Standing | None
    ) -> set[str]:
        """The duels that are open and do not count the votes of somebody like that."""
        refuse = [
            voters
            for voters in Voters
            if voters is not Voters.EVERYBODY and (standing is None or not voters.admit(standing))
        ]
        whose = case((duel.c.signs.is_(None), self._house.voters.value), else_=duel.c.voters)
        query = select(duel.c.id).where(duel.c.team == person.team, _running(), whose.in_(refuse))
        return set(await connection.scalars(query))

    async def _give_aliases(
        self, connection: AsyncConnection, person: Person, name: str, barred: str, barring: Collection[str]
    ) -> None:
        """What they do from now on in duels that are open is done under that name: one person, one vote."""
        open_ = select(duel.c.id).where(duel.c.team == person.team, _running())
        rows = [
            {"duel_id": id_, "mask": self._mask(person), "voter": barred if id_ in barring else name}
            for id_ in await connection.scalars(open_)
        ]
        if rows:
            await connection.execute(self._database.insert(alias).on_conflict_do_nothing(), rows)

    async def _erase_texts(self, connection: AsyncConnection, ids: Collection[str], **more: Any) -> set[str]:
        """Gives those whose reason for not counting was changed by it: it had quoted an answer."""
        gone = {"prompt": "", "reply_to": None, "erased_at": self._database.now(), **more}
        await _each(connection, ids, lambda some: update(duel).where(duel.c.id.in_(some)).values(**gone))
        none = {"text": "", "reasoning": "", "detail": ""}
        await _each(
            connection, ids, lambda some: update(answer).where(answer.c.duel_id.in_(some)).values(none)
        )
        quoted: set[str] = set()
        for side in Side:
            quoting = SAYS_WHO.partition("{words}")[0].format(side=side.upper())
            unquoted = update(duel).values(excluded=SAYS_WHO_UNQUOTED.format(side=side.upper()))
            quotes = duel.c.excluded.startswith(quoting, autoescape=True)
            names = sorted(ids)
            for start in range(0, len(names), BATCH):
                some = duel.c.id.in_(names[start : start + BATCH])
                changed = unquoted.where(some, quotes).returning(duel.c.id)
                quoted |= set(await connection.scalars(changed))
        return quoted


async def _rename(
    connection: AsyncConnection, person: Person, name: str, in_: Collection[str] | None = None
) -> set[str]:
    """Put another name on what they voted, in these duels or in all; gives the duels that they voted on."""
    held: set[str] = set()
    for table in (register, ballot, flag):
        theirs = and_(table.c.team == person.team, table.c.voter == person.user)
        if in_ is not None:
            theirs = and_(theirs, table.c.duel_id.in_(in_))
        held |= set(await connection.scalars(select(table.c.duel_id).where(theirs)))
        await connection.execute(update(table).where(theirs).values(voter=name))
    return held


async def _erase_letters(connection: AsyncConnection, person: Person) -> int:
    """Those that wait; gives how many do not: whoever has such a job in hand has read the letter.

    The jobs are locked, so that none of them is taken up meanwhile.
    """
    theirs = and_(letter.c.team == person.team, letter.c.sender == person.user)
    jobs = select(job.c.id, job.c.owner).where(job.c.id.in_(select(letter.c.id).where(theirs)))
    locked = (await connection.execute(jobs.order_by(job.c.id).with_for_update())).all()
    read = [row.id for row in locked if row.owner is not None]
    await connection.execute(delete(letter).where(theirs, letter.c.id.not_in(read)))
    return len(read)


async def _erase_questions(connection: AsyncConnection, which: ColumnElement[bool], **more: Any) -> None:
    """Those that one contender has answered: the texts go, what they cost stays."""
    over = select(question.c.id).where(which, question.c.fate != Fate.ASKED)
    ids = set(await connection.scalars(over))
    gone = update(reply).values(text="", reasoning="", detail="")
    await _each(connection, ids, lambda some: gone.where(reply.c.question_id.in_(some)))
    empty = update(question).values(prompt="", reply_to=None, **more)
    await _each(connection, ids, lambda some: empty.where(question.c.id.in_(some)))


def _asked_by(person: Person) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return duel.c.team == person.team, duel.c.asker == person.user


def _running() -> ColumnElement[bool]:
    return duel.c.state.in_(RUNNING)


def _named_after(person: Person) -> ColumnElement[bool]:
    """Those jobs whose names say who they were for."""
    export = job.c.id.startswith(f"export:{person.team}:{person.user}:", autoescape=True)
    late = and_(
        job.c.id.startswith(f"late:{person.team}:", autoescape=True),
        job.c.id.endswith(f":{person.user}", autoescape=True),
    )
    home = job.c.id.startswith(f"home:{person.team}:{person.user}:", autoescape=True)
    return or_(export, late, home)


async def _erase_from_settings(connection: AsyncConnection, person: Person, name: str) -> None:
    """What they settled for a channel stays, without them."""
    theirs = channel_settings.c.team == person.team
    settled = update(channel_settings).where(theirs, channel_settings.c.settled_by == person.user)
    await connection.execute(settled.values(settled_by=name))
    naming = select(channel_settings.c.room, channel_settings.c.named).where(
        theirs, channel_settings.c.named.contains(person.user, autoescape=True)
    )
    for room, named in list(await connection.execute(naming)):
        rest = ",".join(user for user in named.split(",") if user != person.user)
        # where nobody is left who may start duels there, what the operator says holds again
        starters = channel_settings.c.starters
        else_who = {} if rest else {"starters": case((starters == Starters.NAMED, None), else_=starters)}
        row = update(channel_settings).where(theirs, channel_settings.c.room == room)
        # a form that was opened before would name them again
        revision = channel_settings.c.revision + 1
        await connection.execute(row.values(named=rest, revision=revision, **else_who))


def _vote(row: Any) -> dict[str, Any]:
    return {
        "duel": row.duel_id,
        "channel": row.room,
        "choice": row.choice.removeprefix("secret:"),
        "in_secret": row.choice.startswith("secret:"),
        "on": row.is_on,
        "at": datetime.fromtimestamp(row.marked_at_us / 1e6, UTC),
        "counted": row.counted,
    }


def _flag(row: Any) -> dict[str, Any]:
    return {
        "duel": row.duel_id,
        "channel": row.room,
        "unsafe": row.side,
        "on": row.is_on,
        "at": datetime.fromtimestamp(row.marked_at_us / 1e6, UTC),
    }


async def _each(
    connection: AsyncConnection, ids: Collection[str], statement: Callable[[list[str]], Executable]
) -> None:
    """Carry it out for as many of them at a time as a statement takes."""
    names = sorted(ids)
    for start in range(0, len(names), BATCH):
        await connection.execute(statement(names[start : start + BATCH]))
