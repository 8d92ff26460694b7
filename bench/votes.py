"""Votes: how many a second, beside the driver's own ceiling and a Bolt app that does nothing.

Everything that is compared is measured in turns, in one run.
"""

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

import aiohttp
import aiosqlite
import asyncpg
from rich.table import Table
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import insert

from bench.slack import ROOM, TEAM, TS
from bot.app import Running
from bot.clock import SystemClock
from bot.duel import DuelId, Person, Place
from bot.rules import Rules
from bot.serve import ticking
from bot.settings import load
from bot.votes import Choice, Mark
from storage import tables, votes
from storage.database import Database
from tests.worlds.postgres import postgres

AT_ONCE = 50
TURNS = 6
EVENTS = 1500
"""In each turn."""
DURABLE = ("fsync=on", "full_page_writes=on", "autovacuum=on")
DUEL = DuelId("aaaaaaaaaa")
PLACE = Place(f"{ROOM}/{TS}")
WIDTH = len(tables.register.columns)
UPSERT = """
INSERT INTO register (duel_id, team, voter, choice, is_on, marked_at_us, rank_us) VALUES {values}
ON CONFLICT (duel_id, team, voter, choice)
DO UPDATE SET is_on = excluded.is_on, marked_at_us = excluded.marked_at_us, rank_us = excluded.rank_us
WHERE excluded.marked_at_us > register.marked_at_us
"""

Once = Callable[[int], Awaitable[Any]]
"""Do the thing that is measured, for the number that it is handed."""
Turn = Callable[[int, int], Awaitable[float]]
"""Do it for so many numbers from the first one on, `AT_ONCE` at once; gives back the seconds."""


@dataclass
class Row:
    """One line of the table."""

    what: str
    where: str
    figure: float
    unit: str = "a second"
    share: float | None = None
    """The part of what it is compared with, where there is such a thing."""
    digits: int = 0


@dataclass
class Meter:
    """What one thing has taken so far, over all its turns."""

    what: str
    where: str
    turn: Turn
    beside: "Meter | None" = None
    done: int = 0
    seconds: float = 0.0

    async def go_on(self, first: int, events: int) -> None:
        self.seconds += await self.turn(first, events)
        self.done += events

    @property
    def rate(self) -> float:
        return self.done / self.seconds

    @property
    def row(self) -> Row:
        share = None if self.beside is None else self.rate / self.beside.rate
        return Row(self.what, self.where, self.rate, share=share)


def here(once: Once) -> Turn:
    """Turns in this very process, with nothing in between."""

    async def turn(first: int, events: int) -> float:
        numbers = iter(range(first, first + events))

        async def one_after_the_other() -> None:
            for number in numbers:
                await once(number)

        began = perf_counter()
        await asyncio.gather(*(one_after_the_other() for _ in range(AT_ONCE)))
        return perf_counter() - began

    return turn


class Link:
    """The way to a Slack in another process."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self.url = url
        self._session = session

    def client(self) -> AsyncWebClient:
        return AsyncWebClient("xoxb-bench", f"{self.url}/api/", session=self._session)

    async def connect(self, app: AsyncApp, name: str, stack: AsyncExitStack) -> Turn:
        """Turns of this app, over a socket of its own."""
        handler = AsyncSocketModeHandler(app, f"xapp-{name}")
        stack.push_async_callback(handler.close_async)
        await handler.connect_async()  # type: ignore[no-untyped-call] # slack-bolt leaves it bare
        return self.turns(f"xapp-{name}")

    def turns(self, token: str) -> Turn:
        """Turns in which that Slack sends the votes to whoever has connected with this token."""

        async def turn(first: int, events: int) -> float:
            asked = {"token": token, "first": first, "events": events, "at_once": AT_ONCE}
            async with self._session.post(f"{self.url}/turn", json=asked) as answer:
                return float(await answer.json())

        return turn


@asynccontextmanager
async def slack_beside() -> AsyncIterator[Link]:
    """`bench.slack`, for as long as the block lasts."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.slack", stdin=pipe, stdout=pipe
    )
    assert process.stdin is not None
    assert process.stdout is not None
    async with aiohttp.ClientSession() as session:
        yield Link((await process.stdout.readline()).decode().strip(), session)
    process.stdin.close()
    await process.wait()


def empty_app(client: AsyncWebClient) -> AsyncApp:
    """A Bolt app whose one listener does nothing."""
    app = AsyncApp(client=client, process_before_response=True)

    async def nothing() -> None: ...

    app.event("reaction_added")(nothing)
    return app


def whole_app(url: str, where: str, database_url: str) -> AbstractAsyncContextManager[Running]:
    """Our own app, connected to that Slack: a vote is committed before it is acknowledged."""
    contender = {"base_url": url, "model": "none"}  # nobody asks them anything
    settings = load(
        slack_api_url=f"{url}/api/",
        slack_bot_token="xoxb-bench",
        slack_app_token=f"xapp-{where}",
        slack_mode="socket",
        database_url=database_url,
        contenders={name: {"label": name, **contender} for name in ("left", "right")},
        duel_pair=("left", "right"),
        classify_topics=False,
    )
    return ticking(settings, SystemClock(), Random(1))


def grouped(poll: votes.Poll) -> Once:
    async def once(number: int) -> None:
        await poll.put(TEAM, PLACE, _mark(number))

    return once


def one_commit_each(database: Database) -> Once:
    async def once(number: int) -> None:
        await votes.move(database, {DUEL: [_mark(number)]})

    return once


def _mark(number: int) -> Mark:
    return Mark(Person(TEAM, f"U{number}"), Choice.A, on=True, at=number)


@asynccontextmanager
async def driver_alone(database: Database) -> AsyncIterator[Turn]:
    """The ceiling: as many rows as there are voters at once in each statement, one statement a commit."""
    if database.is_sqlite:
        values = ", ".join([f"({', '.join('?' * WIDTH)})"] * AT_ONCE)
        async with aiosqlite.connect(str(database.engine.url.database), isolation_level=None) as lite:
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
                await lite.execute(f"PRAGMA {pragma}")
            yield _groups(lambda rows: lite.execute(UPSERT.format(values=values), rows))
    else:
        marks = [f"${n + 1}" for n in range(AT_ONCE * WIDTH)]
        values = ", ".join(f"({', '.join(marks[n : n + WIDTH])})" for n in range(0, len(marks), WIDTH))
        url = database.engine.url
        direct = await asyncpg.connect(host=str(url.query["host"]), user="duel", database=url.database)
        statement = await direct.prepare(UPSERT.format(values=values))
        yield _groups(lambda rows: statement.fetch(*rows))
        await direct.close()


def _groups(write: Callable[[list[Any]], Awaitable[Any]]) -> Turn:
    async def turn(first: int, events: int) -> float:
        began = perf_counter()
        for start in range(first, first + events, AT_ONCE):
            numbers = range(start, start + AT_ONCE)
            await write([value for n in numbers for value in (DUEL, TEAM, f"U{n}", "a", True, n, n)])
        return perf_counter() - began

    return turn


async def _fill(database: Database) -> None:
    """The tables, and one duel whose vote is open."""
    await database.migrate()
    row = {
        "id": DUEL,
        "team": TEAM,
        "asker": "U0",
        "room": ROOM,
        "prompt": "why?",
        "side_a": "left",
        "side_b": "right",
        "asked_at": datetime.now(UTC),
        "vote_for_s": 60,
        "state": "open",
        "shown_at": PLACE,
    }
    async with database.write() as connection:
        await connection.execute(insert(tables.duel).values(row))


async def votes_a_second(opened: dict[str, Database]) -> list[Row]:
    """Each thing in turns with the others, so that what else the machine does strikes all alike."""
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(slack_beside())
        empty = await slack.connect(empty_app(slack.client()), "empty", stack)
        socket = Meter("events, empty Bolt app", "", empty)
        meters = [socket]
        for where, database in opened.items():
            poll = votes.Poll(database, Rules(signs=("a", "b", "handshake", "thumbsdown")))
            stack.push_async_callback(poll.close)
            address = database.engine.url.render_as_string(hide_password=False)
            await stack.enter_async_context(whole_app(slack.url, where, address))
            meters.append(Meter("votes, Duel", where, slack.turns(f"xapp-{where}"), socket))
            ceiling = Meter(
                "votes, driver alone, grouped", where, await stack.enter_async_context(driver_alone(database))
            )
            meters += [
                ceiling,
                Meter("votes, grouped", where, here(grouped(poll)), ceiling),
                Meter("votes, one commit each", where, here(one_commit_each(database)), ceiling),
            ]
        for meter in meters:
            await meter.turn(0, 2 * AT_ONCE)
        first = 2 * AT_ONCE
        for _ in range(TURNS):
            for meter in meters:
                await meter.go_on(first, EVENTS)
                first += EVENTS
        return [meter.row for meter in meters]


@asynccontextmanager
async def databases() -> AsyncIterator[dict[str, Database]]:
    """One of each kind, by its name, with one duel in it whose vote is open."""
    with tempfile.TemporaryDirectory(prefix="duel-bench-") as folder, postgres(*DURABLE) as server:
        async with server.empty() as url, AsyncExitStack() as stack:
            opened = {
                "SQLite": Database(f"sqlite:///{Path(folder) / 'bench.db'}"),
                "PostgreSQL": Database(url),
            }
            for database in opened.values():
                stack.push_async_callback(database.close)
                await _fill(database)
            yield opened


def as_table(title: str, rows: list[Row]) -> Table:
    """Rows, to be printed."""
    shown = Table("what", "where", "figure", "of the like", title=title)
    for row in rows:
        share = "" if row.share is None else f"{row.share:.0%}"
        shown.add_row(row.what, row.where, f"{row.figure:,.{row.digits}f} {row.unit}", share)
    return shown


async def table() -> Table:
    """What votes cost: about a minute."""
    async with databases() as opened:
        return as_table(f"Votes, {AT_ONCE} at once", await votes_a_second(opened))
