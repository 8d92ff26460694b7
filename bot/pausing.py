"""Contenders on the bench: paused where their provider refuses us, and resumed by probe."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.clock import Clock
from bot.contenders import Lineup
from bot.contenders.probe import served
from bot.duel import Answer, ContenderId, Outcome, Pair
from bot.errors import NotNow, SettingsError
from bot.jobs import Lease
from bot.words import listed, noted, say, sentences, stamp

log = logging.getLogger(__name__)

PROBE_JOB = "probe"
"""The kind of job that tells of a pause, and probes until it is over."""
REASONS = {
    Outcome.OUT_OF_CREDIT: noted("its account is out of credit or quota"),
    Outcome.AUTHENTICATION: noted("its provider refuses the API key"),
}
"""Failures that the next duel would meet as well, until somebody does something about them."""
FIRST_PROBE = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)


@dataclass(frozen=True)
class Pause:
    """One pause of one contender, under the id of its job."""

    id: str
    contender: ContenderId
    outcome: Outcome
    detail: str
    """What the provider said, in words a person can act on."""
    since: datetime
    probes: int
    """Probes that were refused so far."""
    probe_at: datetime
    resumed_at: datetime | None = None


class Pauses(Protocol):
    """Where pauses are remembered, for all processes. Methods that take a `Lease` raise `LeaseLost`."""

    async def begin(self, pause: Pause) -> bool:
        """Write a pause down with its job; `False`, and nothing changed, if one lasts already."""

    async def lasting(self) -> Sequence[Pause]:
        """Those that are not over."""

    async def pause(self, id_: str) -> Pause:
        """The pause of that job."""

    async def refused(self, lease: Lease, probes: int, probe_at: datetime) -> None:
        """A probe was refused: how many that makes, and when the next one is due."""

    async def end(self, lease: Lease, at: datetime) -> None:
        """It is over."""

    async def hurry(self, at: datetime) -> None:
        """Make the next probe of every pause due now: something may have been done about it."""


class Notices(Protocol):
    """How operators are told: of each pause once, and of its end. Raises `StageAway` to be called again."""

    async def paused(self, lease: Lease, pause: Pause) -> None:
        """A contender is paused."""

    async def resumed(self, lease: Lease, pause: Pause) -> None:
        """It is served again."""


class Bench:
    """Keeps duels away from contenders whose provider refuses us."""

    def __init__(
        self, pauses: Pauses, notices: Notices, lineup: Lineup, *, clock: Clock, wake: Callable[[], None]
    ) -> None:
        self._pauses = pauses
        self._notices = notices
        self._lineup = lineup
        self._clock = clock
        self._wake = wake

    async def check(self, pair: Pair) -> None:
        """Raise `NotNow` if one of these is paused; it names those that are ready."""
        paused = await self.paused()
        for name in pair:
            if pause := paused.get(name):
                raise NotNow(_refusal(pause, [at for at in self._lineup.names if at not in paused]))

    async def check_one_of(self, pair: Pair) -> None:
        """Raise `NotNow` if both of these are paused, as `check`."""
        paused = await self.paused()
        if all(name in paused for name in pair):
            await self.check(pair)

    async def paused(self) -> Mapping[ContenderId, Pause]:
        """Those that are paused now."""
        return {pause.contender: pause for pause in await self._pauses.lasting()}

    async def heed(self, answer: Answer) -> None:
        """Pause whoever answered, if this answer says that the next one would fail as well."""
        if answer.outcome not in REASONS:
            return
        now = self._clock.now()
        pause = Pause(
            id=f"{PROBE_JOB}:{answer.contender}:{now:%Y%m%dT%H%M%S.%fZ}",
            contender=answer.contender,
            outcome=answer.outcome,
            detail=answer.detail,
            since=now,
            probes=0,
            probe_at=now + FIRST_PROBE,
        )
        if await self._pauses.begin(pause):
            self._wake()

    async def hurry(self) -> None:
        """We have just started, perhaps with another key: probe every paused contender now."""
        await self._pauses.hurry(self._clock.now())

    async def run(self, lease: Lease) -> datetime | None:
        """One turn: tell of the pause once, probe when that is due. When to go on, or `None` at its end."""
        pause = await self._pauses.pause(lease.job.id)
        await self._notices.paused(lease, pause)
        if not self._lineup.knows(pause.contender):  # off the roster, so nobody can ask for it
            await self._pauses.end(lease, self._clock.now())
            return None
        if pause.resumed_at is None:
            if self._clock.now() < pause.probe_at:
                return pause.probe_at
            if not await self._is_served(pause.contender):
                probes = pause.probes + 1
                again_at = self._clock.now() + wait_after(probes)
                await self._pauses.refused(lease, probes, again_at)
                return again_at
            await self._pauses.end(lease, self._clock.now())
        await self._notices.resumed(lease, pause)
        return None

    async def give_up(self, lease: Lease, why: str) -> None:
        """A pause that nobody can probe ends: the next duel shows whether it was right to."""
        log.error("%s is paused no longer, for it cannot be probed: %s", lease.job.id, why)
        await self._pauses.end(lease, self._clock.now())

    async def _is_served(self, name: ContenderId) -> bool:
        try:
            answer = await self._lineup.probe(name)
        except SettingsError as error:
            log.warning("%s stays paused: %s", name, error)
            return False
        log.info("probed %s: %s %s", name, answer.outcome, answer.detail)
        return served(answer)


def wait_after(probes: int) -> timedelta:
    """How long to wait after that many refused probes: twice as long each time, up to an hour."""
    return min(FIRST_PROBE * (1 << min(probes, 10)), LONGEST_WAIT)


def _refusal(pause: Pause, ready: Sequence[ContenderId]) -> str:
    says = say(
        "“{name}” is paused since {since} UTC: {why}.",
        name=pause.contender,
        since=stamp(pause.since),
        why=say(REASONS[pause.outcome]),
    )
    if len(ready) > 1:
        example = f"`/duel with:{ready[0]},{ready[1]} …`"
        others = say("Ready here: {names}. Name two of them: {example}", names=listed(ready), example=example)
        return sentences(says, others)
    others = say("Only {name} is ready here.", name=ready[0]) if ready else say("No other is ready here.")
    cure = say("Ask your operator to set it right; it is tried again by itself.")
    return sentences(says, others, cure)
