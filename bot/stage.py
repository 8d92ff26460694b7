"""Where a duel is shown, as the use cases see it. Slack is one; `handlers/` makes it."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from bot.duel import Answer, Duel, Person, Place, Side
from bot.jobs import Lease
from bot.votes import Choice, Tally


class Stage(Protocol):
    """Where a duel is shown. Raises `StageError`, and `LeaseLost` before it would show what is outdated."""

    async def announce(self, lease: Lease, duel: Duel) -> Place:
        """Say that a duel is on: the message that will carry all the rest. Raises `NotInvited`."""

    async def progress(self, lease: Lease, duel: Duel, *, finished: int, elapsed_s: float) -> None:
        """A sign of life that tells the sides apart by nothing; silently left out if it cannot be given."""

    async def present(
        self, lease: Lease, duel: Duel, answers: Mapping[Side, Answer], closes_at: datetime
    ) -> Mapping[Place, Side]:
        """Show both answers at once, unnamed, and offer the vote.

        Gives the messages that carry one answer each, where there are such.
        """

    async def reveal(
        self,
        lease: Lease,
        duel: Duel,
        answers: Mapping[Side, Answer],
        votes: Tally,
        unsafe: Mapping[Side, int],
    ) -> None:
        """Show how the duel ended: names, votes, speed, cost; or why it is void."""

    async def hold(self, lease: Lease, duel: Duel, answers: Mapping[Side, Answer]) -> None:
        """Show that its vote is over, and that the names wait for other rounds: nothing that tells them."""

    async def votes(self, duel: Duel) -> Collection[tuple[Person, Choice]]:
        """What the place itself shows as on, of people who may vote."""

    async def tell(self, duel: Duel, person: Person, text: str) -> None:
        """Tell one person something, where the duel is shown; in silence if they are not there any more."""

    async def tell_asker(self, duel: Duel, text: str) -> None:
        """Tell the asker alone."""
