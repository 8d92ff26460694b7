"""What is remembered, without an app around it: a ledger, its jobs and its votes, and a clock to move."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from bot.duel import ContenderId, Duel, DuelId, Person, Place, Side, duel_id
from bot.jobs import Lease
from storage.database import Database
from storage.jobs import JobTable
from storage.ledger import DuelLedger
from tests.worlds.clock import ManualClock

ANA = Person("T1", "U1")
LEASE = timedelta(seconds=30)


class Books:
    """One process's view of a database."""

    def __init__(self, database: Database, clock: ManualClock) -> None:
        self.clock = clock
        self.database = database
        self.ledger = DuelLedger(database)
        self.jobs = JobTable(database, LEASE)

    def duel(self, key: str = "T1:1", coin: bool = True) -> Duel:
        left, right = ContenderId("left"), ContenderId("right")
        seats = {Side.A: left, Side.B: right} if coin else {Side.A: right, Side.B: left}
        return Duel(duel_id(key), ANA, Place("C1"), "why?", seats, self.clock.now(), timedelta(hours=1))

    async def taken(self, owner: str = "one") -> Lease:
        (job,) = await self.jobs.claim(owner, 10)
        return Lease(self.jobs, job)

    async def open_duel(self, key: str, place: str) -> DuelId:
        """A duel whose vote is open, in that message."""
        duel = self.duel(key)
        await self.ledger.ask(duel)
        lease = await self.taken()
        await self.ledger.announced(lease, duel.id, Place(place))
        closes_at = self.clock.now() + duel.vote_for
        await self.ledger.open_vote(lease, duel.id, closes_at)
        await self.jobs.put_off(lease.job, closes_at)
        return duel.id


@asynccontextmanager
async def books_at(url: str, now: Callable[[], datetime] | None = None) -> AsyncIterator[Books]:
    """Books over that database, which goes by the clock of the books, or by another one."""
    clock = ManualClock()
    database = Database(url, now=now or clock.now)
    await database.check()
    yield Books(database, clock)
    await database.close()
