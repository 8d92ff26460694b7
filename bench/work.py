"""Jobs: how many a second, what those cost that wait, and how soon a dead process's work is taken over."""

import asyncio
import resource
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from rich.table import Table
from sqlalchemy import String, cast, insert, literal, select

from bench.votes import Row, as_table, databases
from bot.clock import SystemClock
from bot.jobs import Kind, Lease, Worker
from bot.settings import Settings
from storage import jobs, tables
from storage.database import Database
from storage.jobs import JobTable
from tests.worlds.program import kill, programs
from tests.worlds.provider import says
from tests.worlds.warm import warm

JOBS = 300
WAITING = 10_000
LOOKS = 200
LEASE: timedelta = Settings.model_fields["job_lease"].default


def _worker(database: Database) -> Worker:
    return Worker(JobTable(database, LEASE), lease=LEASE, keep=timedelta(days=30), clock=SystemClock())


async def jobs_a_second(where: str, database: Database) -> Row:
    """Jobs of four steps that do nothing, asked for beforehand, by one worker."""
    worker = _worker(database)
    left = JOBS
    empty = asyncio.Event()

    async def run(lease: Lease) -> None:
        nonlocal left
        for step in range(4):
            await lease.once(f"step {step}", _nothing)
        left -= 1
        if left == 0:
            empty.set()

    worker.serve("bench", Kind(run, _give_up))
    async with database.write() as connection:
        rows = [jobs.new(f"{where} {number}", "bench", datetime.now(UTC)) for number in range(JOBS)]
        await connection.execute(insert(tables.job), rows)
    began = perf_counter()
    worker.wake()
    await empty.wait()
    seconds = perf_counter() - began
    await worker.idle()
    return Row("jobs of four steps", where, JOBS / seconds)


async def waiting(where: str, database: Database) -> list[Row]:
    """What a process holds, and how long a look at the jobs takes, before and while so many wait."""
    worker = _worker(database)
    found = []
    for count in (0, WAITING):
        if count:
            await _let_wait(database, count)
        await _look(worker)
        held, seconds = _memory(), await _look(worker)
        found += [
            Row(f"memory while {count:,} wait to be closed", where, held / 1e6, "MB", digits=1),
            Row(f"one look while {count:,} wait", where, seconds * 1e3, "ms", digits=2),
        ]
    return found


async def _let_wait(database: Database, count: int) -> None:
    """So many jobs due tomorrow, made by the database itself: nothing of them passes through here."""
    numbers = select(literal(1).label("n")).cte("numbers", recursive=True)
    numbers = numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < count))
    row = jobs.new("", "bench", datetime.now(UTC) + timedelta(days=1))
    fixed = [literal(value, tables.job.c[name].type) for name, value in row.items() if name != "id"]
    made = select(literal("waits ", String).concat(cast(numbers.c.n, String)), *fixed)
    async with database.write() as connection:
        await connection.execute(insert(tables.job).from_select(list(row), made))


async def _look(worker: Worker) -> float:
    """Seconds."""
    began = perf_counter()
    for _ in range(LOOKS):
        await worker.look()
    return (perf_counter() - began) / LOOKS


def _memory() -> int:
    """Bytes that this process holds now; where that cannot be read, the most it ever did."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


async def takeover() -> Row:
    """From `kill -9` of the real program while its models answer to another one's asking them again."""
    gate = asyncio.Event()
    with tempfile.TemporaryDirectory(prefix="duel-bench-") as folder, warm() as loaded:
        async with programs(Path(folder), loaded) as world:
            for provider in (world.left, world.right):
                provider.will(says("Late.", wait_for=gate))
            lease = {"JOB_LEASE": f"{LEASE.total_seconds():g}s"}
            first = await world.start(**lease)
            await world.ask("for:3s why?")
            await world.left.until(lambda: len(world.left.requests) == 1, timeout=30)
            second = await world.start(**lease)
            began = perf_counter()
            await kill(first)
            await world.left.until(lambda: len(world.left.requests) == 2, timeout=120)
            seconds = perf_counter() - began
            await kill(second)
            gate.set()
    return Row(f"takeover from a killed program, lease {LEASE.seconds} s", "SQLite", seconds, "s", digits=1)


async def _nothing() -> str:
    return ""


async def _give_up(lease: Lease, why: str) -> None:
    raise AssertionError(why)


async def table() -> Table:
    """What work costs: about a minute, a third of it waiting for a lease to run out."""
    async with databases() as opened:
        rows = [await jobs_a_second(*named) for named in opened.items()]
        for named in opened.items():
            rows += await waiting(*named)
    return as_table("Jobs", [*rows, await takeover()])
