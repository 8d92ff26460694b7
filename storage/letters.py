"""Letters that wait to be read. See `bot.letters.Letters` for what each method promises."""

import json

from sqlalchemy import delete, select

from bot.duel import Person, Place
from bot.jobs import Lease
from bot.letters import LETTER_JOB, Attachment, Letter
from storage import jobs, tables
from storage.database import Database


class LetterTable:
    """`bot.letters.Letters` over SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, letter: Letter) -> None:
        work = self._database.insert(tables.job).values(jobs.new(letter.id, LETTER_JOB, self._database.now()))
        row = self._database.insert(tables.letter).values(
            id=letter.id,
            team=letter.sender.team,
            sender=letter.sender.user,
            room=letter.room,
            within=letter.within,
            text=letter.text,
            is_quoted=letter.is_quoted,
            files=json.dumps([[file.name, file.address] for file in letter.files]),
            reply_to=letter.reply_to,
        )
        async with self._database.write() as connection:
            if (await connection.execute(work.on_conflict_do_nothing())).rowcount:
                await connection.execute(row.on_conflict_do_nothing())

    async def letter(self, id_: str) -> Letter | None:
        async with self._database.read() as connection:
            found = await connection.execute(select(tables.letter).where(tables.letter.c.id == id_))
            row = found.one_or_none()
        if row is None:
            return None
        return Letter(
            id=row.id,
            sender=Person(row.team, row.sender),
            room=Place(row.room),
            within=row.within and Place(row.within),
            text=row.text,
            is_quoted=row.is_quoted,
            files=tuple(Attachment(*file) for file in json.loads(row.files)),
            reply_to=row.reply_to,
        )

    async def burn(self, lease: Lease) -> None:
        async with self._database.write() as connection:
            await jobs.hold(connection, lease.job)
            await connection.execute(delete(tables.letter).where(tables.letter.c.id == lease.job.id))
