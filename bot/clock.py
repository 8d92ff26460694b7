"""Time, as it is handed to everything that needs it; nobody reads a clock of their own."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol


class Alarm(Protocol):
    """Something that will ring once."""

    def cancel(self) -> None:
        """It shall not; nothing happens if it has."""


class Clock(Protocol):
    """Where the time comes from."""

    def now(self) -> datetime:
        """The time of day, aware, in UTC."""

    def monotonic(self) -> float:
        """Seconds from an arbitrary start; never goes back."""

    def alarm(self, at: float, ring: Callable[[], None]) -> Alarm:
        """Call `ring` once `monotonic` has come to `at`, from the running event loop."""

    async def sleep(self, seconds: float) -> None:
        """Let that many seconds pass."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.perf_counter()

    def alarm(self, at: float, ring: Callable[[], None]) -> Alarm:
        return asyncio.get_running_loop().call_later(at - self.monotonic(), ring)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
