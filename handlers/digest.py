"""`bot.bulletin.Press` in Slack, and what `/duel digest`, `stats` and `why` answer."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
from slack_bolt.async_app import AsyncAck, AsyncRespond

from bot.bulletin import Bulletin
from bot.digest import Digest, Edition
from bot.duel import DuelId, Place
from bot.errors import NotInvited, StageAway, StageError, StageGone
from bot.flags import FlagStore
from bot.jobs import Lease
from bot.words import say
from handlers.asides import Aside, DigestOn, DigestTo, Stats, When, Why, aside
from handlers.cards import Message
from handlers.cards import digest as cards
from handlers.cards import stats as stats_cards
from handlers.cards.duel import Labels
from handlers.cards.published import Figures
from handlers.stage import place_of
from handlers.workspaces import Workspaces

log = logging.getLogger(__name__)


class SlackPress:
    """Posts digests."""

    def __init__(self, workspaces: Workspaces, labels: Labels) -> None:
        self._workspaces = workspaces
        self._labels = labels

    async def publish(self, lease: Lease, digest: Digest) -> Place:
        channel, since = str(digest.edition.room), digest.edition.never_before
        slack = await self._workspaces.slack(digest.edition.team)
        try:
            card = cards.digest(digest, self._labels)
            ts = await slack.post(lease, card, part="digest", channel=channel, since=since)
        except (NotInvited, StageGone, StageAway):
            raise
        except StageError as error:
            log.warning("Slack does not take its own tables here, so they go as text: %s", error)
            card = cards.digest(digest, self._labels, native=False)
            ts = await slack.post(lease, card, part="digest as text", channel=channel, since=since)
        return place_of(channel, ts)

    async def tell_quiet(self, lease: Lease, edition: Edition) -> Place:
        channel, since = str(edition.room), edition.never_before
        slack = await self._workspaces.slack(edition.team)
        ts = await slack.post(lease, cards.quiet(edition), part="quiet", channel=channel, since=since)
        return place_of(channel, ts)

    async def link(self, team: str, place: Place) -> str | None:
        channel, _, ts = place.partition("/")
        return await (await self._workspaces.slack(team)).permalink(channel, ts)


@dataclass(frozen=True)
class Desk:
    """Where everything that is asked for besides duels is answered."""

    bulletin: Bulletin
    flags: FlagStore
    labels: Labels
    zone: ZoneInfo
    """Of an hour that names none."""
    now: Callable[[], datetime]
    published: Figures
    """What others have published of the contenders."""

    def read(self, text: str) -> Aside | None:
        """What is asked for; `None`: it is a prompt. Raises `UsageError`."""
        return aside(text, self.zone)

    async def answer(
        self, asked: Aside, ack: AsyncAck, respond: AsyncRespond, command: dict[str, Any]
    ) -> None:
        """Answer whoever asked, and nobody else. Raises `UsageError`."""
        team, room = command["team_id"], Place(command["channel_id"])
        if isinstance(asked, DigestOn):
            schedule = await self.bulletin.switch_on(team, room, asked.slot)
            await ack(cards.switched_on(schedule, schedule.slot.next(self.now())))
        elif isinstance(asked, DigestTo):
            await self._digest(asked.what, ack, respond, command)
        elif isinstance(asked, Stats):
            told = await self.bulletin.stats(
                team,
                room=room if asked.here else None,
                window=asked.window,
                topic=asked.topic,
                language=asked.language,
            )
            beside = stats_cards.Beside(
                await self.bulletin.routed(team, room=room if asked.here else None, window=asked.window),
                self.published,
                await self.flags.by_contender(
                    team,
                    room=room if asked.here else None,
                    since=None if asked.window is None else self.now() - asked.window,
                    topic=asked.topic,
                    language=asked.language,
                ),
            )
            await whisper(
                ack,
                respond,
                lambda native: stats_cards.stats(told, asked, self.labels, beside, native=native),
            )
        elif isinstance(asked, Why):
            await ack(**await self.account(team, room, asked.duel))

    async def account(self, team: str, room: Place, which: DuelId | Place) -> Message:
        """How a duel was counted. Raises `UsageError`."""
        return stats_cards.why(await self.bulletin.why(team, room, which), self.labels)

    async def _digest(
        self, what: When, ack: AsyncAck, respond: AsyncRespond, command: dict[str, Any]
    ) -> None:
        team, room = command["team_id"], Place(command["channel_id"])
        if what is When.OFF:
            await self.bulletin.switch_off(team, room)
            await ack(say(cards.SWITCHED_OFF))
        elif what is When.NOW:
            await self.bulletin.now(team, room, f"{team}:{command['trigger_id']}")
            await ack(say(cards.COMES))
        else:
            digest = await self.bulletin.preview(team, room)
            await whisper(ack, respond, lambda native: cards.digest(digest, self.labels, native=native))


async def whisper(ack: AsyncAck, respond: AsyncRespond, card: Callable[[bool], Message]) -> None:
    """Show a card to whoever asked: with Slack's own tables, or as text where it does not take them there.

    By the address that came with the command, for what an acknowledgement holds Slack refuses in silence.
    """
    try:
        answer = await respond(**card(True), response_type="ephemeral", replace_original=False)
        taken = answer.status_code == 200 and answer.body.strip() in ("ok", "")
    except (aiohttp.ClientError, TimeoutError):
        taken = False
    if taken:
        await ack()
    else:
        await ack(**card(False))
