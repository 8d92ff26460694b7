"""`bot.bulletin.Press` in Slack, and what `/duel digest`, `stats` and `why` answer."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
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
from handlers.cards import Message, charts
from handlers.cards import digest as cards
from handlers.cards import stats as stats_cards
from handlers.cards.digest import Native
from handlers.cards.duel import Labels
from handlers.cards.published import Figures
from handlers.pictures import draw
from handlers.stage import place_of
from handlers.uploads import Uploads
from handlers.workspaces import Workspaces

log = logging.getLogger(__name__)


PICTURE = "chart.png"
WAITS = 3
"""Times that a picture is waited for: a digest is not held up for hours by what it may lack."""
_PARTS = {
    Native.CHARTS: "digest",
    Native.TABLES: "digest without its chart",
    Native.TEXT: "digest as text",
}
"""Each way to post one, the best first, and the part that it is found by."""
_WITHOUT_CHART = (Native.CHARTS, Native.TEXT)


class SlackPress:
    """Posts digests."""

    def __init__(self, workspaces: Workspaces, uploads: Uploads, labels: Labels) -> None:
        self._workspaces = workspaces
        self._uploads = uploads
        self._labels = labels

    async def publish(self, lease: Lease, digest: Digest) -> Place:
        chart = cards.chart_of(digest, self._labels)
        *steps, native = _PARTS if chart else _WITHOUT_CHART
        ts = ""
        for at in steps:
            # remembered, also as a refusal: whoever goes on with this begins where Slack took it
            if ts := await lease.once(f"offer {_PARTS[at]}", partial(self._offered, lease, digest, at)):
                native = at
                break
        ts = ts or await self._post(lease, digest, native)
        if chart is not None and native is not Native.CHARTS:
            await self._illustrate(lease, digest.edition, chart, ts)
        return place_of(str(digest.edition.room), ts)

    async def _offered(self, lease: Lease, digest: Digest, native: Native) -> str:
        """Post it; nothing is given back where Slack does not take such blocks."""
        try:
            return await self._post(lease, digest, native)
        except (NotInvited, StageGone, StageAway):
            raise
        except StageError as error:
            log.warning("Slack does not take its own %s here: %s", native.name.lower(), error)
            return ""

    async def _illustrate(self, lease: Lease, edition: Edition, chart: charts.Chart, ts: str) -> None:
        """Put the chart as a picture into the thread, at most once; the digest reads well without."""

        async def upload() -> str:
            picture = await self._draw(chart)
            if picture is None:
                return ""
            alt = charts.words(chart)
            return await self._uploads.bring(edition.team, PICTURE, picture, length=len(picture), alt=alt)

        async def show() -> str:
            room = str(edition.room)
            await self._uploads.show(edition.team, file, title=chart.title, channel=room, thread=ts)
            return "shown"

        try:
            if file := await lease.once("upload chart", upload):
                await lease.at_most_once("show chart", show)
        except StageError as error:
            if isinstance(error, StageAway) and lease.job.waits < WAITS:
                raise
            log.info("a digest goes without a picture of its chart: %s", error)

    async def _draw(self, chart: charts.Chart) -> bytes | None:
        try:
            return await draw(chart)
        except Exception:
            log.exception("a chart could not be drawn, so a digest goes without its picture")
            return None

    async def _post(self, lease: Lease, digest: Digest, native: Native) -> str:
        slack = await self._workspaces.slack(digest.edition.team)
        return await slack.post(
            lease,
            cards.digest(digest, self._labels, native=native),
            part=_PARTS[native],
            channel=str(digest.edition.room),
            since=digest.edition.never_before,
        )

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
            told_as = partial(stats_cards.stats, told, asked, self.labels, beside)
            await whisper(ack, respond, [told_as(native=True), told_as(native=False)])
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
            await whisper(ack, respond, [cards.digest(digest, self.labels, native=at) for at in _PARTS])


async def whisper(ack: AsyncAck, respond: AsyncRespond, ways: Sequence[Message]) -> None:
    """Show the first of these to whoever asked that Slack takes there; the last is plain text.

    By the address that came with the command, for what an acknowledgement holds Slack refuses in silence.
    """
    *cards_, plainest = ways
    for card in cards_:
        try:
            answer = await respond(**card, response_type="ephemeral", replace_original=False)
        except (aiohttp.ClientError, TimeoutError):
            break
        if answer.status_code == 200 and answer.body.strip() in ("ok", ""):
            await ack()
            return
    await ack(**plainest)
