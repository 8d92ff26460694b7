"""The one client of a contender: waits for a slot, asks, asks again where that helps, and never raises."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta
from math import ceil
from random import Random
from types import TracebackType
from typing import Any, Self

from pydantic import SecretStr

from bot.clock import Clock
from bot.contenders import endpoint, faults
from bot.contenders.masking import mask
from bot.contenders.pieces import sound
from bot.contenders.reading import Delta
from bot.contenders.roster import Contender
from bot.contenders.said import Exchange, Said
from bot.contenders.spending import spent
from bot.contenders.wire import Attempt, OnDelta, Wire
from bot.duel import Answer, ContenderId, Outcome
from bot.durations import say_duration

MAX_RETRIES = 2
MAX_SAID = 300
"""Characters of a provider's own words that people see."""
log = logging.getLogger(__name__)

__all__ = ["Client", "OnDelta"]


def _ignore(_: Delta) -> None:
    pass


class Client:
    """Asks one contender. Long-lived: one for each contender, closed at the end (`async with`).

    The queue is our own semaphore, never the connection pool: waiting in the pool would be measured as the
    provider's time, and a bare httpx pool loses slots when calls are cancelled.
    """

    def __init__(
        self, id_: ContenderId, contender: Contender, key: SecretStr | None, *, clock: Clock, rng: Random
    ) -> None:
        self.id = id_
        self.contender = contender
        self._key = key
        self._clock = clock
        self._rng = rng
        self._slots = asyncio.Semaphore(contender.limits.concurrency)
        self._wire = Wire(contender, self._key, clock)
        self._refused: set[str] = set()
        """Parameters that the provider does not take: said once, they are left out from then on."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._wire.aclose()

    def __repr__(self) -> str:
        return f"Client({self.id!r})"

    async def answer(
        self,
        prompt: str,
        on_delta: OnDelta = _ignore,
        *,
        asker: str | None = None,
        system: str | None = None,
        before: Sequence[Exchange] = (),
    ) -> Answer:
        """Stream one answer; `on_delta` sees each piece as it comes, `asker` is a hash of whoever asks.

        `system` is what the model is told before the prompt, `before` the conversation so far.

        A failure is an `Answer` as well, with what text there was. Only cancellation escapes, and frees the
        slot. The answer's time starts when its slot is taken.
        """
        async with self._slots:
            earlier = tuple(Exchange(sound(one.prompt), sound(one.answer)) for one in before)
            said = Said(sound(prompt), None if system is None else sound(system), earlier)
            return await self._persist(said, asker, on_delta)

    async def _persist(self, said: Said, asker: str | None, on_delta: OnDelta) -> Answer:
        """Try, and try again before the first token, at most twice and within the time allowed."""
        deadline = self._clock.monotonic() + self.contender.limits.total_s
        attempts: list[Attempt] = []
        while True:
            body = endpoint.DIALECTS[self.contender.dialect].body(self.contender, said, asker)
            sent = {name: value for name, value in body.items() if name not in self._refused}
            attempts.append(await self._wire.call(sent, deadline, on_delta))
            pause = self._pause(attempts, sent)
            if pause is None or attempts[-1].ended + pause >= deadline:
                return self._answer(attempts)
            await self._clock.sleep(pause)

    def _pause(self, attempts: Sequence[Attempt], sent: dict[str, Any]) -> float | None:
        """Seconds to wait before the next try, `None` if there is to be none. Learns refused parameters."""
        last = attempts[-1]
        if last.failure is None or last.began or len(attempts) > MAX_RETRIES:
            return None
        if last.failure.fault is faults.REQUEST:
            can_go = [name for name in endpoint.droppable(sent) if name not in self.contender.caps]
            refused = last.failure.said.refused(can_go)
            if not refused:
                return None
            log.warning("%s does not take %s: left out from now on", self.id, ", ".join(refused))
            self._refused.update(refused)
            return 0.0
        if not last.failure.fault.retry:
            return None
        wait = last.failure.retry_after
        if wait is None:
            wait = 0.5 * 2 ** (len(attempts) - 1)
        return wait + self._rng.uniform(0, 0.5)  # those that were refused together shall not come back so

    def _answer(self, attempts: Sequence[Attempt]) -> Answer:
        last, read = attempts[-1], attempts[-1].read
        usage, billed = spent(self.contender.prices, attempts)
        return Answer(
            contender=self.id,
            text=str(read.text),
            outcome=_outcome(last),
            finish_reason=self._id(read.finish_reason, 64),
            detail=self._detail(last, len(attempts)),
            timing=read.timing(last.ended),
            usage=usage,
            bill=billed,
            attempts=len(attempts),
            asked_model=self.contender.model,
            reported_model=self._id(read.reported_model, 128),
            reasoning=str(read.reasoning),
        )

    def _detail(self, last: Attempt, tries: int) -> str:
        """Our words, then the provider's own, which never hold the key."""
        failure = last.failure
        if failure is None:
            return ""
        wait = failure.retry_after
        when = (
            faults.AS_IT_ASKS.format(wait=say_duration(timedelta(seconds=ceil(wait))))
            if wait
            else faults.SHORTLY
        )
        says = failure.fault.says.format(when=when)
        if tries > 1:
            says = faults.TRIED.format(says=says, tries=tries)
        said = self._fit(" ".join(failure.said.message.split()), MAX_SAID)
        return faults.QUOTED.format(says=says, name=self.contender.label, said=said) if said else says

    def _id(self, said: str | None, length: int) -> str | None:
        """A name that the provider gave, as a database can hold it."""
        return said if said in (None, self.contender.model) else self._fit(said, length)

    def _fit(self, said: str, length: int) -> str:
        return sound(mask(said, None if self._key is None else self._key.get_secret_value()))[:length]


def _outcome(last: Attempt) -> Outcome:
    if last.failure is not None:
        return last.failure.fault.outcome
    return Outcome.CUT_OFF if last.read.finish_reason == "length" else Outcome.OK
