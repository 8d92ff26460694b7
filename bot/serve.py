"""The programs: the app until a signal ends it, the same in the demo's world, a replay beside it."""

import asyncio
import gc
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import datetime
from random import Random

import aiohttp
from rich.console import Console

from bot import demo as worlds
from bot.app import STOP_WITHIN_S, Running, app, house_of, registry_of, workspaces_of
from bot.arena import Arena
from bot.budgets import Whose
from bot.clock import Clock
from bot.contenders import Lineup
from bot.door import Door
from bot.duel import Person
from bot.errors import UsageError
from bot.jobs import AT_ONCE
from bot.pausing import Bench
from bot.replay.replay import Order, Replay, Show
from bot.settings import Settings, load
from handlers.clock import clock as ticks
from handlers.notices import SlackNotices
from handlers.posting import TIMEOUT_S
from storage.channels import ChannelTable
from storage.database import Database
from storage.ledger import DuelLedger
from storage.pauses import PauseTable
from storage.replays import ReplayTable
from storage.rounds import ChainTable
from storage.votes import Poll


async def serve(settings: Settings, clock: Clock, rng: Random, ready: str, console: Console) -> None:
    """Run the app until a signal ends it."""
    stop = asyncio.Event()

    def ending(number: int) -> None:
        if stop.is_set():
            os._exit(128 + number)  # the second one means at once; a crash loses nothing
        stop.set()

    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, ending, name)
    async with ticking(settings, clock, rng) as running:
        if running.web is not None:
            ready = f"Duel listens on {running.web.url}, for signed HTTP. Ctrl-C ends it."
        console.print(ready)
        await stop.wait()
        console.print(f"Finishing what runs, within {STOP_WITHIN_S:.0f} s. Once more ends it at once.")


@asynccontextmanager
async def ticking(
    settings: Settings, clock: Clock, rng: Random, *, at_once: int = AT_ONCE
) -> AsyncIterator[Running]:
    """The app, connected, and its clock ticks. At the end it takes nothing new, and finishes what runs."""
    async with app(settings, clock=clock, rng=rng, at_once=at_once) as running:
        scheduler = ticks(running, settings.job_lease)
        scheduler.start()
        # What has been made until now stays to the end. Every full collection would look through it all, and
        # while 200 duels stream that held the acknowledgements up for a quarter of a second. What remains to
        # be looked through is much while there is much to do: so it is done more rarely than Python would.
        gc.collect()
        gc.freeze()
        gc.set_threshold(10_000, 10, 100)
        yield running
        scheduler.pause()
    scheduler.shutdown(wait=False)


async def serve_demo(settings: Settings, clock: Clock, rng: Random, console: Console) -> None:
    """A Slack in a box, two local models, and the same app between them."""
    async with AsyncExitStack() as stack:
        url, slack = await stack.enter_async_context(worlds.slack_in_a_box(settings.port))
        local = await stack.enter_async_context(worlds.local_contenders(settings.model_cache, console))
        folder = stack.enter_context(worlds.folder())
        there = load(
            **slack,
            database_url=f"sqlite:///{folder / 'duel.db'}",
            contenders=local,
            duel_pair=tuple(local),
        )
        await serve(there, clock, rng, f"\n  Duel is ready: [bold]{url}[/bold]\n  Ctrl-C ends it.\n", console)


@asynccontextmanager
async def replaying(
    settings: Settings,
    order: Order,
    team: str | None,
    show: Show,
    *,
    clock: Clock,
    rng: Random,
    now: Callable[[], datetime] | None = None,
) -> AsyncIterator[Replay]:
    """What writes the duels of a replay down; a program that runs the app carries them out.

    They are asked by the app itself, for which a person's limits are not meant. Raises `DuelError`.
    """
    labels = {name: contender.label for name, contender in settings.roster.items()}
    async with AsyncExitStack() as stack:
        database = Database(settings.database_url.get_secret_value(), now=now)
        stack.push_async_callback(database.close)
        await database.check()
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
        session = await stack.enter_async_context(aiohttp.ClientSession(timeout=timeout))
        registry = await registry_of(settings, database) if settings.many_workspaces else None
        workspaces = await workspaces_of(settings, registry, session, clock)
        home = await workspaces.find(team or "")
        if home is None:
            raise UsageError("Which workspace? Name one that has installed Duel: --team T…")
        if team not in (None, home.team):
            raise UsageError(f"SLACK_BOT_TOKEN is of workspace {home.team}, and not of {team}.")
        asker = Person(home.team, home.me)
        lineup = await stack.enter_async_context(
            Lineup(settings.roster, settings.equip, clock=clock, rng=rng)
        )
        notices = SlackNotices(workspaces, settings.operators_channel, labels, clock)
        pair = lineup.call_up(settings.duel_pair) if order.pair is None else lineup.check(order.pair)
        house = replace(house_of(settings, pair), budgets=settings.budgets.without(Whose.PERSON))
        poll = Poll(database, house.rules)
        stack.push_async_callback(poll.close)
        arena = Arena(
            ledger=DuelLedger(database, house.rules),
            chains=ChainTable(database, house.rules),
            poll=poll,
            lineup=lineup,
            bench=Bench(PauseTable(database), notices, lineup, clock=clock, wake=_nobody),
            door=Door(ChannelTable(database), house, lineup),
            max_prompt=settings.max_prompt,
            clock=clock,
            rng=rng,
            wake=_nobody,
            hurry=lambda _: None,  # nothing is answered here
        )
        shelf = ReplayTable(database)
        yield Replay(order, arena=arena, shelf=shelf, lineup=lineup, asker=asker, clock=clock, show=show)


def _nobody() -> None:
    """Whoever does the work looks for it each second."""
