"""The composition root: the whole app is put together here, and nothing is decided."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from random import Random

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.arena import Arena
from bot.asking import Asking
from bot.booth import LATE_JOB, Booth
from bot.briefing import Briefing
from bot.bulletin import DIGEST_JOB, Bulletin, Habit
from bot.channel import House, Starters
from bot.classifier import classifier
from bot.clock import Clock
from bot.contenders import Lineup
from bot.door import Door
from bot.duel import Pair, pseudonym
from bot.exchange.commands import names
from bot.exchange.delivery import EXPORT_JOB, Delivery
from bot.flags import UNSAFE_JOB, Flags
from bot.home import HOME_JOB, Home
from bot.jobs import AT_ONCE, Kind, Worker
from bot.letters import LETTER_JOB
from bot.life import Life
from bot.pausing import PROBE_JOB, Bench
from bot.privacy import FORGET_JOB, MINE_JOB, Privacy, receivers
from bot.question import ASK_JOB
from bot.rounds import Rounds
from bot.rules import Rules
from bot.settings import Settings
from bot.settling import Settling
from bot.teams import TEAM_JOB, Installation, Teams
from handlers import route
from handlers.attachments import Attachments
from handlers.bolt import bolt
from handlers.cards import help as help_card
from handlers.cards.form import Offer
from handlers.digest import Desk, SlackPress
from handlers.emoji import Emoji
from handlers.files import SlackCourier
from handlers.form import Forms
from handlers.home import SlackFront
from handlers.install import flow
from handlers.languages import Addressing, Languages
from handlers.letters import Mailbox
from handlers.mailroom import Mailroom
from handlers.notices import SlackNotices
from handlers.people import SlackPeople
from handlers.posting import TIMEOUT_S, Slack
from handlers.question import SlackCounter
from handlers.replies import Replies
from handlers.settings import CHECKED_WITHIN_S, SettingsDesk
from handlers.socket import Socket
from handlers.stage import SlackStage
from handlers.uploads import Uploads
from handlers.web import Web
from handlers.workspaces import Workspaces
from storage.aliases import Mask, nobody
from storage.archive import DuelArchive
from storage.channels import ChannelTable
from storage.database import Database
from storage.digest import DigestTable
from storage.flags import FlagTable
from storage.home import HomeShelf
from storage.jobs import JobTable
from storage.keyring import Keyring
from storage.ledger import DuelLedger
from storage.letters import LetterTable
from storage.pauses import PauseTable
from storage.privacy import PrivacyTable
from storage.questions import QuestionTable
from storage.rounds import ChainTable
from storage.standings import StandingsTable
from storage.teams import StateTable, TeamTable
from storage.votes import Poll

STOP_WITHIN_S = 25.0
"""Platforms kill what has not ended 30 s after SIGTERM."""
STATE_LASTS = timedelta(minutes=10)
"""How long somebody may take over the page of installation."""


@dataclass(frozen=True)
class Running:
    """The parts of a running app that its clock drives."""

    worker: Worker
    socket: Socket | None
    """Over Socket Mode."""
    web: Web | None
    """Over HTTP."""
    bulletin: Bulletin
    privacy: Privacy


@asynccontextmanager
async def app(  # noqa: PLR0915 # one line a part, and no decision but which of them there are
    settings: Settings,
    *,
    clock: Clock,
    rng: Random,
    now: Callable[[], datetime] | None = None,
    at_once: int = AT_ONCE,
) -> AsyncIterator[Running]:
    """The whole app, connected to Slack; its clock does not tick yet. Raises `DuelError`.

    `now` is a clock that the database is to go by instead of its own; `at_once` duels run at the same time.
    """
    secret = settings.secret
    settings.need("slack_signing_secret" if settings.over_http else "slack_app_token")
    emoji = Emoji(settings.vote_emoji)
    labels = {name: contender.label for name, contender in settings.roster.items()}
    published = {name: contender.results for name, contender in settings.roster.items()}
    async with AsyncExitStack() as stack:
        database = Database(settings.database_url.get_secret_value(), now=now)
        stack.push_async_callback(database.close)
        await database.check()
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
        session = await stack.enter_async_context(aiohttp.ClientSession(timeout=timeout))
        mask = partial(pseudonym, secret=secret)
        registry = await registry_of(settings, database, mask) if settings.many_workspaces else None
        workspaces = await workspaces_of(settings, registry, session, clock)
        jobs = JobTable(database, settings.job_lease)
        worker = Worker(
            jobs,
            lease=settings.job_lease,
            keep=settings.keep_jobs_for,
            clock=clock,
            at_once=at_once,
            language=settings.duel_language,
        )
        lineup = await stack.enter_async_context(
            Lineup(settings.roster, settings.equip, clock=clock, rng=rng)
        )
        notices = SlackNotices(workspaces, settings.operators_channel, labels, clock)
        bench = Bench(
            PauseTable(database),
            notices,
            lineup,
            clock=clock,
            wake=worker.wake,
        )
        house = house_of(settings, lineup.call_up(settings.duel_pair))
        people, channels = SlackPeople(workspaces, clock), ChannelTable(database)
        languages = Languages(channels, people, settings.duel_language)
        poll = Poll(database, house.rules, mask)
        stack.push_async_callback(poll.close)
        ledger = DuelLedger(database, house.rules, mask)
        flag_table = FlagTable(database, mask)
        flags = Flags(flag_table, ledger, notices, worker.wake)
        hosts = receivers(settings.equip(name)[0].base_url for name in lineup.names)
        stage = SlackStage(workspaces, people, labels, languages, receivers=hosts)
        booth = Booth(ledger=ledger, poll=poll, flags=flags, stage=stage, wake=worker.wake)
        classify = await asyncio.to_thread(classifier, settings)
        life = Life(
            ledger=ledger,
            stage=stage,
            flags=flag_table,
            lineup=lineup,
            bench=bench,
            people=people,
            classify=classify,
            clock=clock,
            secret=secret,
            wake=worker.wake,
        )
        chains, door = ChainTable(database, house.rules), Door(channels, house, lineup)
        arena = Arena(
            ledger=ledger,
            chains=chains,
            poll=poll,
            lineup=lineup,
            bench=bench,
            door=door,
            max_prompt=settings.max_prompt,
            clock=clock,
            rng=rng,
            wake=worker.wake,
            hurry=life.hurry,
        )
        rounds = Rounds(
            ledger=ledger,
            chains=chains,
            arena=arena,
            door=door,
            lineup=lineup,
            clock=clock,
            rng=rng,
            wake=worker.wake,
        )
        questions, records = QuestionTable(database), StandingsTable(database)
        asking = Asking(
            questions=questions,
            briefing=Briefing(records, clock),
            counter=SlackCounter(workspaces, labels),
            address=languages.address,
            lineup=lineup,
            bench=bench,
            door=door,
            people=people,
            classify=classify,
            max_prompt=settings.max_prompt,
            duel_share=settings.ask_duel_share,
            clock=clock,
            rng=rng,
            secret=secret,
            wake=worker.wake,
        )
        uploads = Uploads(workspaces, session)
        bulletin = Bulletin(
            archive=DigestTable(database),
            records=records,
            routes=questions,
            duels=ledger,
            chains=chains,
            press=SlackPress(workspaces, uploads, labels),
            address=languages.address,
            habit=Habit(
                settings.digest_slot, settings.digest_catch_up, tell_quiet=settings.digest_quiet == "line"
            ),
            clock=clock,
            wake=worker.wake,
        )
        settling = Settling(
            channels=channels,
            people=people,
            bulletin=bulletin,
            lineup=lineup,
            house=house,
            keepers=settings.keepers,
            clock=clock,
            patience_s=CHECKED_WITHIN_S,
        )
        courier = SlackCourier(workspaces, uploads, languages)
        delivery = Delivery(
            desk=jobs,
            archive=DuelArchive(database),
            courier=courier,
            address=languages.address,
            called=names(secret),
            wake=worker.wake,
        )
        privacy = Privacy(
            desk=jobs,
            files=PrivacyTable(database, mask, house.rules),
            ledger=ledger,
            people=people,
            courier=courier,
            keep=settings.keep_prompts_for,
            clock=clock,
            wake=worker.wake,
        )
        home = Home(
            requests=jobs,
            shelf=HomeShelf(database),
            duels=ledger,
            bulletin=bulletin,
            front=SlackFront(workspaces, languages, labels, published),
            budgets=settings.budgets,
            clock=clock,
            wake=worker.wake,
        )
        letters = LetterTable(database)
        help_pages = help_card.Pages(settings, emoji, lineup.names)
        mailroom = Mailroom(
            letters,
            arena=arena,
            rounds=rounds,
            workspaces=workspaces,
            languages=languages,
            attachments=Attachments(session, workspaces, settings.slack_api_url),
            help_pages=help_pages,
            zone=settings.digest_zone,
        )
        offer = Offer(lineup.names, labels, settings.duel_pair, settings.vote_for, settings.max_prompt)
        kinds = {
            FORGET_JOB: Kind(privacy.run_forget, privacy.give_up),
            MINE_JOB: Kind(privacy.run_mine, privacy.give_up),
            "duel": Kind(life.run, life.give_up),
            ASK_JOB: Kind(asking.run, asking.give_up),
            DIGEST_JOB: Kind(bulletin.run, bulletin.give_up),
            EXPORT_JOB: Kind(delivery.run, delivery.give_up),
            HOME_JOB: Kind(home.run, home.give_up),
            LETTER_JOB: Kind(mailroom.run, mailroom.give_up),
            UNSAFE_JOB: Kind(flags.run, flags.give_up),
            LATE_JOB: Kind(booth.run, booth.give_up),
            PROBE_JOB: Kind(bench.run, bench.give_up),
        }
        teams = pages = None
        client = AsyncWebClient(base_url=settings.slack_api_url, timeout=TIMEOUT_S, session=session)
        if registry is not None:
            teams = Teams(registry, forget_after=settings.forget_team_after, clock=clock, wake=worker.wake)
            kinds[TEAM_JOB] = Kind(teams.run, teams.give_up)
            pages = flow(settings, client, teams.join, StateTable(database, secret, clock, STATE_LASTS))
        for name, kind in kinds.items():
            worker.serve(name, kind)
        stack.push_async_callback(worker.stop, STOP_WITHIN_S)
        await bench.hurry()
        listening = route(
            bolt(client, workspaces, settings.slack_signing_secret),
            arena=arena,
            booth=booth,
            flags=flags,
            asking=asking,
            desk=Desk(bulletin, flag_table, labels, settings.digest_zone, clock.now, published),
            delivery=delivery,
            settings_desk=SettingsDesk(settling, workspaces, languages, labels),
            own_page=home,
            privacy=privacy,
            replies=Replies(workspaces, worker.soon),
            forms=Forms(workspaces, offer, arena, door),
            mailbox=Mailbox(letters, worker.wake),
            help_pages=help_pages,
            ask_help=partial(help_card.ask_text, settings, labels),
            teams=teams,
            workspaces=workspaces,
        )
        listening.use(Addressing(languages))
        web = socket = None
        if settings.over_http:
            web = Web(listening, jobs.backlog, install=pages, host=settings.http_host, port=settings.port)
            await web.open()
            stack.push_async_callback(web.close)
            await arena.catch_up()
        else:
            app_token = settings.need("slack_app_token").get_secret_value()
            socket = Socket(listening, app_token, clock=clock, connected=arena.catch_up)
            await socket.connect()
            stack.push_async_callback(socket.close)
        yield Running(worker, socket, web, bulletin, privacy)


async def registry_of(settings: Settings, database: Database, mask: Mask = nobody) -> TeamTable:
    """Where the workspaces are remembered, with all their tokens under the newest key."""
    registry = TeamTable(database, Keyring(settings.need("installation_keys").get_secret_value()), mask)
    await registry.renew_keys()
    return registry


async def workspaces_of(
    settings: Settings, registry: TeamTable | None, session: aiohttp.ClientSession, clock: Clock
) -> Workspaces:
    """Those of the registry; without one, the workspace whose token is a setting."""
    slack = partial(Slack, base_url=settings.slack_api_url, session=session)
    if registry is not None:
        return Workspaces(registry.find, slack, clock=clock)
    me = await slack(settings.need("slack_bot_token").get_secret_value()).me()

    async def find(_: str) -> Installation:
        return me  # whatever team somebody in it is of

    return Workspaces(find, slack, clock=clock)


def house_of(settings: Settings, pair: Pair) -> House:
    """What holds where a channel has settled nothing."""
    return House(
        pair=pair,
        vote_for=settings.vote_for,
        rules=Rules(
            signs=Emoji(settings.vote_emoji).all,
            quorum=settings.vote_quorum,
            voters=settings.votes_of,
            anyone_reveals=settings.reveal_by == "anyone",
        ),
        starters=Starters(settings.duels_by),
        budgets=settings.budgets,
        language=settings.duel_language,
    )
