"""Rounds: what a message in a duel's thread becomes. Each contender goes on with its own conversation."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random

from bot.arena import Arena, check_prompt
from bot.clock import Clock
from bot.contenders import Lineup
from bot.contenders.said import Exchange
from bot.conversation import ANEW, SPOILT, Chains, said_before
from bot.door import Door
from bot.duel import Duel, Person, Place, Side, State, Topic, TopicBy, duel_id, seat
from bot.errors import NotNow, StageAway, UsageError
from bot.ledger import Ledger
from bot.words import figure, noted, say

MOST_ROUNDS = 10
LONGEST = 60_000
"""Characters of a conversation that one contender is sent at the most, its own answers included."""
TRIES = 5
OPENING_S = 1.0
"""How long a message waits for the vote on answers that are shown, but not yet open to votes."""
KNOWN = noted("The names of this conversation were out before this round.")


class Rounds:
    """What can be done in the thread of a duel."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        chains: Chains,
        arena: Arena,
        door: Door,
        lineup: Lineup,
        clock: Clock,
        rng: Random,
        wake: Callable[[], None],
    ) -> None:
        self._ledger = ledger
        self._chains = chains
        self._arena = arena
        self._door = door
        self._lineup = lineup
        self._clock = clock
        self._rng = rng
        self._wake = wake

    async def go_on(
        self,
        prompt: str,
        *,
        key: str,
        asked_by: Person,
        room: Place,
        thread: Place,
        vote_for: timedelta | None = None,
        topic: Topic | None = None,
        reply_to: str | None = None,
    ) -> bool:
        """Write down that the two of the newest duel there are to answer this too; `False`: there is none.

        As long as its names are not out the sides stay, and the names of all its rounds wait for this one.
        Once they are, the sides are dealt anew and the votes count for nothing but themselves. `key` is as in
        `Arena.challenge`. Raises `UsageError`; `NotNow` where the same can be asked later; `StageAway` for
        the moment between the answers' being there and the vote's being open.
        """
        prompt, id_ = check_prompt(prompt, self._arena.max_prompt), duel_id(key)
        for _ in range(TRIES):
            if await self._chains.has(id_):
                return True
            last = await self._chains.last(asked_by.team, thread)
            if last is None:
                return False
            here = await self._door.starting(asked_by, room)
            duel = Duel(
                id=id_,
                asker=asked_by,
                room=room,
                prompt=prompt,
                seats=last.seats,
                asked_at=self._clock.now(),
                vote_for=vote_for or here.vote_for,
                within=thread,
                reply_to=reply_to,
                topic=topic or (last.topic if last.topic_by is TopicBy.PERSON else None),
                topic_by=TopicBy.PERSON if topic or last.topic_by is TopicBy.PERSON else None,
                rules=replace(here.rules, system=last.rules.system),
                round=last.round + 1,
                after=last.id,
            )
            duel = await self._placed(duel, last)
            before = await self._before(duel, last)
            estimate = {
                side: self._lineup.at_most(
                    name, prompt, duel.asked_at, system=duel.rules.system, before=before[side]
                )
                for side, name in duel.seats.items()
            }
            if await self._chains.go_on(duel, estimate, here.budgets):
                self._wake()
                return True
        raise NotNow("Others are asking on at this very moment. Send this again:")

    async def _placed(self, duel: Duel, last: Duel) -> Duel:
        """With its sides, blind or not together with the last one. Raises `UsageError`."""
        if last.state is State.ASKED:
            if len(await self._ledger.answers(last.id)) == len(Side):  # people may see them already
                raise StageAway("The vote on the round before is being opened.", retry_after=OPENING_S)
            raise NotNow(
                say(
                    "One moment: round {number} is being answered. Send this again once both answers are "
                    "there:",
                    number=last.round,
                )
            )
        if last.round >= MOST_ROUNDS:
            raise UsageError(
                say(
                    "A conversation has {number} rounds at the most. {anew}",
                    number=MOST_ROUNDS,
                    anew=say(ANEW),
                )
            )
        pair = await self._arena.check_pair((last.seats[Side.A], last.seats[Side.B]))
        if last.state.ended:
            return replace(duel, seats=seat(pair, self._rng), excluded=KNOWN)
        spoilt = any(one.excluded for one in await self._chains.chain(last))
        return replace(duel, chain=last.chain or last.id, excluded=SPOILT if spoilt else None)

    async def _before(self, duel: Duel, last: Duel) -> Mapping[Side, Sequence[Exchange]]:
        """What each side is to be reminded of. Raises `UsageError` where there is nothing, or too much."""
        before = await said_before(self._ledger, duel)
        if not before[Side.A]:
            raise UsageError(
                say(
                    "There is no conversation to go on with yet: {why} The asker can press *Ask again* where "
                    "it failed. {anew}",
                    why=say(last.void_reason) if last.void_reason else "",
                    anew=say(ANEW),
                )
            )
        size = max(len(duel.prompt) + sum(map(_size, said)) for said in before.values())
        if size > LONGEST:
            raise UsageError(
                say(
                    "With this the conversation has {size} characters; the limit is {most}. {anew}",
                    size=figure(size, ","),
                    most=figure(LONGEST, ","),
                    anew=say(ANEW),
                )
            )
        return before


def _size(said: Exchange) -> int:
    return len(said.prompt) + len(said.answer)
