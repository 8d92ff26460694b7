"""The composition root and the command line: everything is put together here, and nothing is decided."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from random import Random, SystemRandom
from typing import Any

import aiohttp
import click
from rich.console import Console
from rich.logging import RichHandler

from bot import demo as worlds
from bot import digest_list, price_list, standings_list, terminal
from bot import doctor as checkup
from bot.arena import Arena, check_prompt
from bot.bulletin import DIGEST_JOB, Bulletin, Habit
from bot.classifier import classifier
from bot.clock import Clock, SystemClock
from bot.contenders import Lineup
from bot.doctor import Finding
from bot.duel import Outcome, Topic, seat
from bot.errors import DuelError, SettingsError
from bot.exchange.commands import commands as exchange
from bot.exchange.commands import names
from bot.exchange.delivery import EXPORT_JOB, Delivery
from bot.jobs import Kind, Worker
from bot.pausing import PROBE_JOB, Bench
from bot.settings import Settings, load
from handlers import checkup as slack_checkup
from handlers import route
from handlers.cards import help as help_card
from handlers.clock import clock as ticks
from handlers.digest import Desk, SlackPress
from handlers.emoji import Emoji
from handlers.files import SlackCourier
from handlers.notices import SlackNotices
from handlers.posting import TIMEOUT_S, Slack
from handlers.socket import Socket
from handlers.stage import SlackStage
from storage import checkup as storage_checkup
from storage.archive import DuelArchive
from storage.database import Database
from storage.digest import DigestTable
from storage.jobs import JobTable
from storage.ledger import DuelLedger
from storage.pauses import PauseTable
from storage.standings import StandingsTable
from storage.votes import Poll

STOP_WITHIN_S = 25.0
"""Platforms kill what has not ended 30 s after SIGTERM."""

err = Console(stderr=True)


@dataclass(frozen=True)
class Running:
    """The parts of a running app that its clock drives."""

    worker: Worker
    socket: Socket
    bulletin: Bulletin


@asynccontextmanager
async def app(
    settings: Settings, *, clock: Clock, rng: Random, now: Callable[[], datetime] | None = None
) -> AsyncIterator[Running]:
    """The whole app, connected to Slack; its clock does not tick yet. Raises `DuelError`.

    `now` is a clock that the database is to go by instead of its own.
    """
    token, app_token = settings.need("slack_bot_token"), settings.need("slack_app_token")
    emoji = Emoji(settings.vote_emoji)
    labels = {name: contender.label for name, contender in settings.roster.items()}
    async with AsyncExitStack() as stack:
        database = Database(settings.database_url.get_secret_value(), now=now)
        stack.push_async_callback(database.close)
        await database.check()
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
        session = await stack.enter_async_context(aiohttp.ClientSession(timeout=timeout))
        slack = Slack(token.get_secret_value(), settings.slack_api_url, session)
        me = await slack.me()
        jobs = JobTable(database, settings.job_lease)
        worker = Worker(
            jobs,
            lease=settings.job_lease,
            keep=settings.keep_jobs_for,
            clock=clock,
        )
        lineup = await stack.enter_async_context(
            Lineup(settings.roster, settings.equip, clock=clock, rng=rng)
        )
        bench = Bench(
            PauseTable(database),
            SlackNotices(slack, settings.operators_channel, labels),
            lineup,
            clock=clock,
            wake=worker.wake,
        )
        poll = Poll(database, settings.vote_quorum)
        stack.push_async_callback(poll.close)
        arena = Arena(
            ledger=DuelLedger(database),
            poll=poll,
            stage=SlackStage(slack, emoji=emoji, labels=labels, quorum=settings.vote_quorum),
            lineup=lineup,
            bench=bench,
            budgets=settings.budgets,
            classify=await asyncio.to_thread(classifier, settings),
            pair=lineup.call_up(settings.duel_pair),
            vote_for=settings.vote_for,
            quorum=settings.vote_quorum,
            max_prompt=settings.max_prompt,
            clock=clock,
            rng=rng,
            secret=token.get_secret_value().encode(),
            wake=worker.wake,
        )
        bulletin = Bulletin(
            archive=DigestTable(database),
            records=StandingsTable(database),
            duels=DuelLedger(database),
            press=SlackPress(slack, labels),
            habit=Habit(
                settings.digest_slot, settings.digest_catch_up, tell_quiet=settings.digest_quiet == "line"
            ),
            clock=clock,
            wake=worker.wake,
        )
        worker.serve(DIGEST_JOB, Kind(bulletin.run, bulletin.give_up))
        worker.serve("duel", Kind(arena.run, arena.give_up))
        delivery = Delivery(
            desk=jobs,
            archive=DuelArchive(database),
            courier=SlackCourier(slack),
            called=names(token.get_secret_value().encode()),
            wake=worker.wake,
        )
        worker.serve(EXPORT_JOB, Kind(delivery.run, delivery.give_up))
        worker.serve(PROBE_JOB, Kind(bench.run, bench.give_up))
        stack.push_async_callback(worker.stop, STOP_WITHIN_S)
        await bench.hurry()
        bolt = route(
            slack.client,
            arena=arena,
            desk=Desk(bulletin, labels, settings.digest_zone, clock.now),
            delivery=delivery,
            emoji=emoji,
            help_text=help_card.text(settings, emoji, lineup.names),
            me=me,
        )
        socket = Socket(bolt, app_token.get_secret_value(), clock=clock, connected=arena.catch_up)
        await socket.connect()
        stack.push_async_callback(socket.close)
        yield Running(worker, socket, bulletin)


async def serve(settings: Settings, clock: Clock, rng: Random, ready: str) -> None:
    """Run the app until a signal ends it."""
    stop = asyncio.Event()

    def ending(number: int) -> None:
        if stop.is_set():
            os._exit(128 + number)  # the second one means at once; a crash loses nothing
        stop.set()

    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, ending, name)
    async with app(settings, clock=clock, rng=rng) as running:
        scheduler = ticks(running.worker, running.socket, running.bulletin, settings.job_lease)
        scheduler.start()
        err.print(ready)
        await stop.wait()
        err.print(f"Finishing what runs, within {STOP_WITHIN_S:.0f} s. Once more ends it at once.")
        scheduler.pause()
    scheduler.shutdown(wait=False)


async def serve_demo(settings: Settings, clock: Clock, rng: Random) -> None:
    """A Slack in a box, two local models, and the same app between them."""
    async with AsyncExitStack() as stack:
        url, slack = await stack.enter_async_context(worlds.slack_in_a_box(settings.port))
        local = await stack.enter_async_context(worlds.local_contenders(settings.model_cache, err))
        folder = stack.enter_context(worlds.folder())
        there = load(
            **slack,
            database_url=f"sqlite:///{folder / 'duel.db'}",
            contenders=local,
            duel_pair=tuple(local),
        )
        await serve(there, clock, rng, f"\n  Duel is ready: [bold]{url}[/bold]\n  Ctrl-C ends it.\n")


async def duel_here(
    settings: Settings, prompt: str, names: tuple[str, ...] | None, *, json: bool, clock: Clock, rng: Random
) -> bool:
    """One duel in the terminal, of these two or the usual ones. `False` if a contender failed."""
    prompt = check_prompt(prompt, settings.max_prompt)
    async with AsyncExitStack() as stack:
        lineup = await stack.enter_async_context(
            Lineup(settings.roster, settings.equip, clock=clock, rng=rng)
        )
        if names is None and not lineup.names:
            err.print("No API key is set: the two local demo models duel instead.", markup=False)
            local = await stack.enter_async_context(worlds.local_contenders(settings.model_cache, err))
            settings = load(contenders=local, duel_pair=tuple(local))
            lineup = await stack.enter_async_context(
                Lineup(settings.roster, settings.equip, clock=clock, rng=rng)
            )
        pair = lineup.call_up(settings.duel_pair) if names is None else lineup.check(names)
        out = Console(quiet=json)
        answers = await terminal.ask_both(prompt, seat(pair, rng), lineup, out)
        if json:
            click.echo(terminal.as_json(prompt, answers))
        labels = {name: contender.label for name, contender in settings.roster.items()}
        terminal.show_result(answers, labels, out)
        return all(answer.outcome in (Outcome.OK, Outcome.CUT_OFF) for answer in answers.values())


async def look_at_everything(
    settings: Settings, *, everyone: bool, channel: str | None, clock: Clock, rng: Random
) -> list[Finding]:
    """What `doctor` finds, with these settings."""
    async with Lineup(settings.roster, settings.equip, clock=clock, rng=rng) as lineup:
        return await checkup.examine(
            settings,
            lineup,
            everyone=everyone,
            database=partial(storage_checkup.examine, settings.database_url.get_secret_value()),
            stage=partial(slack_checkup.examine, settings, channel),
            clock=clock,
        )


def _start(work: Awaitable[Any]) -> Any:
    """Run it. One of our own errors is a line that says what to do, and exit status 1."""

    async def run() -> Any:
        return await work

    try:
        return asyncio.run(run())
    except DuelError as error:
        err.print(str(error), markup=False, highlight=False)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _settings() -> Settings:
    try:
        settings = load()
    except SettingsError as error:
        err.print(str(error), markup=False, highlight=False)
        sys.exit(1)
    _log_as(settings)
    return settings


def _log_as(settings: Settings) -> None:
    logging.basicConfig(
        level=settings.log_level,
        format="%(name)s: %(message)s",
        handlers=[RichHandler(console=err, show_path=False)],
    )
    for chatty in ("httpx", "apscheduler", "slack_bolt", "slack_sdk", "aiosqlite", "alembic"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, logging.getLevelName(settings.log_level)))
    # it warns of the token that is set in the environment as well
    logging.getLogger("slack_bolt").setLevel(max(logging.ERROR, logging.getLevelName(settings.log_level)))


@click.group()
def main() -> None:
    """Duel: one prompt, two models, unnamed. Your team votes."""


@main.command()
def run() -> None:
    """Serve a real workspace, over Socket Mode."""
    _start(serve(_settings(), SystemClock(), SystemRandom(), "Duel is connected. Ctrl-C ends it."))


@main.command()
def demo() -> None:
    """A Slack in a box in the browser, and two real models on this machine."""
    _start(serve_demo(_settings(), SystemClock(), SystemRandom()))


@main.command()
@click.argument("prompt")
@click.option("--with", "pair", metavar="A,B", help="The two contenders, with a comma between them.")
@click.option("--json", is_flag=True, help="One JSON object on standard output, and nothing else there.")
def duel(prompt: str, pair: str | None, json: bool) -> None:
    """Put PROMPT to two models, here in the terminal."""
    names = None if pair is None else tuple(name.strip() for name in pair.split(","))
    work = duel_here(_settings(), prompt, names, json=json, clock=SystemClock(), rng=SystemRandom())
    sys.exit(0 if _start(work) else 1)


@main.command()
@click.option("--json", is_flag=True, help="One JSON array on standard output, and nothing else there.")
def prices(json: bool) -> None:
    """What each model costs now, when that changes, and which entries are old."""
    price_list.show(_settings(), SystemClock().now(), Console(), json=json)


@main.command()
@click.option("--team", metavar="ID", help="Whose; only needed where several teams have dueled.")
@click.option("--days", type=click.Choice(["7", "30", "all"]), default="all", show_default=True)
@click.option("--topic", type=click.Choice([topic.value for topic in Topic]), help="Only prompts about that.")
@click.option("--language", metavar="CODE", help="Only prompts in that language, e.g. de.")
@click.option("--json", is_flag=True, help="One JSON object on standard output, and nothing else there.")
def standings(*, json: bool, **asked: str) -> None:
    """What the votes support, and how fast and dear the answers were."""
    settings = _settings()

    async def work() -> None:
        database = Database(settings.database_url.get_secret_value())
        try:
            await database.check()
            found = await standings_list.look(
                StandingsTable(database), standings_list.Asked(**asked), SystemClock().now()
            )
        finally:
            await database.close()
        labels = {name: contender.label for name, contender in settings.roster.items()}
        standings_list.show(found, labels, Console(), json=json)

    _start(work())


@main.command()
@click.option("--week", required=True, metavar="YEAR-WEEK", help="Which week, e.g. 2026-W47.")
@click.option("--team", metavar="ID", help="Whose; only needed where several teams have dueled.")
@click.option("--channel", metavar="ID", help="Of that channel, in its own time zone; otherwise of all.")
@click.option("--json", is_flag=True, help="One JSON object on standard output, and nothing else there.")
def digest(week: str, team: str | None, channel: str | None, json: bool) -> None:
    """What happened in a week, and what all votes up to its end support."""
    settings = _settings()

    async def work() -> None:
        database = Database(settings.database_url.get_secret_value())
        try:
            await database.check()
            told = await digest_list.look(
                *(StandingsTable(database), DigestTable(database)),
                digest_list.Asked(week, team, channel, settings.digest_zone),
            )
        finally:
            await database.close()
        labels = {name: contender.label for name, contender in settings.roster.items()}
        digest_list.show(told, labels, Console(), json=json)

    _start(work())


@main.command()
@click.option("--all", "everyone", is_flag=True, help="Call every contender that is ready, not only two.")
@click.option("--channel", metavar="ID", help="Check as well whether Duel is a member of that channel.")
@click.option("--json", is_flag=True, help="One JSON object on standard output, and nothing else there.")
def doctor(everyone: bool, channel: str | None, json: bool) -> None:
    """Look at everything that a duel needs, with one tiny real call to each contender."""
    try:
        settings = load()
    except SettingsError as error:
        findings = checkup.unreadable(error)
    else:
        _log_as(settings)
        work = look_at_everything(
            settings, everyone=everyone, channel=channel, clock=SystemClock(), rng=SystemRandom()
        )
        findings = _start(work)
    checkup.show(findings, Console(), json=json)
    sys.exit(0 if checkup.would_work(findings) else 1)


@main.command()
def migrate() -> None:
    """Bring the database up to this version."""

    async def work() -> None:
        database = Database(_settings().database_url.get_secret_value())
        try:
            await database.migrate()
        finally:
            await database.close()

    _start(work())
    err.print("The database is up to date.")


@asynccontextmanager
async def archive(settings: Settings) -> AsyncIterator[DuelArchive]:
    """The duels that have ended, for as long as they are exchanged."""
    database = Database(settings.database_url.get_secret_value())
    try:
        await database.check()
        yield DuelArchive(database)
    finally:
        await database.close()


for command in exchange(archive, _settings, _start):
    main.add_command(command)

if __name__ == "__main__":
    main()
