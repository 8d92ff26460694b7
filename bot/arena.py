"""The use cases: challenge, vote, reveal."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import count
from random import Random

from bot.clock import Clock
from bot.contenders import Lineup
from bot.conversation import Chains, said_before
from bot.door import Door
from bot.duel import (
    CloseReason,
    Duel,
    DuelId,
    Pair,
    Person,
    Place,
    Side,
    State,
    Topic,
    TopicBy,
    duel_id,
    seat,
)
from bot.errors import UsageError
from bot.ledger import Ledger, Poll
from bot.pausing import Bench
from bot.votes import Gesture, Mark
from bot.words import figure, listed, noted, say

NO_REMATCH = noted(
    "That was one round of a conversation, and means little without it. Ask on in its thread, or ask anew: "
    "`/duel why is the sky blue?`"
)
SEEN = noted("The names were shown before the vote, when not both answers had come.")


class Arena:
    """What can be done with duels."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        chains: Chains,
        poll: Poll,
        lineup: Lineup,
        bench: Bench,
        door: Door,
        max_prompt: int,
        clock: Clock,
        rng: Random,
        wake: Callable[[], None],
        hurry: Callable[[DuelId], None],
    ) -> None:
        """`hurry` tells whoever runs a duel in this process to look at it at once."""
        self._ledger = ledger
        self._chains = chains
        self._poll = poll
        self._lineup = lineup
        self._bench = bench
        self._door = door
        self.max_prompt = max_prompt
        """Characters of a prompt at the most."""
        self._clock = clock
        self._rng = rng
        self._wake = wake
        self._hurry = hurry

    async def challenge(
        self,
        prompt: str,
        *,
        key: str,
        asked_by: Person,
        room: Place,
        pair: tuple[str, ...] | None = None,
        vote_for: timedelta | None = None,
        topic: Topic | None = None,
        language: str | None = None,
        within: Place | None = None,
        reply_to: str | None = None,
    ) -> DuelId:
        """Write down that two contenders are to answer this prompt; the work itself comes later.

        `pair` names others than the usual two, `within` a message in whose thread it is to be. `key` names
        the request for good: the same one delivered twice is one duel. What the channel has settled holds for
        it as it is now, to its end. Raises `UsageError`; `NotNow` where the same can be asked later.
        """
        prompt = check_prompt(prompt, self.max_prompt)
        here = await self._door.let_in(asked_by, room, pair=pair, vote_for=vote_for)
        await self._bench.check(here.pair)
        duel = Duel(
            id=duel_id(key),
            asker=asked_by,
            room=room,
            prompt=prompt,
            seats=seat(here.pair, self._rng),
            asked_at=self._clock.now(),
            vote_for=here.vote_for,
            within=within,
            reply_to=reply_to,
            topic=topic,
            topic_by=None if topic is None else TopicBy.PERSON,
            language=language,
            rules=here.rules,
        )
        system = duel.rules.system
        estimate = {
            side: self._lineup.at_most(name, prompt, duel.asked_at, system=system)
            for side, name in duel.seats.items()
        }
        await self._ledger.ask(duel, estimate, here.budgets)
        self._wake()
        return duel.id

    def pair(self, named: tuple[str, ...] | None) -> Pair:
        """The two of these names, or the usual ones. Raises `UsageError` where they cannot duel here."""
        return self._door.house.pair if named is None else self._lineup.check(named)

    async def check_pair(self, named: tuple[str, ...]) -> Pair:
        """The two of these names, ready to duel. Raises `UsageError`, which lists those that can."""
        chosen = self._lineup.check(named)
        await self._bench.check(chosen)
        return chosen

    async def vote(self, team: str, place: Place, mark: Mark | Gesture) -> None:
        """Somebody put a choice on or took one off. A message that is no duel is none of our business."""
        if await self._poll.put(team, place, mark):
            self._wake()

    async def reveal(self, id_: DuelId, by: Person) -> str | None:
        """Somebody wants to know: the votes of all rounds that they may end, end.

        Gives back what the names wait for still, in words. Raises `UsageError` where they may not ask, and
        where no vote is open.
        """
        duel = await self._ledger.duel(id_)
        if not may_reveal(duel, by):
            raise UsageError(
                "Only the person who asked can reveal this duel early. It closes by itself at its time; vote "
                "until then."
            )
        closing = await self._ledger.end_vote(duel.id, CloseReason.ASKER, by)
        self._wake()
        if closing:
            return await self._reveal_others(duel, by)
        if duel.state is State.ASKED:
            raise UsageError("One moment: the vote is just being opened. Press it again then.")
        if duel.state is State.VOID:
            raise UsageError("This duel has ended without a vote. Ask again: `/duel why is the sky blue?`")
        raise UsageError("This vote is closed: the names stand in its message, or are just being put there.")

    async def _reveal_others(self, duel: Duel, by: Person) -> str | None:
        """End the other rounds of the conversation too, as far as they may."""
        others = [one for one in await self._chains.chain(duel) if one.id != duel.id and not one.state.over]
        for one in others:
            if one.state is State.OPEN and may_reveal(one, by):
                await self._ledger.end_vote(one.id, CloseReason.ASKER, by)
        self._wake()
        left = [one for one in others if one.state is State.ASKED or not may_reveal(one, by)]
        if not left:
            return None
        rounds = listed(say("round {number}", number=one.round) for one in left)
        return say(
            "This vote is closed. The names appear once these are over as well: {rounds}.", rounds=rounds
        )

    async def rematch(self, id_: DuelId, *, asked_by: Person, reply_to: str | None) -> DuelId:
        """The same prompt to the same two, sides dealt anew: a duel of its own. Raises `UsageError`.

        While one is being answered it is the one that whoever asks again means.
        """
        past = await self._ledger.duel(id_)
        if past.asker.team != asked_by.team:
            raise UsageError("That duel was held elsewhere. Ask here: `/duel why is the sky blue?`")
        if past.round > 1:
            raise UsageError(NO_REMATCH)
        if not past.prompt:
            raise UsageError("The words of that duel are erased. Ask anew: `/duel why is the sky blue?`")
        for number in count(1):
            key = f"{past.id}:rematch:{number}"
            if (known := await self._known(duel_id(key))) is None:
                break
            if known.state is State.ASKED:
                return known.id
        return await self.challenge(
            past.prompt,
            key=key,
            asked_by=asked_by,
            room=past.room,
            within=past.within,
            pair=tuple(past.seats[side] for side in Side),
            vote_for=past.vote_for,
            topic=past.topic if past.topic_by is TopicBy.PERSON else None,
            reply_to=reply_to,
        )

    async def _known(self, id_: DuelId) -> Duel | None:
        try:
            return await self._ledger.duel(id_)
        except UsageError:
            return None

    async def cancel(self, id_: DuelId, by: Person) -> None:
        """The asker takes it back. Raises `UsageError` for anybody else, and where it is too late."""
        duel = await self._ledger.duel(id_)
        if by != duel.asker:
            raise UsageError("Only the person who asked can cancel this duel. Ask them to, or let it run.")
        if not await self._ledger.cancel(id_):
            raise UsageError("Both answers are in already: there is nothing left to cancel.")
        self._hurry(id_)
        self._wake()

    async def ask_again(self, id_: DuelId, by: Person, *, reply_to: str | None = None) -> None:
        """The asker wants the answers that failed, and only those: what came in well is not paid for twice.

        Names that have been shown cannot be unseen: the votes count for preference only if both failed, for
        then the sides are dealt anew. Raises `UsageError`.
        """
        duel = await self._ledger.duel(id_)
        if by != duel.asker:
            raise UsageError("Only the person who asked can ask this again.")
        answers = await self._ledger.answers(id_)
        failed = [side for side in Side if side not in answers or not answers[side].outcome.votable]
        if not duel.state.over or duel.void_reason is None or not failed:
            raise UsageError("Nothing is missing here, or it is being asked for already.")
        if not duel.prompt:
            raise UsageError("The words of that duel are erased. Ask anew: `/duel why is the sky blue?`")
        pair = await self.check_pair((duel.seats[Side.A], duel.seats[Side.B]))
        now = self._clock.now()
        fresh = replace(duel, asked_at=now, reply_to=reply_to)
        if duel.state is State.VOID:  # the names are out, and in a conversation so is who said what
            if len(failed) == 2 and duel.round == 1:
                fresh = replace(fresh, seats=seat(pair, self._rng))
            else:
                fresh = replace(fresh, excluded=duel.excluded or SEEN)
        here = await self._door.terms(by.team, duel.room)
        before, system = await said_before(self._ledger, fresh), duel.rules.system
        estimate = {
            side: self._lineup.at_most(
                fresh.seats[side], duel.prompt, now, system=system, before=before[side]
            )
            for side in failed
        }
        if not await self._ledger.ask_again(fresh, estimate, here.budgets, failed=failed):
            raise UsageError(
                "It is being asked for already, or its conversation has gone on without it: then ask in the "
                "thread."
            )
        self._wake()

    async def say_topic(self, id_: DuelId, topic: Topic, by: Person) -> None:
        """The asker says what the prompt is about, at any time. Raises `UsageError` for anybody else."""
        duel = await self._ledger.duel(id_)
        if by != duel.asker:
            raise UsageError("Only the person who asked can say what this duel is about.")
        await self._ledger.topic_said(id_, topic)

    async def catch_up(self) -> None:
        """We may have missed votes: look at every duel whose vote is open."""
        await self._ledger.look_again()
        self._wake()


def may_reveal(duel: Duel, by: Person) -> bool:
    """Whether that person may end its vote early."""
    return by == duel.asker or (duel.rules.anyone_reveals and by.team == duel.asker.team)


def check_prompt(prompt: str, max_prompt: int, example: str = "/duel why is the sky blue?") -> str:
    """The prompt as it will be sent. Raises `UsageError` if there is none, or too much of it."""
    prompt = prompt.strip()
    if not prompt:
        raise UsageError(say("Give them something to answer: `{example}`", example=example))
    if len(prompt) > max_prompt:
        raise UsageError(
            say(
                "That prompt has {length} characters; the limit is {limit}. Shorten it and ask again.",
                length=figure(len(prompt), ","),
                limit=figure(max_prompt, ","),
            )
        )
    return prompt
