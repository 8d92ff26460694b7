"""The command line."""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from random import Random, SystemRandom
from typing import Any

import click
from rich.console import Console
from rich.logging import RichHandler

from bot import demo as worlds
from bot import digest_list, price_list, standings_list, terminal
from bot import doctor as checkup
from bot.arena import check_prompt
from bot.clock import Clock, SystemClock
from bot.contenders import Lineup
from bot.contenders.said import Exchange
from bot.doctor import Finding
from bot.duel import Person, Side, Topic, pseudonym, seat
from bot.errors import DuelError, SettingsError
from bot.exchange.commands import commands as exchange
from bot.privacy import FORGET_JOB, forget_job
from bot.replay.commands import commands as replay
from bot.rules import Rules
from bot.serve import replaying, serve, serve_demo
from bot.settings import Settings, load
from handlers import checkup as slack_checkup
from handlers import manifest as slack_manifest
from storage import checkup as storage_checkup
from storage.archive import DuelArchive
from storage.database import Database
from storage.digest import DigestTable
from storage.flags import FlagTable
from storage.jobs import JobTable
from storage.privacy import PrivacyTable
from storage.questions import QuestionTable
from storage.standings import StandingsTable

err = Console(stderr=True)


async def duel_here(
    settings: Settings,
    prompts: Sequence[str],
    names: tuple[str, ...] | None,
    *,
    json: bool,
    clock: Clock,
    rng: Random,
) -> bool:
    """One duel in the terminal, of these two or the usual ones, in as many rounds as there are prompts.

    `False` if a contender failed: then it goes no further.
    """
    prompts = [check_prompt(prompt, settings.max_prompt) for prompt in prompts]
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
        rounds, seats = [], seat(pair, rng)
        before: dict[Side, list[Exchange]] = {side: [] for side in Side}
        for prompt in prompts:
            answers = await terminal.ask_both(prompt, seats, lineup, out, before)
            rounds.append((prompt, answers))
            if not (well := all(answer.outcome.votable for answer in answers.values())):
                break
            for side, answer in answers.items():
                before[side].append(Exchange(prompt, answer.text))
        if json:
            click.echo(terminal.as_json(rounds))
        labels = {name: contender.label for name, contender in settings.roster.items()}
        for _, answers in rounds:
            terminal.show_result(answers, labels, out)
        return well


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
    log_as(settings)
    return settings


def log_as(settings: Settings) -> None:
    """Log on standard error: all of ours from that level on, of libraries what somebody can act on."""
    logging.basicConfig(
        level=settings.log_level,
        format="%(name)s: %(message)s",
        handlers=[RichHandler(console=err, show_path=False)],
    )
    for chatty in ("httpx", "slack_sdk", "aiosqlite", "alembic"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, logging.getLevelName(settings.log_level)))
    # slack_bolt warns of the token that is set in the environment as well, and apscheduler of each tick that
    # it leaves out because the one before is still at work: on a busy machine one a second, and meant so
    for needless in ("slack_bolt", "apscheduler"):
        logging.getLogger(needless).setLevel(max(logging.ERROR, logging.getLevelName(settings.log_level)))


@click.group()
def main() -> None:
    """Duel: one prompt, two models, unnamed. Your team votes."""


@main.command()
def run() -> None:
    """Serve real workspaces, over Socket Mode or HTTP: whichever the settings are for."""
    ready = "Duel is connected, over Socket Mode. Ctrl-C ends it."
    _start(serve(_settings(), SystemClock(), SystemRandom(), ready, err))


@main.command()
def demo() -> None:
    """A Slack in a box in the browser, and two real models on this machine."""
    _start(serve_demo(_settings(), SystemClock(), SystemRandom(), err))


@main.command()
@click.argument("prompts", metavar="PROMPT [PROMPT]...", nargs=-1, required=True)
@click.option("--with", "pair", metavar="A,B", help="The two contenders, with a comma between them.")
@click.option("--json", is_flag=True, help="One JSON object on standard output, and nothing else there.")
def duel(prompts: tuple[str, ...], pair: str | None, json: bool) -> None:
    """Put PROMPT to two models, here in the terminal; each further one goes on with their conversations."""
    names = None if pair is None else tuple(name.strip() for name in pair.split(","))
    work = duel_here(_settings(), prompts, names, json=json, clock=SystemClock(), rng=SystemRandom())
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
            wanted, records, now = (
                standings_list.Asked(**asked),
                StandingsTable(database),
                SystemClock().now(),
            )
            found = await standings_list.look(records, wanted, now)
            unsafe = await FlagTable(database).by_contender(
                wanted.team or standings_list.only(await records.teams()),
                since=wanted.since(now),
                topic=None if wanted.topic is None else Topic(wanted.topic),
                language=wanted.language,
            )
        finally:
            await database.close()
        labels = {name: contender.label for name, contender in settings.roster.items()}
        results = {name: contender.results for name, contender in settings.roster.items()}
        standings_list.show(found, labels, Console(), json=json, published=results, unsafe=unsafe)

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
                *(StandingsTable(database), DigestTable(database), QuestionTable(database)),
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
        log_as(settings)
        work = look_at_everything(
            settings, everyone=everyone, channel=channel, clock=SystemClock(), rng=SystemRandom()
        )
        findings = _start(work)
    checkup.show(findings, Console(), json=json)
    sys.exit(0 if checkup.would_work(findings) else 1)


@main.command()
@click.option(
    "--http", "url", metavar="URL", help="For HTTP instead of Socket Mode: the app's public address."
)
def manifest(url: str | None) -> None:
    """The manifest of the Slack app, made from what this version needs."""
    click.echo(slack_manifest.text(url), nl=False)


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


@main.command()
@click.option("--team", required=True, metavar="ID", help="The workspace, T…")
@click.option("--person", required=True, metavar="ID", help="Slack's user id, U…")
@click.option("--yes", is_flag=True, help="Do not ask first.")
def forget(team: str, person: str, yes: bool) -> None:
    """Erase a person: the prompts that they asked, and their name on every vote. It cannot be undone."""
    settings = _settings()
    if not yes:
        click.confirm(f"Erase {person} of {team} for good?", abort=True)

    async def work() -> None:
        mask = partial(pseudonym, secret=settings.secret)
        database, who = Database(settings.database_url.get_secret_value()), Person(team, person)
        try:
            await database.check()
            house = Rules(voters=settings.votes_of)
            erased = await PrivacyTable(database, mask, house).erase(who, standing=None)
            if erased.left:
                await JobTable(database, settings.job_lease).put(forget_job(who, "operator"), FORGET_JOB)
        finally:
            await database.close()
        err.print(
            f"Erased: {erased.duels:,} prompts; {erased.votes:,} votes have no name now.", highlight=False
        )
        if erased.left:
            err.print(f"{erased.left:,} of what they asked is not over yet: the running Duel erases it then.")

    _start(work())


for command in (
    *exchange(archive, _settings, _start),
    *replay(partial(replaying, clock=SystemClock(), rng=SystemRandom()), _settings, _start, err),
):
    main.add_command(command)
