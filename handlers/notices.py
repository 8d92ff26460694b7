"""`bot.pausing.Notices` in Slack: what operators are told, each thing once; without a channel, in the log."""

import logging
from datetime import datetime

from bot.clock import Clock
from bot.duel import Duel, Side
from bot.errors import StageAway, StageError
from bot.jobs import Lease
from bot.pausing import Pause
from handlers.cards import Message
from handlers.cards import notice as cards
from handlers.cards.duel import Labels
from handlers.workspaces import Workspaces

log = logging.getLogger(__name__)


class SlackNotices:
    """Posts to the operators' channel. One that it cannot be posted to costs a notice, never a probe."""

    def __init__(self, workspaces: Workspaces, channel: str | None, labels: Labels, clock: Clock) -> None:
        """`channel` is an id, with that of its workspace and a slash before it where there are many."""
        self._workspaces = workspaces
        self._team, _, self._channel = (channel or "").rpartition("/")
        self._labels = labels
        self._clock = clock

    async def paused(self, lease: Lease, pause: Pause) -> None:
        await self._tell(lease, "paused", cards.paused(pause, self._labels), pause.since)

    async def resumed(self, lease: Lease, pause: Pause) -> None:
        await self._tell(lease, "resumed", cards.resumed(pause, self._labels), pause.since)

    async def flagged(self, lease: Lease, duel: Duel, side: Side) -> None:
        assert duel.shown_at is not None
        slack = await self._workspaces.slack(duel.asker.team)
        link = await slack.permalink(*duel.shown_at.split("/"))
        await self._tell(lease, "flagged", cards.flagged(duel, side, link), self._clock.now())

    async def _tell(self, lease: Lease, part: str, message: Message, since: datetime) -> None:
        async def tell() -> str:
            if not self._channel:
                log.warning("%s (set OPERATORS_CHANNEL to be told in Slack)", message["text"])
                return "logged"
            try:
                slack = await self._workspaces.slack(self._team)
                return await slack.post(lease, message, part=part, channel=self._channel, since=since)
            except StageAway:
                raise
            except StageError as error:
                log.warning("%s OPERATORS_CHANNEL could not be told: %s", message["text"], error)
                return "logged"

        await lease.once(f"tell {part}", tell)
