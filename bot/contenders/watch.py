"""The three times of a call that may run out: to the first token, between bytes, and in all."""

import asyncio
from dataclasses import replace
from types import TracebackType
from typing import Self

from bot.clock import Alarm, Clock
from bot.contenders import faults
from bot.contenders.faults import Fault
from bot.contenders.reading import Failure, Reading
from bot.contenders.roster import Limits

LAST_WORDS_S = 5.0
"""Once an answer is over, so long may usage, `[DONE]` and the end of the body still take."""


class Watch:
    """Cuts off the block that it guards (`async with`) when one of its times runs out. Raises `Failure`.

    Bytes only leave a note of when they came. The one alarm there is reads the note when it rings, and is set
    anew if there is time left: a chunk costs no timer.
    """

    def __init__(self, clock: Clock, limits: Limits, read: Reading, deadline: float) -> None:
        self._clock = clock
        self._limits = limits
        self._read = read
        self._deadline = deadline
        self._heard: float | None = None
        self._alarm: Alarm | None = None
        self.hurried = False

    async def __aenter__(self) -> Self:
        self._timeout = asyncio.timeout(None)
        await self._timeout.__aenter__()
        self._look()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        try:
            await self._timeout.__aexit__(kind, error, trace)
        except TimeoutError:
            raise Failure(self._first_to_end()[1]) from None

    def hear(self, at: float) -> None:
        """Bytes came at that time: keep-alive comments count against silence, but are no token."""
        first = self._heard is None
        self._heard = at
        if first:
            self._look_anew()

    def hurry(self) -> None:
        """The answer is over: wait for the end of the stream, but not for long."""
        self.hurried = True
        self._deadline = min(self._deadline, self._clock.monotonic() + LAST_WORDS_S)
        self._look_anew()

    def _look_anew(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._look()

    def _look(self) -> None:
        end, _ = self._first_to_end()
        if end > self._clock.monotonic():
            self._alarm = self._clock.alarm(end, self._look)
        else:
            self._alarm = None
            self._timeout.reschedule(asyncio.get_running_loop().time())

    def _first_to_end(self) -> tuple[float, Fault]:
        """When the next of the times runs out, and what that is."""
        limits = self._limits
        ends = [(self._deadline, faults.TOO_LONG, limits.total_s)]
        if self._read.first_token is None:
            ends = [
                (self._deadline, faults.SILENT, limits.total_s),
                (self._read.sent + limits.first_token_s, faults.SILENT, limits.first_token_s),
            ]
        if self._heard is not None:
            ends.append((self._heard + limits.idle_s, faults.STALLED, limits.idle_s))
        end, fault, seconds = min(ends, key=lambda end: end[0])
        return end, replace(fault, says=fault.says.format(seconds=f"{seconds:g}"))
