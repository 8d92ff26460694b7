"""One run: the world, the people, the troubles, the calm after them, and the verdict."""

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from time import time

from playground import Playground
from storage.database import Database
from tests.chaos.digests import Digests
from tests.chaos.models import Model, serving
from tests.chaos.people import People
from tests.chaos.programs import LEASE_S, Program, environment
from tests.chaos.troubles import Troubles
from tests.chaos.verdict import Verdict, compare, settled
from tests.worlds.program import CONTENDERS
from tests.worlds.story import MANIFEST

RETRY_DELAYS = tuple(delay * LEASE_S / 30 for delay in (0.0, 60.0, 300.0))
"""Slack's own, shorter by as much as the lease of a job is here."""
CALM_S = 120.0
"""Seconds after the last trouble within which everything must have come to its end."""


async def run(
    folder: Path, *, seconds: float, seed: int, programs: int = 1, database_url: str | None = None
) -> tuple[Verdict, Troubles]:
    """Make trouble for so long. `database_url`: of an empty database; without it, SQLite in `folder`."""
    rng = Random(seed)
    url = database_url or f"sqlite:///{folder / 'duel.db'}"
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(Playground(MANIFEST, now=time, retry_delays=RETRY_DELAYS))
        models = [await stack.enter_async_context(serving(Model(rng))) for _ in range(2)]
        lab = await slack.add_channel(
            "lab", members=[slack.bot_user_id, *map(slack.person, ("ana", "ben", "chloe", "dev"))]
        )
        (folder / "contenders.toml").write_text(
            CONTENDERS.format(
                left="Left", left_url=models[0].base_url, right="Right", right_url=models[1].base_url
            )
        )
        digests = Digests(slack, rng)
        await digests.plan(url, datetime.now(UTC), seconds)
        kept = [
            Program(folder, environment(slack, url), folder / f"program{number}.log", rng)
            for number in range(programs)
        ]
        running = [asyncio.create_task(one.keep_running()) for one in kept]
        await slack.connected(timeout=60)
        people = People(slack, [slack.channel("general"), lab], rng)
        troubles = Troubles(slack, list(kept), url, rng)
        until = asyncio.get_running_loop().time() + seconds
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(people.ask(until))
                group.create_task(people.vote(until + 5))
                group.create_task(troubles.make(until))
                group.create_task(digests.kill_in_the_middle(troubles.programs, until))
                if programs > 1:
                    await asyncio.sleep(seconds / 2)
                    await troubles.kill_for_good()
            troubles.calm()
            await _calm(slack, people, digests)
        finally:
            for one in kept:
                one.for_good = True
                one.end()
            await asyncio.gather(*running)
        database = Database(url)
        try:
            troubles.made["kill -9 in a digest"] = digests.killed
            return await compare(slack, people, digests, database, models), troubles
        finally:
            await database.close()


async def _calm(slack: Playground, people: People, digests: Digests) -> None:
    try:
        await slack.until(lambda: settled(slack, people) and digests.all_there, timeout=CALM_S)
    except AssertionError:
        return  # the verdict says what is not finished
