"""The use case: ask what is left of a file, one at a time, spaced, within the limits, nothing twice."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

from bot.arena import Arena
from bot.clock import Clock
from bot.contenders import Lineup
from bot.duel import ContenderId, DuelId, Person, Place, State, duel_id
from bot.errors import Away, NotNow, UsageError
from bot.replay.prompts import Prompt

TAKEN_WITHIN = timedelta(seconds=15)
"""A program that is running takes up a new duel within a second or two."""
LOOK_EVERY = timedelta(seconds=5)
"""While something is waited for of which nobody knows when it comes."""
TRY_EVERY = timedelta(minutes=5)
"""While a limit is reached: what was reserved is given back when answers cost less."""


@dataclass(frozen=True)
class Order:
    """What is to be asked, where and how."""

    prompts: Sequence[Prompt]
    room: Place
    every: timedelta
    pair: tuple[str, ...] | None = None
    """`None`: the usual two."""
    vote_for: timedelta | None = None
    run: str = ""
    """Names this run of it: another one asks all of it once more."""
    patient: bool = True
    """Whether to wait where it cannot go on now; otherwise it stops."""

    def key(self, prompt: Prompt, team: str, turn: int) -> str:
        """The natural key of a prompt's duel. `turn` counts those before it that came to nothing."""
        pair = "usual" if self.pair is None else ",".join(sorted(self.pair))
        return f"replay:{team}:{self.room}:{pair}:{self.run}:{prompt.name}:{turn}"


@dataclass(frozen=True)
class Asked:
    """What has become of a duel."""

    at: datetime
    state: State
    shown: bool
    taken: bool
    """Whether a program has begun to work on it."""
    void_reason: str | None = None

    @property
    def nobody(self) -> bool:
        """It ended before anybody was asked: nothing was paid, and it counts against no limit."""
        return self.state is State.VOID and not self.shown


class Shelf(Protocol):
    """Where duels are looked up."""

    async def asked(self, ids: Collection[DuelId]) -> Mapping[DuelId, Asked]:
        """Those of these that there are."""


@dataclass(frozen=True)
class Standing:
    """How far it has come."""

    left: Sequence[tuple[Prompt, str]]
    """What is not asked yet, each with its key."""
    asked: Sequence[Asked]
    refused: Sequence[Asked] = ()
    """Those that ended before anybody was asked; their prompts are left."""

    @property
    def total(self) -> int:
        return len(self.left) + len(self.asked)

    @property
    def ended(self) -> int:
        return sum(at.state.ended for at in self.asked)

    @property
    def void(self) -> int:
        return sum(at.state is State.VOID for at in self.asked)


@dataclass(frozen=True)
class Hold:
    """It cannot go on before then."""

    until: datetime
    why: str | None = None
    """For people; `None`: it is only spaced."""


@dataclass(frozen=True)
class Outcome:
    """How it ended."""

    standing: Standing
    before: int
    """Prompts that had been asked when it began."""
    stopped: str | None = None
    """Why it stopped with something left, and what to do."""


@dataclass(frozen=True)
class Cost:
    """US dollars that what is left may cost at the most."""

    at_most: Decimal
    unknown: tuple[ContenderId, ...]
    """Contenders whose price is unknown: they are not in it."""


Show = Callable[[Standing, Hold | None], None]
"""Called whenever something has changed, or is waited for."""


class Replay:
    """A run of one order. Any number of them may run at once, and be killed: each prompt is asked once."""

    def __init__(
        self,
        order: Order,
        *,
        arena: Arena,
        shelf: Shelf,
        lineup: Lineup,
        asker: Person,
        clock: Clock,
        show: Show,
    ) -> None:
        self._order = order
        self._arena = arena
        self._shelf = shelf
        self._lineup = lineup
        self._asker = asker
        self._clock = clock
        self._show = show

    async def look(self) -> Standing:
        """How far it has come."""
        asked: list[Asked] = []
        refused: list[Asked] = []
        left: dict[int, tuple[Prompt, str]] = {}
        turn, pending = 0, list(self._order.prompts)
        while pending:
            keys = [self._order.key(prompt, self._asker.team, turn) for prompt in pending]
            found = await self._shelf.asked([duel_id(key) for key in keys])
            again = []
            for prompt, key in zip(pending, keys, strict=True):
                at = found.get(duel_id(key))
                if at is None:
                    left[prompt.line] = prompt, key
                elif at.nobody:
                    refused.append(at)
                    again.append(prompt)
                else:
                    asked.append(at)
            turn, pending = turn + 1, again
        return Standing([left[line] for line in sorted(left)], asked, refused)

    async def go(self) -> Outcome:
        """Ask everything that is left. Comes back once all is asked, or where it cannot go on."""
        began = self._clock.now()
        standing = await self.look()
        before = len(standing.asked)
        while True:
            if not standing.left:
                return Outcome(standing, before)
            for at in standing.refused:
                if at.at >= began:
                    return Outcome(standing, before, at.void_reason or "The duel could not be shown.")
            try:
                hold = self._spaced(standing) or await self._ask(*standing.left[0])
            except Away as error:
                hold = Hold(self._clock.now() + LOOK_EVERY, str(error))
            except UsageError as error:
                return Outcome(standing, before, str(error))
            if hold is not None:
                if hold.why is not None and not self._order.patient:
                    return Outcome(standing, before, hold.why)
                self._show(standing, hold)
                await self._clock.sleep(max(0.0, (hold.until - self._clock.now()).total_seconds()))
            standing = await self._look_patiently(standing)
            self._show(standing, None)

    def cost(self, standing: Standing) -> Cost:
        """What is left may cost. Raises `UsageError` where one of the two cannot be called here."""
        pair = self._arena.pair(self._order.pair)
        now = self._clock.now()
        found = {name: [self._lineup.at_most(name, at.text, now) for at, _ in standing.left] for name in pair}
        known = [usd for each in found.values() for usd in each if usd is not None]
        return Cost(sum(known, Decimal(0)), tuple(name for name, each in found.items() if None in each))

    async def _look_patiently(self, before: Standing) -> Standing:
        try:
            return await self.look()
        except Away:
            return before  # it is met, and told, when the next one is asked

    def _spaced(self, standing: Standing) -> Hold | None:
        """By the newest duel there is, whoever has asked it: of two that run at once one asks at a time."""
        newest = max(standing.asked, key=lambda at: at.at, default=None)
        if newest is None:
            return None
        now, taken_by, due = self._clock.now(), newest.at + TAKEN_WITHIN, newest.at + self._order.every
        if not newest.taken:
            if now < taken_by:
                return Hold(min(taken_by, now + LOOK_EVERY))
            why = "Nothing has taken up the newest duel: start `python -m bot run` on this database."
            return Hold(now + LOOK_EVERY, why)
        return Hold(due) if now < due else None

    async def _ask(self, prompt: Prompt, key: str) -> Hold | None:
        """Raises `UsageError` where waiting would not help."""
        order = self._order
        try:
            await self._arena.challenge(
                prompt.text,
                key=key,
                asked_by=self._asker,
                room=order.room,
                pair=order.pair,
                vote_for=order.vote_for,
                topic=prompt.topic,
                language=prompt.language,
            )
        except NotNow as error:
            soon = self._clock.now() + TRY_EVERY
            return Hold(soon if error.until is None else min(error.until, soon), str(error))
        return None
