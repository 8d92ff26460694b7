"""What channels have settled for themselves. See `bot.channel.Channels` for what each method promises."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Row, and_, or_, select

from bot.channel import ChannelSettings, Settled, Starters
from bot.digest import Schedule
from bot.duel import ContenderId, Person, Place
from bot.rules import Voters
from bot.words import Language
from storage import digest
from storage.database import Database
from storage.tables import channel_settings as table


class ChannelTable:
    """`bot.channel.Channels` over SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def settled(self, team: str, room: Place) -> Settled:
        query = select(table).where(table.c.team == team, table.c.room == room)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).one_or_none()
        return Settled() if row is None else Settled(_settings(row), row.revision)

    async def settle(
        self,
        person: Person,
        room: Place,
        wanted: ChannelSettings,
        schedule: Schedule | None,
        *,
        since: int,
        form: str,
        content: str,
    ) -> bool:
        key = f"{form}:{content}"
        values = _row(wanted) | {"settled_by": person.user, "request": key}
        row = self._database.insert(table).values(team=person.team, room=room, revision=since + 1, **values)
        own = and_(table.c.request.startswith(f"{form}:", autoescape=True), table.c.request != key)
        kept = row.on_conflict_do_update(
            index_elements=["team", "room"],
            set_={"revision": table.c.revision + 1, **values},
            where=or_(table.c.revision == since, own),
        )
        before = select(table.c.request).where(table.c.team == person.team, table.c.room == room)
        async with self._database.write() as connection:
            if (await connection.execute(kept)).rowcount == 0:
                return bool(await connection.scalar(before) == key)
            if schedule is not None:
                await digest.keep(self._database, connection, schedule)
            return True


def _row(wanted: ChannelSettings) -> dict[str, Any]:
    first, second = wanted.pair or (None, None)
    return {
        "first": first,
        "second": second,
        "system_prompt": wanted.system,
        "signs": wanted.signs and ",".join(wanted.signs),
        "vote_for_s": wanted.vote_for and int(wanted.vote_for.total_seconds()),
        "quorum": wanted.quorum,
        "starters": wanted.starters,
        "named": ",".join(wanted.named),
        "voters": wanted.voters,
        "anyone_reveals": wanted.anyone_reveals,
        "duels_a_day": wanted.duels_a_day,
        "usd_a_day": wanted.usd_a_day,
        "language": wanted.language,
    }


def _settings(row: Row[Any]) -> ChannelSettings:
    return ChannelSettings(
        pair=row.first and (ContenderId(row.first), ContenderId(row.second)),
        system=row.system_prompt,
        signs=row.signs and tuple(row.signs.split(",")),
        vote_for=row.vote_for_s and timedelta(seconds=row.vote_for_s),
        quorum=row.quorum,
        starters=row.starters and Starters(row.starters),
        named=tuple(row.named.split(",")) if row.named else (),
        voters=row.voters and Voters(row.voters),
        anyone_reveals=row.anyone_reveals,
        duels_a_day=row.duels_a_day,
        usd_a_day=row.usd_a_day,
        language=row.language and Language(row.language),
    )
