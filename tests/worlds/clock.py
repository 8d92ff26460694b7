"""A clock that moves only when a story says so."""

import asyncio
from datetime import UTC, datetime, timedelta


class ManualClock:
    """Time of day and monotonic time, moved by `advance`; whoever sleeps moves it as well."""

    def __init__(self, now: datetime = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)) -> None:
        self._start = self._now = now

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return (self._now - self._start).total_seconds()

    async def sleep(self, seconds: float) -> None:
        self.advance(seconds)
        await asyncio.sleep(0)

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
