"""Acknowledgements over signed HTTP at a steady rate, while duels stream; beside an empty Bolt app."""

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

from aiohttp import web
from rich.table import Table
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bench.slack import ROOM, TEAM, vote
from bench.streams import on_core, percentile, service
from bot.clock import SystemClock
from bot.jobs import Backlog
from bot.serve import ticking
from bot.settings import load
from handlers.web import Web
from playground.request_url import RequestUrl

RATE, SECONDS, DUELS = 200, 15, 200
PACE_S = 0.05
"""Between two pieces of an answer: 25 seconds for 500 of them."""
SECRET = "0" * 32


async def serve(kind: str, api: str, models: str, folder: str) -> None:
    """The process that is measured: Duel or an empty app, until its input ends. It prints its address."""
    if kind == "empty":
        bolt = AsyncApp(
            client=AsyncWebClient("xoxb-bench", api), signing_secret=SECRET, process_before_response=True
        )

        async def nothing() -> None: ...

        async def no_work() -> Backlog:
            return Backlog(0, 0, 0.0)

        bolt.event("reaction_added")(nothing)
        empty = Web(bolt, no_work, install=None, host="127.0.0.1", port=0)
        await empty.open()
        await _until_input_ends(empty.url)
        await empty.close()
        return

    def contender(name: str) -> dict[str, Any]:
        return {"label": name, "base_url": models, "model": name, "limits": {"concurrency": DUELS}}

    settings = load(
        slack_api_url=api,
        slack_bot_token="xoxb-bench",
        slack_signing_secret=SECRET,
        slack_mode="http",
        http_host="127.0.0.1",
        port=0,
        database_url=f"sqlite:///{folder}/bench.db",
        contenders={name: contender(name) for name in ("left", "right")},
        duel_pair=("left", "right"),
        classify_topics=False,
    )
    async with ticking(settings, SystemClock(), Random(1), at_once=DUELS) as running:
        assert running.web is not None
        await _until_input_ends(running.web.url)


async def _until_input_ends(url: str) -> None:
    sys.stdout.write(f"{url}/slack/events\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)


@asynccontextmanager
async def slack_api() -> AsyncIterator[str]:
    """A Web API that takes everything, as fast as it can."""
    count = 0

    async def answer(_: web.Request) -> web.Response:
        nonlocal count
        count += 1
        body = {
            "ok": True,
            "user_id": "U0",
            "bot_id": "B0",
            "team_id": TEAM,
            "team": "bench",
            "ts": f"{1_700_000_000 + count}.000100",
            "channel": ROOM,
            "message": {},
        }
        return web.json_response(body)

    at = web.Application()
    at.router.add_route("*", "/api/{method}", answer)
    runner = web.AppRunner(at)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    await runner.cleanup()


@asynccontextmanager
async def program(kind: str, api: str, models: str, folder: Path) -> AsyncIterator[RequestUrl]:
    """One of the two, on a core of its own, and the way to it."""
    pipe = asyncio.subprocess.PIPE
    arguments = ("-m", "bench.acks", kind, api, models, str(folder))
    with on_core(0):
        process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdin=pipe, stdout=pipe)
    assert process.stdin is not None
    assert process.stdout is not None
    there = RequestUrl((await process.stdout.readline()).decode().strip(), SECRET)
    try:
        yield there
    finally:
        await there.close()
        process.kill()  # what still streams is not waited for
        await process.wait()


async def steady(there: RequestUrl) -> list[float]:
    """Seconds from when each event was due to its acknowledgement: to wait in line counts as well."""

    async def one(number: int, due: float) -> float:
        await asyncio.sleep(due - perf_counter())
        await there.ask("events_api", vote(number), timeout=30.0)
        return perf_counter() - due

    began = perf_counter() + 0.5
    return await asyncio.gather(*(one(n, began + n / RATE) for n in range(RATE * SECONDS)))


async def ask(there: RequestUrl) -> None:
    """So many people ask at once."""
    for number in range(DUELS):
        command = {
            "command": "/duel",
            "text": f"why {number}?",
            "team_id": TEAM,
            "channel_id": ROOM,
            "user_id": f"U{number}",
            "trigger_id": f"{number}.1",
        }
        await there.ask("slash_commands", command, timeout=30.0)


async def table() -> Table:
    """About two minutes."""
    found = Table("what", "p50", "p99", "most", title=f"{RATE} acknowledgements a second, in milliseconds")
    with tempfile.TemporaryDirectory(prefix="duel-bench-") as folder, on_core(-1):
        async with service(str(PACE_S)) as models, slack_api() as api:
            for kind, what in (
                ("empty", "empty Bolt app"),
                ("duel", "Duel, idle"),
                ("duel", f"Duel, {DUELS} duels streaming"),
            ):
                async with program(kind, api, models, Path(folder)) as there:
                    if "streaming" in what:
                        await ask(there)
                    times = await steady(there)
                figures = (percentile(50, times), percentile(99, times), max(times))
                found.add_row(what, *(f"{seconds * 1e3:.1f}" for seconds in figures))
    return found


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:]))
