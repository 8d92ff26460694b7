"""The balance of each channel's older duels: kept, packed, and forgotten when one of those duels changes."""

import io
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import case, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.duel import ContenderId, Place
from bot.standings import Balance, Series
from storage.database import Database
from storage.summaries import EPOCH
from storage.tables import balance, duel, summary

LAYOUT = 1
"""Of what is packed. A balance in another one is none: it is added up anew."""


@dataclass(frozen=True)
class Kept:
    """A channel's balance, and up to when it goes."""

    version: int
    """Goes up whenever a duel that has ended is changed; what was read under another one is outdated."""
    until_us: int | None = None
    balance: Balance = field(default_factory=Balance)


async def kept(database: Database, team: str, room: Place) -> Kept:
    """What is kept of that channel; its row is there from now on."""
    query = select(balance).where(balance.c.team == team, balance.c.room == room)
    async with database.read() as connection:
        row = (await connection.execute(query)).one_or_none()
    if row is None:
        new = database.insert(balance).values(team=team, room=room, version=0)
        async with database.write() as connection:
            await connection.execute(new.on_conflict_do_nothing())
            row = (await connection.execute(query)).one()
    found = None if row.packed is None else unpack(row.packed)
    return Kept(row.version) if found is None else Kept(row.version, row.until_us, found)


async def keep(database: Database, team: str, room: Place, found: Kept) -> None:
    """Keep it, unless something that it was made from has changed since its version was read."""
    row = update(balance).where(
        balance.c.team == team, balance.c.room == room, balance.c.version == found.version
    )
    packed = pack(found.balance)
    async with database.write() as connection:
        await connection.execute(row.values(until_us=found.until_us, packed=packed))


async def disturb(database: Database, connection: AsyncConnection, ids: Collection[str]) -> None:
    """Some of these duels have ended, and are changed or added in this transaction, which ends with this.

    Forgets the balances that hold them, and makes those outdated that are being added up just now.
    """
    ended = (
        select(duel.c.team, duel.c.room, func.min(duel.c.ended_at, type_=duel.c.ended_at.type).label("first"))
        .where(duel.c.id.in_(ids), duel.c.ended_at.is_not(None))
        .group_by(duel.c.team, duel.c.room)
        .order_by(duel.c.team, duel.c.room)  # then nobody waits crosswise
    )
    for row in (await connection.execute(ended)).all():
        holds = balance.c.until_us > microseconds(row.first)
        new = database.insert(balance).values(team=row.team, room=row.room, version=1)
        await connection.execute(
            new.on_conflict_do_update(
                index_elements=["team", "room"],
                set_={
                    "version": balance.c.version + 1,
                    "until_us": case((holds, None), else_=balance.c.until_us),
                    "packed": case((holds, None), else_=balance.c.packed),
                },
            )
        )


async def forget(database: Database, connection: AsyncConnection, ids: Collection[str]) -> None:
    """The answers or ballots of these duels, or why they do not count, are changed in this transaction.

    All that was derived from them is made anew when it is next read.
    """
    await connection.execute(delete(summary).where(summary.c.duel_id.in_(ids)))
    await disturb(database, connection, ids)


def microseconds(moment: datetime) -> int:
    """Since 1970."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def pack(found: Balance) -> bytes:
    """As a compressed archive of NumPy's own, without anything that could be run."""
    out = io.BytesIO()
    said = [(name, *models) for name, models in sorted(found.said.items())]
    columns: dict[str, Any] = {
        "layout": np.array(LAYOUT),
        "series": np.array([(at.contender, at.model) for at in found.series], np.str_).reshape(-1, 2),
        "topics": np.array(found.topics, np.str_),
        "languages": np.array(found.languages, np.str_),
        "people": found.people,
        "sums": np.array([found.duels, found.since, found.until], np.int64),
        "said": np.array(said, np.str_).reshape(-1, 3),
    }
    for name in _TABLES:
        table = getattr(found, name)
        columns |= {f"{name}{at}": _narrow(column) for at, column in enumerate(table.T)}
    np.savez_compressed(out, **columns)
    return out.getvalue()


def unpack(packed: bytes) -> Balance | None:
    """`None` where it is packed in another way."""
    with np.load(io.BytesIO(packed), allow_pickle=False) as at:
        if int(at["layout"]) != LAYOUT:
            return None
        tables = {
            name: np.column_stack([at[f"{name}{column}"].astype(np.int64) for column in range(width)])
            for name, width in _TABLES.items()
        }
        duels, since, until = at["sums"].tolist()
        return Balance(
            series=tuple(Series(ContenderId(name), model) for name, model in at["series"].tolist()),
            topics=tuple(at["topics"].tolist()),
            languages=tuple(at["languages"].tolist()),
            people=at["people"],
            duels=duels,
            since=since,
            until=until,
            said={ContenderId(name): (first, last) for name, first, last in at["said"].tolist()},
            **tables,
        )


_TABLES = {name: getattr(Balance(), name).shape[1] for name in ("kinds", "voters", "answers")}
"""Those of a balance, with how many columns each has."""


def _narrow(column: Any) -> Any:
    """In the smallest type that holds it."""
    low, high = int(column.min(initial=0)), int(column.max(initial=0))
    return column.astype(np.result_type(np.min_scalar_type(low), np.min_scalar_type(high)))
