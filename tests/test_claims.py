"""How a job is claimed: by whose clock, and in which words."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from storage.database import Database
from storage.jobs import JobTable
from storage.ledger import DuelLedger
from tests.worlds.books import LEASE, Books, books_at

LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)


def listen(database: Database) -> list[str]:
    """The statements that this database is told from now on."""
    said: list[str] = []
    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *given: said.append(" ".join(given[2].split())))
    return said


@pytest.fixture
def said(books: Books) -> list[str]:
    """Each statement that the books' database is told."""
    return listen(books.database)


async def test_a_claim_takes_its_rows_under_locks_that_others_pass_by(
    books: Books, said: list[str], database: str
) -> None:
    await books.ledger.ask(books.duel())
    said.clear()
    await books.taken()
    (claim,) = [statement for statement in said if "UPDATE job" in statement]
    if database == "postgres":
        assert claim.startswith("WITH due AS MATERIALIZED (SELECT job.id")
        assert "FOR UPDATE SKIP LOCKED)" in claim
    else:
        assert claim.startswith("WITH due AS (SELECT job.id")
        assert said[said.index(claim) - 1] == "BEGIN IMMEDIATE"


async def test_a_look_that_finds_nothing_waits_for_no_writer(books: Books, said: list[str]) -> None:
    assert await books.jobs.claim("one", 10) == []
    assert not any("UPDATE job SET" in statement or "IMMEDIATE" in statement for statement in said)


async def test_without_a_storys_clock_the_time_is_the_databases(database_url: str, database: str) -> None:
    own = Database(database_url)
    said = listen(own)
    async with books_at(database_url) as books:
        books.jobs, books.ledger = JobTable(own, LEASE), DuelLedger(own)
        await books.ledger.ask(books.duel())
        lease = await books.taken()
        await books.jobs.renew("one", [lease.job.id])
        await lease.check()
        await books.jobs.fail(lease.job, timedelta(0))
        lease = await books.taken()
        await books.jobs.put_off(lease.job, LONG_AGO)
        lease = await books.taken()
        await books.jobs.release("one")
        lease = await books.taken()
        await books.jobs.finish(lease.job)
        assert await books.jobs.purge(timedelta(0)) == 1
    timed = [statement for statement in said if "due_at" in statement and "SELECT count" not in statement]
    assert len(timed) >= 10
    if database == "postgres":
        assert all("clock_timestamp()" in statement for statement in timed)
    await own.close()
