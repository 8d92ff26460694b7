"""What is known of two contenders, read from a team's record once a minute at the most."""

import asyncio
from typing import Protocol

from bot.clock import Clock
from bot.duel import Pair, Topic
from bot.knowledge import known
from bot.routing import Known
from bot.standings import Record

FRESH_S = 60.0
"""A verdict of all time does not turn within a minute, and reading a million votes takes a second or two."""


class Records(Protocol):
    """Where a team's record is read from."""

    async def record(self, team: str) -> Record:
        """All duels of that team that have ended."""


class Briefing:
    """Reads, and remembers for a minute what it found, however many ask at once."""

    def __init__(self, records: Records, clock: Clock) -> None:
        self._records = records
        self._clock = clock
        self._found: dict[tuple[str, Pair, Topic | None], tuple[float, Known]] = {}
        self._reading = asyncio.Lock()

    async def of(self, team: str, pair: Pair, topic: Topic | None) -> Known:
        """What the team's record says of these two, for prompts of that topic."""
        key = team, pair, topic
        async with self._reading:
            now = self._clock.monotonic()
            self._found = {at: found for at, found in self._found.items() if now - found[0] < FRESH_S}
            if key not in self._found:
                record = await self._records.record(team)
                self._found[key] = now, await asyncio.to_thread(known, record, pair, topic)
            return self._found[key][1]
