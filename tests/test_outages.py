"""A database that is away: whoever meets it waits, and nothing is given up for it."""

import os
import signal
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, closing, contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

import storage.database
from bot.duel import Place
from bot.errors import StorageAway
from bot.jobs import MAX_ATTEMPTS, Kind, Lease, Worker
from bot.votes import Choice, Mark
from storage import jobs
from storage.database import Database
from storage.votes import Poll
from tests.test_channels import form, shown
from tests.worlds.books import ANA, LEASE, Books, books_at
from tests.worlds.forms import filled
from tests.worlds.postgres import Postgres, postgres
from tests.worlds.story import story

HERE = Place("C1/1.0")
NOTE = "INSERT INTO note (says) VALUES ('x')"


@contextmanager
def locked(database: Database) -> Iterator[None]:
    """Somebody else holds SQLite's only place for a writer."""
    with closing(sqlite3.connect(str(database.engine.url.database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever meets a lock is told at once, and not after half a minute."""
    monkeypatch.setattr(storage.database, "BUSY_TIMEOUT_MS", 0)


@asynccontextmanager
async def lite(path: Path) -> AsyncIterator[Database]:
    """Another SQLite, with one table."""
    database = Database(f"sqlite:///{path}")
    async with database.write() as connection:
        await connection.execute(text("CREATE TABLE note (id INTEGER PRIMARY KEY, says TEXT)"))
    yield database
    await database.close()


async def _write(database: Database, *statements: str) -> None:
    """All of them in one transaction."""
    async with database.write() as connection:
        for statement in statements:
            await connection.execute(text(statement))


@pytest.fixture
async def kept(tmp_path: Path, _impatient: None) -> AsyncIterator[Books]:
    """Books on SQLite."""
    async with books_at(f"sqlite:///{tmp_path / 'duel.db'}") as books:
        yield books


def _worker(books: Books, kind: Kind) -> Worker:
    worker = Worker(books.jobs, lease=LEASE, keep=timedelta(days=30), clock=books.clock)
    worker.serve("duel", kind)
    return worker


async def _give_up(lease: Lease, why: str) -> None:
    raise AssertionError(why)


@pytest.mark.usefixtures("_impatient")
async def test_a_job_that_meets_a_locked_database_waits_and_is_not_given_up(
    books: Books, tmp_path: Path
) -> None:
    await books.ledger.ask(books.duel())
    async with lite(tmp_path / "other.db") as other:

        async def run(lease: Lease) -> None:
            await _write(other, NOTE)

        worker = _worker(books, Kind(run, _give_up))
        with locked(other):
            for met in range(MAX_ATTEMPTS + 3):
                await worker.look()
                await worker.idle()
                books.clock.advance(300)
                (job,) = await books.jobs.claim("a look", 1)
                assert (job.attempts, job.waits) == (0, met + 1)
                await books.jobs.release("a look")
        await worker.look()
        await worker.idle()
        assert await books.jobs.claim("a look", 1) == []


async def test_a_job_whose_failure_cannot_be_written_down_is_taken_up_after_its_lease(kept: Books) -> None:
    await kept.ledger.ask(kept.duel())
    runs: list[int] = []

    async def run(lease: Lease) -> None:
        runs.append(lease.job.attempts + lease.job.waits)
        if len(runs) == 1:
            lock.enter_context(locked(kept.database))
        await lease.once("step", _nothing)

    with ExitStack() as lock:
        worker = _worker(kept, Kind(run, _give_up))
        await worker.look()
        await worker.idle()
        with pytest.raises(StorageAway, match="locked"):
            await kept.ledger.ask(kept.duel("T1:2"))
    kept.clock.advance(LEASE.total_seconds() + 1)
    await worker.look()
    await worker.idle()
    assert runs == [0, 0]
    assert await kept.jobs.claim("a look", 1) == []


async def _nothing() -> str:
    return ""


async def test_votes_are_refused_while_the_database_is_locked_and_taken_when_they_come_again(
    kept: Books,
) -> None:
    id_ = await kept.open_duel("T1:1", HERE)
    poll = Poll(kept.database)
    with locked(kept.database), pytest.raises(StorageAway):
        await poll.put(ANA.team, HERE, Mark(ANA, Choice.A, on=True, at=1))
    await poll.put(ANA.team, HERE, Mark(ANA, Choice.A, on=True, at=1))
    assert len(await kept.ledger.registers(id_)) == 1


@pytest.mark.usefixtures("_impatient")
async def test_what_is_typed_into_settings_is_kept_while_the_database_is_locked(
    tmp_path: Path,
) -> None:
    async with story(f"sqlite:///{tmp_path / 'duel.db'}") as told, told.app():
        ana, view = told.slack.person("ana"), await form(told)
        with locked(Database(told.database_url)):
            await told.slack.submit(ana, view["id"], filled(view, system="Be brief."))
        assert "database is locked" in shown(told)
        notice = told.slack.modal(ana)
        assert notice is not None
        await told.slack.close_view(ana, notice["id"])
        await told.slack.submit(ana, view["id"], filled(view, system="Be brief."))
        assert "From now on" in shown(told)


@pytest.mark.usefixtures("_impatient")
async def test_a_full_disk_is_an_absence_and_a_wrong_statement_is_not(tmp_path: Path) -> None:
    async with lite(tmp_path / "small.db") as small:
        huge = "INSERT INTO note (says) VALUES (zeroblob(100000))"
        with pytest.raises(StorageAway, match="full"):
            await _write(small, "PRAGMA max_page_count = 1", huge)
        with pytest.raises(DBAPIError, match="no such table"):
            await _write(small, "SELECT * FROM nowhere")
        with pytest.raises(IntegrityError):
            await _write(small, "INSERT INTO note (id) VALUES (1), (1)")


async def test_a_server_that_is_not_there_is_an_absence(tmp_path: Path) -> None:
    database = Database(f"postgresql://duel@/duel?host={tmp_path}")
    with pytest.raises(StorageAway):
        async with database.read():
            pass
    await database.close()


@pytest.mark.postgres
async def test_a_connection_that_breaks_and_a_deadlock_are_absences(server: Postgres) -> None:
    database = Database(server.url())
    with pytest.raises(StorageAway):
        await _write(database, "SELECT pg_terminate_backend(pg_backend_pid())", "SELECT 1")
    with pytest.raises(StorageAway):
        await _write(database, "DO $$ BEGIN RAISE EXCEPTION SQLSTATE '40P01'; END $$")
    with pytest.raises(DBAPIError):
        await _write(database, "SELECT 1 / 0")
    await database.close()


@pytest.mark.postgres
async def test_whoever_falls_silent_in_the_middle_of_a_write_holds_no_row_for_ever(
    server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage.database, "IDLE_MS", 200)
    async with server.migrated() as url, books_at(url) as frozen, books_at(url) as awake:
        await frozen.ledger.ask(frozen.duel())
        lease = await frozen.taken()

        async def fall_silent() -> None:
            async with frozen.database.write() as connection:
                await jobs.hold(connection, lease.job)
                await awake.jobs.remember(lease.job, "step", "done")  # waits for the row
                await jobs.hold(connection, lease.job)

        with pytest.raises(StorageAway):
            await fall_silent()
        assert await awake.jobs.recall(lease.job, "step") == "done"
        async with frozen.database.write(at_leisure=True) as connection:
            (patience,) = (await connection.exec_driver_sql("SHOW idle_in_transaction_session_timeout")).one()
            assert patience == "0"


@pytest.mark.postgres
async def test_a_server_that_is_restarted_in_the_middle_of_a_job_costs_no_attempt() -> None:
    with postgres() as own:
        async with own.empty() as url, books_at(url) as books:
            await books.ledger.ask(books.duel())
            attempts: list[int] = []

            async def run(lease: Lease) -> None:
                attempts.append(lease.job.attempts)
                if len(attempts) == 1:
                    async with books.database.read() as connection:
                        pid = await connection.scalar(select(func.pg_backend_pid()))
                    os.kill(pid or 0, signal.SIGKILL)  # it ends all the others, recovers, and starts again
                await lease.once("step", _nothing)
                finished.append(lease.job.id)

            finished: list[str] = []
            worker = _worker(books, Kind(run, _give_up))
            while not finished:
                books.clock.advance(LEASE.total_seconds() + 1)
                with suppress(StorageAway):
                    await worker.look()
                await worker.idle()
            assert set(attempts) == {0}
