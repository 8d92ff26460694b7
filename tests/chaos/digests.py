"""Channels whose digest falls due while there is trouble, and programs killed while they post one."""

import asyncio
import signal
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from bot.digest import Schedule, Slot, week_before
from bot.duel import Place
from playground import Playground
from storage.database import Database
from storage.digest import DigestTable
from tests.chaos.programs import Program
from tests.worlds.history import hold, weeks_of

EACH_MINUTE = 3
"""Digests that fall due in each minute of a run."""
UTC_ZONE = ZoneInfo("UTC")
POSTED = '"part": "digest"'
"""What a call says that posts one."""


@dataclass
class Digests:
    """Channels that had duels last week, each with an hour for its digest."""

    slack: Playground
    rng: Random
    rooms: list[str] = field(default_factory=list)
    killed: int = 0
    """Programs that were killed while Slack held the post of a digest."""

    async def plan(self, database_url: str, now: datetime, seconds: float) -> None:
        """Make them: some are due now, others in each minute that the run will see begin."""
        minute = now.replace(second=0, microsecond=0)
        while minute <= now + timedelta(seconds=seconds - 20):  # the last one has its share of trouble too
            for _ in range(EACH_MINUTE):
                number = len(self.rooms)
                room = await self.slack.add_channel(f"weekly-{number}", members=[self.slack.bot_user_id])
                self.rooms.append(room)
                await due_at(minute, self.slack, database_url, room, number)
            minute += timedelta(minutes=1)

    async def kill_in_the_middle(self, programs: Sequence[Program], until: float) -> None:
        """Hold the post of a digest, kill every program, and let Slack have taken the post or not."""
        while (left := until - asyncio.get_running_loop().time()) > 0:
            stop = await self.slack.levers.stop_at(
                "chat.postMessage", self.rng.choice(("before", "after")), saying=POSTED
            )
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.reached.wait(), left)
                self.killed += sum([program.send(signal.SIGKILL) for program in programs])
            stop.release(take=self.rng.random() < 0.5)
            await asyncio.sleep(self.rng.uniform(5, 15))  # others have other troubles

    def posted(self, room: str) -> list[str]:
        """The digests in a channel, by their texts."""
        return [message["text"] for message in self.slack.messages(room) if "digest" in message["text"]]

    @property
    def all_there(self) -> bool:
        return all(self.posted(room) for room in self.rooms)

    @property
    def wrong(self) -> list[str]:
        """Channels that have none, or more than one."""
        found = {room: self.posted(room) for room in self.rooms}
        return [f"{room}: {len(texts)} digests" for room, texts in found.items() if len(texts) != 1]


async def due_at(minute: datetime, slack: Playground, database_url: str, room: str, number: int = 0) -> None:
    """A channel that had two duels last week, and wants its digest in that minute."""
    past = weeks_of(week_before(minute, UTC_ZONE).until, 1, ["lr", "ll"])
    await hold(database_url, slack.team_id, room, past, first=number * len(past))
    slot = Slot(minute.weekday(), minute.time(), UTC_ZONE)
    since = minute - timedelta(minutes=1)
    database = Database(database_url)
    await DigestTable(database).keep(Schedule(slack.team_id, Place(room), slot, on=True, since=since))
    await database.close()
