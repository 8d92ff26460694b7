"""Who goes by another name: somebody who was forgotten, in the duels that were open then, until those end."""

from collections.abc import Callable, Collection, Mapping

from sqlalchemy import and_, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.duel import DuelId, Person
from storage.tables import alias, flag, register

Mask = Callable[[Person], str]
"""A keyed hash of somebody: 32 characters that tell nothing without the key."""
Aliases = Mapping[tuple[str, str], str]
"""Names by duel and mask."""


def nobody(_: Person) -> str:
    """The mask where nobody was ever forgotten."""
    return ""


async def read(connection: AsyncConnection, ids: Collection[DuelId]) -> Aliases:
    """The aliases in these duels: almost always none."""
    rows = await connection.execute(select(alias).where(alias.c.duel_id.in_(sorted(ids))))
    return {(row.duel_id, row.mask): row.voter for row in rows}


def renamed(person: Person, id_: DuelId, known: Aliases, mask: Mask) -> Person:
    """By which name this person goes in that duel."""
    return Person(person.team, known.get((id_, mask(person)), person.user)) if known else person


async def drop(connection: AsyncConnection, id_: DuelId, known: Aliases, mask: Mask) -> None:
    """The duel ends: forget who is who, and what came under the old name meanwhile."""
    if not known:
        return
    for table in (register, flag):
        query = select(table.c.team, table.c.voter).where(table.c.duel_id == id_).distinct()
        for row in (await connection.execute(query)).all():
            if renamed(Person(row.team, row.voter), id_, known, mask).user != row.voter:
                late = and_(table.c.duel_id == id_, table.c.voter == row.voter)
                await connection.execute(delete(table).where(late))
    await connection.execute(delete(alias).where(alias.c.duel_id == id_))
