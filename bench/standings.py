"""Standings and digests: what a week and all time take, and Bradley–Terry beside packages for it."""

import asyncio
import json
import sys
import tempfile
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, cast
from zoneinfo import ZoneInfo

import choix
import numpy as np
from rich.table import Table
from sqlalchemy import insert

from bot.bulletin import Bulletin, Habit, Press
from bot.channel import Address
from bot.clock import SystemClock
from bot.digest import Edition
from bot.duel import Outcome, Place
from bot.standings import Facet, Record, standings
from bot.standings.rating import PSEUDO_WINS, bradley_terry
from storage import summaries, tables
from storage.database import Database
from storage.digest import DigestTable
from storage.ledger import DuelLedger
from storage.questions import QuestionTable
from storage.rounds import ChainTable
from storage.standings import StandingsTable

TEAM, ROOM = "T1", Place("C1")
SIZES = (1_000, 10_000, 100_000)
"""Duels; each has ten votes."""
VOTES = 10
VOTERS = 200
CONTENDERS = ("qwen-plus", "deepseek-v3", "deepseek-r1", "qwen-max")
TOPICS = ("coding", "maths", "writing", "facts", None)
NOW = datetime(2026, 11, 23, tzinfo=UTC)
WEEK = timedelta(days=7)
A_WEEK = 400
"""Duels of the newest week: the same at every size."""
TURNS = 3


async def fill(database: Database, duels: int, seed: int = 1) -> None:
    """So many ended duels with ten votes each over two years, as the app would have written them."""
    rng = np.random.default_rng(seed)
    recent = min(A_WEEK, duels // 2)
    ages = np.sort(np.concatenate([rng.uniform(0, 7, recent), rng.uniform(7, 730, duels - recent)]))[::-1]
    for start in range(0, duels, summaries.BATCH):
        numbers = range(start, min(start + summaries.BATCH, duels))
        seats = {n: rng.choice(len(CONTENDERS), 2, replace=False) for n in numbers}
        async with database.write() as connection:
            for table, rows in (
                (tables.duel, [_duel(n, ages[n], seats[n], rng) for n in numbers]),
                (tables.answer, [_answer(n, side, seats[n], rng) for n in numbers for side in (0, 1)]),
                (tables.ballot, [row for n in numbers for row in _ballots(n, seats[n], rng)]),
            ):
                await connection.execute(insert(table), rows)
            await summaries.write(database, connection, [_id(n) for n in numbers])


def _id(number: int) -> str:
    return f"{number * 2654435761 % 2**32:08x}d"  # as scattered as the hashes that duels are named by


def _duel(number: int, age: float, seat: Any, rng: np.random.Generator) -> dict[str, Any]:
    ended_at = NOW - timedelta(days=float(age))
    return {
        "id": _id(number),
        "team": TEAM,
        "asker": "U1",
        "room": ROOM,
        "prompt": "why is the sky blue? " * 10,
        "side_a": CONTENDERS[seat[0]],
        "side_b": CONTENDERS[seat[1]],
        "asked_at": ended_at - timedelta(hours=1),
        "vote_for_s": 3600,
        "state": "revealed",
        "ended_at": ended_at,
        "topic": TOPICS[rng.integers(len(TOPICS))],
        "language": "en",
    }


def _answer(number: int, side: int, seat: Any, rng: np.random.Generator) -> dict[str, Any]:
    late = rng.random() < 0.01
    total = 300.0 if late else float(rng.gamma(4, 2 + seat[side]))
    return {
        "duel_id": _id(number),
        "side": "ab"[side],
        "contender": CONTENDERS[seat[side]],
        "text": "Because of Rayleigh scattering. " * 20,
        "reasoning": "",
        "outcome": Outcome.TIMEOUT if late else Outcome.OK,
        "detail": "",
        "ttft_s": total / 8,
        "ttfa_s": total / 4,
        "total_s": total,
        "output_tokens": 400,
        "cost_usd": None,
        "attempts": 1,
        "reported_model": CONTENDERS[seat[side]],
    }


def _ballots(number: int, seat: Any, rng: np.random.Generator) -> list[dict[str, Any]]:
    ahead = 0.5 + 0.04 * (seat[0] - seat[1])
    shares = (0.75 * ahead, 0.75 * (1 - ahead), 0.2, 0.05)
    choices = np.array(["a", "b", "tie", "both_bad"])[rng.choice(4, VOTES, p=shares)]
    people = rng.choice(VOTERS, VOTES, replace=False)
    return [
        {"duel_id": _id(number), "team": TEAM, "voter": f"U{voter}", "choice": str(choice)}
        for voter, choice in zip(people, choices, strict=True)
    ]


async def measure(path: str, since: datetime | None) -> dict[str, float]:
    """Seconds and the peak of added memory, for a process of its own."""
    database = Database(f"sqlite:///{path}")
    table = StandingsTable(database)
    await table.record(TEAM, since=NOW, until=NOW)  # a connection, and everything imported
    took, worked = [], []
    for _ in range(TURNS):
        began, at_work = perf_counter(), process_time()
        record = await table.record(TEAM, since=since, until=NOW)
        read = perf_counter()
        standings(record, by=(Facet.TOPIC,))
        took.append((perf_counter() - began, read - began))
        worked.append(process_time() - at_work)
    tracemalloc.start()
    standings(await table.record(TEAM, since=since, until=NOW), by=(Facet.TOPIC,))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    await database.close()
    seconds, reading = min(took)
    return {"seconds": seconds, "cpu": min(worked), "reading": reading, "peak": peak, "duels": record.duels}


async def kept(path: str, what: str) -> dict[str, float]:
    """The same of what rests on a balance: a `digest` of the newest week, or `stats` of the whole channel."""
    database = Database(f"sqlite:///{path}")
    bulletin = Bulletin(
        archive=DigestTable(database),
        records=StandingsTable(database),
        duels=DuelLedger(database),
        chains=ChainTable(database),
        routes=QuestionTable(database),
        press=cast(Press, None),
        address=cast(Address, None),
        habit=Habit(None, WEEK, tell_quiet=False),
        clock=SystemClock(),
        wake=lambda: None,
    )
    edition = Edition("bench", TEAM, ROOM, "2026-W47", NOW - WEEK, NOW, ZoneInfo("UTC"))
    async with database.read():
        pass

    async def make() -> int:
        if what == "digest":
            return (await bulletin.edition(edition)).ever.duels
        return (await bulletin.stats(TEAM, room=ROOM)).duels

    began = perf_counter()
    duels = await make()
    first = perf_counter() - began
    took, worked = [], []
    for _ in range(TURNS):
        began, at_work = perf_counter(), process_time()
        await make()
        took.append(perf_counter() - began)
        worked.append(process_time() - at_work)
    tracemalloc.start()
    await make()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    await database.close()
    return {"first": first, "seconds": min(took), "cpu": min(worked), "peak": peak, "duels": duels}


async def table() -> Table:
    """The table of this bench: minutes for the largest size, most of them to write it."""
    heads = ("votes", "window", "what", "seconds", "CPU", "of them reading", "peak memory")
    found = Table(*heads, title="Standings and digests", caption=_missing())
    with tempfile.TemporaryDirectory(prefix="duel-bench-") as folder:
        for duels in SIZES:
            path = str(Path(folder) / f"{duels}.db")
            database = Database(f"sqlite:///{path}")
            await database.migrate()
            await fill(database, duels)
            for row in await rows(path):
                found.add_row(f"{duels * VOTES:,}", *row)
            record = await StandingsTable(database).record(TEAM, until=NOW)
            await database.close()
            for name, fit in _fits(record):
                found.add_row(f"{duels * VOTES:,}", "all", name, f"{_best(fit):.3f}", "", "", "")
    return found


async def rows(path: str) -> list[tuple[str, ...]]:
    """What a digest, a week and all time take on that database."""
    made = await _apart(path, "digest")
    told = [
        (
            "a week",
            f"the first digest ever of {made['duels']:,.0f} duels",
            f"{made['first']:.3f}",
            "",
            "",
            "",
        ),
        ("a week", "a digest, once older ones are added up", *_figures(made)),
    ]
    for name, days in (("7 days", "7"), ("all", "all")):
        got = await _apart(path, days)
        told.append((name, f"standings of {got['duels']:,.0f} duels", *_figures(got)))
    here = await _apart(path, "stats")
    told.append(("all", "the same of one channel, once older ones are added up", *_figures(here)))
    return told


def _figures(got: dict[str, float]) -> tuple[str, ...]:
    reading = f"{got['reading']:.3f}" if "reading" in got else ""
    return f"{got['seconds']:.3f}", f"{got['cpu']:.3f}", reading, f"{got['peak'] / 1e6:.0f} MB"


async def _apart(path: str, days: str) -> dict[str, float]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.standings", path, days), stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    got: dict[str, float] = json.loads(out)
    return got


def _fits(record: Record) -> list[tuple[str, Callable[[], Any]]]:
    """Bradley–Terry alone, point estimates, on the same votes, from the same columns."""
    a, b = record.seat[record.duel].T
    decisive = record.choice < 2
    winner = np.where(record.choice == 0, a, b)[decisive]
    loser = np.where(record.choice == 0, b, a)[decisive]
    size = len(record.series)

    def ours() -> Any:
        wins = np.full((size, size), PSEUDO_WINS)
        np.add.at(wins, (winner, loser), 1)
        np.fill_diagonal(wins, 0)
        return bradley_terry(wins)

    def beside() -> Any:
        wins = np.zeros((size, size))
        np.add.at(wins, (winner, loser), 1)
        return choix.ilsr_pairwise_dense(wins)  # its way for many votes; pair by pair it takes a minute

    fits = [("Bradley–Terry, ours", ours), ("Bradley–Terry, choix", beside)]
    if find_spec("evalica"):
        import evalica  # noqa: PLC0415 # not among what we install

        names = [str(at) for at in range(size)]
        left, right = ([names[at] for at in who.tolist()] for who in (winner, loser))
        outcomes = [evalica.Winner.X] * len(left)
        fits.append(("Bradley–Terry, evalica", lambda: evalica.bradley_terry(left, right, outcomes)))
    if find_spec("arena_rank"):
        fits.append(("Bradley–Terry, arena-rank", _arena_rank(winner, loser, size)))
    return fits


BESIDE = {
    "evalica": "pip install evalica",
    "arena_rank": "pip install --target FOLDER arena-rank, then PYTHONPATH=FOLDER: it asks for another NumPy",
}
"""Packages for the same that are not among what we install; each is measured where somebody has it."""


def _missing() -> str | None:
    """Which of those are not here, and how they come."""
    missing = [f"{name.replace('_', '-')} ({how})" for name, how in BESIDE.items() if not find_spec(name)]
    return f"Not measured, for they are not installed: {'; '.join(missing)}." if missing else None


def _arena_rank(winner: Any, loser: Any, size: int) -> Callable[[], Any]:
    import pandas as pd  # noqa: PLC0415 # as evalica
    from arena_rank.models.bradley_terry import BradleyTerry  # noqa: PLC0415
    from arena_rank.utils.data_utils import PairDataset  # noqa: PLC0415

    frame = pd.DataFrame({"model_a": winner, "model_b": loser, "winner": "model_a"})
    return lambda: BradleyTerry(n_competitors=size).fit(PairDataset.from_pandas(frame))


def _best(work: Callable[[], Any]) -> float:
    took = []
    for _ in range(TURNS):
        began = perf_counter()
        work()
        took.append(perf_counter() - began)
    return min(took)


def _work(path: str, what: str) -> Any:
    if what in ("digest", "stats"):
        return kept(path, what)
    return measure(path, None if what == "all" else NOW - timedelta(days=int(what)))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(_work(*sys.argv[1:]))))
