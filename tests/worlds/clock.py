"""A clock that moves only when a story says so."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(eq=False)
class ManualAlarm:
    """An alarm on a story's clock."""

    at: float
    ring: Callable[[], None]
    alarms: list["ManualAlarm"]

    def cancel(self) -> None:
        if self in self.alarms:
            self.alarms.remove(self)


class ManualClock:
    """Time of day and monotonic time, moved by `advance`; whoever sleeps moves it as well."""

    def __init__(self, now: datetime = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)) -> None:
        self._start = self._now = now
        self.alarms: list[ManualAlarm] = []
        """Those that have not rung yet."""

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return (self._now - self._start).total_seconds()

    def alarm(self, at: float, ring: Callable[[], None]) -> ManualAlarm:
        alarm = ManualAlarm(at, ring, self.alarms)
        self.alarms.append(alarm)
        return alarm

    async def sleep(self, seconds: float) -> None:
        self.advance(seconds)
        await asyncio.sleep(0)

    def advance(self, seconds: float) -> None:
        """Let time pass; what was to ring meanwhile rings now, the earliest first."""
        self._now += timedelta(seconds=seconds)
        for alarm in sorted(self.alarms, key=lambda alarm: alarm.at):
            if alarm in self.alarms and alarm.at <= self.monotonic():
                alarm.cancel()
                alarm.ring()
