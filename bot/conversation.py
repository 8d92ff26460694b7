"""A conversation: the rounds of a duel that is gone on with, and what each contender is reminded of."""

from collections.abc import Sequence
from typing import Protocol

from bot.budgets import Budgets, Estimate
from bot.contenders.said import Exchange
from bot.duel import Duel, DuelId, Place, Side
from bot.errors import UsageError
from bot.ledger import Ledger
from bot.words import noted, say

SPOILT = noted("Who is who came out in another round of this conversation.")
ANEW = noted("Ask anew, outside this thread: `/duel why is the sky blue?`")


class WordsGone(UsageError):
    """What a round goes on from is erased."""

    def __init__(self) -> None:
        super().__init__(
            say("The words of this conversation are erased, so it cannot go on. {anew}", anew=say(ANEW))
        )


class Chains(Protocol):
    """How rounds hang together."""

    async def has(self, id_: DuelId) -> bool:
        """Whether there is a duel of that name."""

    async def last(self, team: str, thread: Place) -> Duel | None:
        """The newest duel in that thread, or the one that it hangs under."""

    async def chain(self, duel: Duel) -> Sequence[Duel]:
        """All rounds that are blind together with that one, itself included, in their order."""

    async def go_on(self, duel: Duel, estimate: Estimate, budgets: Budgets) -> bool:
        """Write a round down, as `Ledger.ask` does a duel.

        `False`, and nothing changed, where somebody else has gone on from the same one, or where that stands
        otherwise by now: of a chain the names must not be out, and else they must be. Raises `UsageError`
        where it would pass a limit.
        """


async def said_before(ledger: Ledger, duel: Duel) -> dict[Side, list[Exchange]]:
    """The conversation that each side of a round goes on with, the oldest words first.

    It is the contender's own, on whichever side it sat. A round that not both have answered is passed over.
    Raises `WordsGone`.
    """
    before: dict[Side, list[Exchange]] = {side: [] for side in Side}
    after = duel.after
    while after is not None:
        past = await ledger.duel(after)
        answers = await ledger.answers(after)
        by = {answer.contender: answer for answer in answers.values() if answer.outcome.votable}
        if past.void_reason is None and len(by) == len(Side):
            for side, name in duel.seats.items():
                if not past.prompt or not by[name].text:
                    raise WordsGone
                before[side].insert(0, Exchange(past.prompt, by[name].text))
        after = past.after
    return before
