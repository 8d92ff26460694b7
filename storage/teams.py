"""Which teams have let us in. See `bot.teams.Registry` for what each method promises."""

import hmac
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

from sqlalchemy import and_, case, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.duel import DuelId, State
from bot.jobs import Lease
from bot.teams import TEAM_JOB, Installation
from storage import aliases, balances, jobs, tables
from storage.aliases import Mask
from storage.database import Database
from storage.keyring import Keyring
from storage.tables import duel, install_state, installation, job

LEFT = "Duel was removed from this workspace."
SAME_SECOND = timedelta(seconds=1)
"""When a team left is told in whole seconds."""
PAGE = 500
"""Duels that are forgotten in one transaction."""


class TeamTable:
    """`bot.teams.Registry` over SQL; tokens are encrypted."""

    def __init__(self, database: Database, keyring: Keyring, mask: Mask = aliases.nobody) -> None:
        """`mask` tells who goes by another name since they were forgotten."""
        self._database = database
        self._keyring = keyring
        self._mask = mask

    async def keep(self, made: Installation, since: datetime) -> None:
        values: dict[str, Any] = {
            "name": made.name,
            "token": self._keyring.lock(made.token),
            "me": made.me,
            "bot": made.bot,
            "scopes": made.scopes,
            "since": since,
            "left_at": None,
        }
        row = self._database.insert(installation).values(team=made.team, **values)
        async with self._database.write() as connection:
            await connection.execute(row.on_conflict_do_update(index_elements=["team"], set_=values))

    async def find(self, team: str) -> Installation | None:
        query = select(installation).where(installation.c.team == team, installation.c.token.is_not(None))
        async with self._database.read() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            return None
        token = self._keyring.unlock(row.token)
        return Installation(row.team, row.name, token, row.me, row.bot, row.scopes)

    async def leave(self, team: str, at: datetime, forget_after: timedelta) -> bool:
        gone = (
            update(installation)
            .where(
                installation.c.team == team,
                installation.c.token.is_not(None),
                installation.c.since < at + SAME_SECOND,
            )
            .values(token=None, left_at=at)
        )
        unfinished = duel.c.team == team, duel.c.state.in_([State.ASKED, State.OPEN, State.CLOSED])
        voted = and_(duel.c.state == State.CLOSED, duel.c.void_reason.is_(None))
        why = case((voted, None), else_=func.coalesce(duel.c.void_reason, LEFT))
        end = case((voted, State.REVEALED.value), else_=State.VOID.value)
        now = self._database.now()
        forgetting = self._database.insert(job).values(
            jobs.new(_forgetting(team, at), TEAM_JOB, now + forget_after)
        )
        async with self._database.write() as connection:
            if (await connection.execute(gone)).rowcount == 0:
                return False
            # the jobs first: whoever settles a duel holds its job, and then the duel
            ids = select(duel.c.id).where(*unfinished)
            held = select(job.c.id).where(job.c.id.in_(ids)).order_by(job.c.id).with_for_update()
            found = list(await connection.scalars(held))
            ended = await connection.execute(
                update(duel)
                .where(*unfinished)
                .values(state=end, void_reason=why, ended_at=now, reply_to=None)
                .returning(duel.c.id)
            )
            over = [DuelId(id_) for id_ in ended.scalars()]
            known = await aliases.read(connection, over)
            for id_ in sorted({DuelId(id_) for id_, _ in known}):
                await aliases.drop(connection, id_, known, self._mask)
            await balances.disturb(self._database, connection, over)
            await jobs.call(connection, job.c.id.in_(found), now)
            await connection.execute(forgetting.on_conflict_do_nothing())
            return True

    async def forget(self, lease: Lease) -> None:
        team = _leaver(lease)[0]
        page = select(duel.c.id).where(duel.c.team == team).limit(PAGE)
        while True:
            async with self._database.write() as connection:
                if not await _is_gone(connection, lease):
                    return
                ids = list(await connection.scalars(page))
                await connection.execute(delete(job).where(job.c.id.in_(ids)))
                await connection.execute(delete(duel).where(duel.c.team == team, duel.c.id.in_(ids)))
            if len(ids) < PAGE:
                break
        async with self._database.write() as connection:
            if not await _is_gone(connection, lease):
                return
            # whatever has a team, what was added after this was written included; what hangs on it goes along
            for table in reversed(tables.metadata.sorted_tables):
                if "team" in table.c:
                    await connection.execute(delete(table).where(table.c.team == team))
            # and those jobs whose names tell of it, and of people; this one has still to be ended
            told = job.c.id.contains(f":{team}:", autoescape=True)
            await connection.execute(delete(job).where(told, job.c.id != lease.job.id))

    async def renew_keys(self) -> int:
        """Put every token under the newest key; how many were not. Raises `SettingsError`."""
        query = (
            select(installation.c.team, installation.c.token)
            .where(installation.c.token.is_not(None))
            .order_by(installation.c.team)
            .with_for_update()  # a team that comes back meanwhile brings a newer token
        )
        async with self._database.write() as connection:
            found = [(row.team, self._keyring.renewed(row.token)) for row in await connection.execute(query)]
            changed = {team: token for team, token in found if token is not None}
            for team, token in changed.items():
                await connection.execute(
                    update(installation).where(installation.c.team == team).values(token=token)
                )
        return len(changed)


class StateTable:
    """Keys for one visit to the page on which a team lets us in: each serves once.

    Anybody may ask for one, so none is written down before it serves: it is signed, and tells when it ends.
    """

    def __init__(self, database: Database, secret: bytes, clock: Clock, lasting: timedelta) -> None:
        self._database = database
        self._secret = secret
        self._clock = clock
        self._lasting = lasting

    def issue(self) -> str:
        ends = self._clock.now() + self._lasting
        visit = f"{token_urlsafe(16)}.{int(ends.timestamp())}"
        return f"{visit}.{self._signature(visit)}"

    async def take(self, state: str) -> bool:
        """Whether it was issued, is not too old, and had not served; it has now."""
        visit, _, signature = state.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(visit).encode()):
            return False
        ends, now = datetime.fromtimestamp(int(visit.rpartition(".")[2]), UTC), self._clock.now()
        if ends < now:
            return False
        # kept for as long again: the machines on which programs run have a clock each
        old = delete(install_state).where(install_state.c.expires_at < now - self._lasting)
        served = self._database.insert(install_state).values(state=visit, expires_at=ends)
        async with self._database.write() as connection:
            await connection.execute(old)
            return (await connection.execute(served.on_conflict_do_nothing())).rowcount == 1

    def _signature(self, visit: str) -> str:
        return hmac.new(self._secret, f"visit {visit}".encode(), sha256).hexdigest()


def _forgetting(team: str, at: datetime) -> str:
    return f"{TEAM_JOB}:{team}:{int(at.astimezone(UTC).timestamp())}"


def _leaver(lease: Lease) -> tuple[str, int]:
    """Which team is to be forgotten, and the second at which it left."""
    _, team, left_at = lease.job.id.split(":")
    return team, int(left_at)


async def _is_gone(connection: AsyncConnection, lease: Lease) -> bool:
    """Hold the job, and the team to what it is: gone since then, or back, and then nothing more is forgotten.

    One that comes back meanwhile waits for the end of this transaction.
    """
    await jobs.hold(connection, lease.job)
    team, left_at = _leaver(lease)
    query = select(installation.c.left_at).where(installation.c.team == team).with_for_update()
    left = await connection.scalar(query)
    return left is not None and int(left.timestamp()) == left_at
