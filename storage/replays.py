"""What has become of the duels that a replay asked. See `bot.replay.replay.Shelf`."""

from collections.abc import Collection, Mapping

from sqlalchemy import and_, not_, select

from bot.duel import DuelId, State
from bot.replay.replay import Asked
from storage.database import Database
from storage.tables import duel, job

AT_ONCE = 500
"""Names in one statement."""


class ReplayTable:
    """`bot.replay.replay.Shelf` over SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def asked(self, ids: Collection[DuelId]) -> Mapping[DuelId, Asked]:
        waiting = and_(job.c.id == duel.c.id, job.c.status == "open", job.c.fence == 0)
        query = select(
            *(duel.c.id, duel.c.asked_at, duel.c.state, duel.c.shown_at, duel.c.void_reason),
            not_(job.c.id.is_not(None)).label("taken"),
        ).select_from(duel.outerjoin(job, waiting))
        every, found = list(ids), {}
        async with self._database.read() as connection:
            for start in range(0, len(every), AT_ONCE):
                some = query.where(duel.c.id.in_(every[start : start + AT_ONCE]))
                for row in await connection.execute(some):
                    found[DuelId(row.id)] = Asked(
                        at=row.asked_at,
                        state=State(row.state),
                        shown=row.shown_at is not None,
                        taken=bool(row.taken),
                        void_reason=row.void_reason,
                    )
        return found
