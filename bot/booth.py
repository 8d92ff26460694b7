"""The voting booth: votes that only their voters see, and what is said to those who come too late."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.duel import Duel, DuelId, Person, Side, State
from bot.errors import UsageError
from bot.flags import Flags
from bot.jobs import Lease
from bot.ledger import Ledger, Poll
from bot.stage import Stage
from bot.votes import Choice, Said, ballots, choice_of, in_secret, standing
from bot.words import noted

LATE_JOB = "late"
"""A job for each person and duel: `late:{team}:{duel}:{user}`."""
TOO_LATE = noted(
    "This vote had closed before your emoji came, so it does not count: the names were out, and votes are "
    "blind. Ask a new one: `/duel why is the sky blue?`"
)
TOO_LATE_BUT = noted(
    "This vote had closed before your emoji came, so it does not count: the names were out, and votes are "
    "blind. What you had voted before does. Ask a new one: `/duel why is the sky blue?`"
)
OVER = noted(
    "This vote had closed before your emoji came, so it does not count. Other rounds of the conversation are "
    "open: vote there, or ask on in its thread."
)
OVER_BUT = noted(
    "This vote had closed before your emoji came, so it does not count. What you had voted before does. "
    "Other rounds of the conversation are open: vote there, or ask on in its thread."
)


@dataclass(frozen=True)
class Paper:
    """What a person's vote on a duel is: theirs alone to see."""

    duel: DuelId
    vote: Said | None
    """What stands for them now: of all that they said, in secret or by emoji, the newest."""
    secret: bool
    """Whether there is a secret vote that can be withdrawn."""
    over: bool = False
    """The vote has closed."""
    counted: Choice | None = None
    """What was counted for them when it closed."""
    unsafe: frozenset[Side] = frozenset()
    """The answers that they call unsafe."""


class Booth:
    """Where people vote in secret."""

    def __init__(
        self, *, ledger: Ledger, poll: Poll, flags: Flags, stage: Stage, wake: Callable[[], None]
    ) -> None:
        self._ledger = ledger
        self._flags = flags
        self._poll = poll
        self._stage = stage
        self._wake = wake

    async def paper(self, id_: DuelId, voter: Person) -> Paper:
        """How this person's vote stands. Raises `UsageError`."""
        duel = await self._duel(id_, voter)
        unsafe = frozenset(await self._flags.by(id_, voter))
        ((voter, _),) = await self._ledger.known_as(id_, [(voter, Choice.A)])
        registers = await self._ledger.registers(id_)
        vote = standing(registers).get(voter)
        secret = any(at.on for (who, said), at in registers.items() if who == voter and is_secret(said))
        if not duel.state.over:
            return Paper(id_, vote, secret, unsafe=unsafe)
        return Paper(id_, vote, secret, over=True, counted=(await self._ledger.counted(id_)).get(voter))

    async def vote(self, id_: DuelId, voter: Person, choice: Choice | None, at: int) -> Paper:
        """Take their secret vote, `None` to withdraw it; it is written down when this returns.

        `at` is when they said so, as in `Mark`. Raises `UsageError`.
        """
        duel = await self._duel(id_, voter)
        assert duel.shown_at is not None
        if await self._poll.put(voter.team, duel.shown_at, *in_secret(voter, choice, at)):
            self._wake()
        return await self.paper(id_, voter)

    async def flag(self, id_: DuelId, voter: Person, side: Side, *, on: bool, at: int) -> Paper:
        """They call an answer unsafe, or no longer do; `at` as for a vote. Raises `UsageError`."""
        await self._duel(id_, voter)
        await self._flags.put_secretly(id_, side, voter, on=on, at=at)
        return await self.paper(id_, voter)

    async def run(self, lease: Lease) -> None:
        """Tell a latecomer why their vote does not count; nothing to those whose vote did."""
        _, team, id_, user = lease.job.id.split(":")
        voter, duel = Person(team, user), await self._ledger.duel(DuelId(id_))
        cast = ballots(await self._ledger.registers(duel.id)).get(voter)
        counted = (await self._ledger.counted(duel.id)).get(voter)
        if cast is None or cast == counted:
            return
        if duel.state is State.CLOSED:
            text = OVER_BUT if counted else OVER
        else:
            text = TOO_LATE_BUT if counted else TOO_LATE

        async def tell() -> str:
            await self._stage.tell(duel, voter, text)
            return "told"

        await lease.once("tell", tell)

    async def give_up(self, lease: Lease, why: str) -> None:
        """Whoever cannot be told is not."""

    async def _duel(self, id_: DuelId, voter: Person) -> Duel:
        duel = await self._ledger.duel(id_)
        if duel.asker.team != voter.team or duel.shown_at is None:
            raise UsageError("There is no such vote here. Ask a duel: `/duel why is the sky blue?`")
        return duel


def is_secret(said: Said) -> bool:
    """Whether it was said where only the voter sees it."""
    return said is not choice_of(said)
