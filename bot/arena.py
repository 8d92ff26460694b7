"""The use cases: challenge, vote, close; and the whole life of a duel, from the question to the reveal."""

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Protocol

from bot.budgets import Budgets, Estimate
from bot.clock import Clock
from bot.contenders import Lineup
from bot.duel import (
    Answer,
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
    pseudonym,
    seat,
)
from bot.errors import LeaseLost, NotInvited, StageGone, UsageError
from bot.giveaways import gives_itself_away
from bot.jobs import Lease
from bot.pausing import Bench
from bot.topics import Label
from bot.votes import Choice, Mark, Registers, Tally, ballots, reconcile, tally

log = logging.getLogger(__name__)

PROGRESS_EVERY = 5.0
"""Seconds between two signs of life while the contenders are at it."""


class Ledger(Protocol):
    """What must be remembered. Methods that take a `Lease` raise `LeaseLost` once it is outdated."""

    async def ask(self, duel: Duel, estimate: Estimate, budgets: Budgets) -> bool:
        """Write a duel down together with its job, and set aside what it may cost.

        `False`, and nothing changed, if it was there already. Raises `UsageError`, and changes nothing,
        where it would pass a limit: however many ask at once, in however many processes.
        """

    async def duel(self, id_: DuelId) -> Duel:
        """The duel of that name."""

    async def answers(self, id_: DuelId) -> dict[Side, Answer]:
        """The answers that have come in."""

    async def keep_answer(self, lease: Lease, id_: DuelId, side: Side, answer: Answer) -> None:
        """Store an answer; one that is stored already stays as it is."""

    async def label(self, lease: Lease, id_: DuelId, label: Label) -> None:
        """Store what was found out about the prompt; what a person said of it stays as it is."""

    async def topic_said(self, id_: DuelId, topic: Topic) -> None:
        """A person says what the prompt is about."""

    async def announced(self, lease: Lease, id_: DuelId, place: Place) -> None:
        """The duel has a message."""

    async def open_vote(
        self, lease: Lease, id_: DuelId, closes_at: datetime, *, excluded: str | None = None
    ) -> None:
        """Both answers are shown; `excluded` is why the votes on them will not count for preference."""

    async def registers(self, id_: DuelId) -> Registers:
        """What the duel's registers hold."""

    async def move(self, id_: DuelId, marks: Iterable[Mark]) -> Registers:
        """Apply marks to the duel's registers, and give back what they hold now."""

    async def end_vote(self, id_: DuelId, reason: CloseReason) -> bool:
        """Make an open vote due to be closed at once, for that reason; `False` if it is ending already."""

    async def settle(
        self,
        lease: Lease,
        id_: DuelId,
        *,
        void: str | None = None,
        counted: Mapping[Person, Choice] | None = None,
    ) -> None:
        """End a duel: void for that reason, or with these votes as the ones that count."""

    async def look_again(self) -> None:
        """Make every open vote due to be looked at: something may have been missed."""

    async def counted(self, id_: DuelId) -> dict[Person, Choice]:
        """The votes that counted when the duel ended."""


class Poll(Protocol):
    """Where votes are put, many at once."""

    async def put(self, team: str, place: Place, mark: Mark) -> bool:
        """Move a register of the duel that this message carries; nothing where it carries none.

        It is written down when this returns. `True` if the vote may have its quorum now, and is due to be
        looked at. Raises `Stopping` once this process takes no more.
        """


class Stage(Protocol):
    """Where a duel is shown. Raises `StageError`, and `LeaseLost` before it would show what is outdated."""

    async def announce(self, lease: Lease, duel: Duel) -> Place:
        """Say that a duel is on: the message that will carry all the rest. Raises `NotInvited`."""

    async def progress(self, lease: Lease, duel: Duel, *, finished: int, elapsed_s: float) -> None:
        """A sign of life that tells the sides apart by nothing; silently left out if it cannot be given."""

    async def present(
        self, lease: Lease, duel: Duel, answers: Mapping[Side, Answer], closes_at: datetime
    ) -> None:
        """Show both answers at once, unnamed, and offer the vote."""

    async def reveal(self, lease: Lease, duel: Duel, answers: Mapping[Side, Answer], votes: Tally) -> None:
        """Show how the duel ended: names, votes, speed, cost; or why it is void."""

    async def votes(self, duel: Duel) -> Collection[tuple[Person, Choice]]:
        """What the place itself shows as on, of people who may vote."""

    async def tell_asker(self, duel: Duel, text: str) -> None:
        """Tell the asker alone."""


class Arena:
    """What can be done with duels."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        poll: Poll,
        stage: Stage,
        lineup: Lineup,
        bench: Bench,
        budgets: Budgets,
        classify: Callable[[str], Label],
        pair: Pair,
        vote_for: timedelta,
        quorum: int | None,
        max_prompt: int,
        clock: Clock,
        rng: Random,
        secret: bytes,
        wake: Callable[[], None],
    ) -> None:
        """`secret` is one that no contender knows: what they are told of an asker is hashed with it.

        `classify` reads a prompt; it may block, and is called in a thread.
        """
        self._ledger = ledger
        self._poll = poll
        self._stage = stage
        self._lineup = lineup
        self._bench = bench
        self._budgets = budgets
        self._classify = classify
        self._pair = pair
        self._vote_for = vote_for
        self._quorum = quorum
        self._max_prompt = max_prompt
        self._clock = clock
        self._rng = rng
        self._secret = secret
        self._wake = wake

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
        reply_to: str | None = None,
    ) -> DuelId:
        """Write down that two contenders are to answer this prompt; the work itself comes later.

        `pair` names others than the usual two. `key` names the request for good: the same one delivered
        twice is one duel. Raises `UsageError`.
        """
        prompt = check_prompt(prompt, self._max_prompt)
        chosen = self._pair if pair is None else self._lineup.check(pair)
        await self._bench.check(chosen)
        duel = Duel(
            id=duel_id(key),
            asker=asked_by,
            room=room,
            prompt=prompt,
            seats=seat(chosen, self._rng),
            asked_at=self._clock.now(),
            vote_for=vote_for or self._vote_for,
            reply_to=reply_to,
            topic=topic,
            topic_by=None if topic is None else TopicBy.PERSON,
        )
        estimate = {
            side: self._lineup.at_most(name, prompt, duel.asked_at) for side, name in duel.seats.items()
        }
        await self._ledger.ask(duel, estimate, self._budgets)
        self._wake()
        return duel.id

    async def vote(self, team: str, place: Place, mark: Mark) -> None:
        """Somebody put a choice on or took one off. A message that is no duel is none of our business."""
        if await self._poll.put(team, place, mark):
            self._wake()

    async def reveal(self, id_: DuelId, by: Person) -> None:
        """The asker wants to know. Raises `UsageError` for anybody else, and where no vote is open."""
        duel = await self._ledger.duel(id_)
        if by != duel.asker:
            raise UsageError(
                "Only the person who asked can reveal this duel early. Vote, and it closes by itself."
            )
        if await self._close_now(duel, CloseReason.ASKER):
            return
        if duel.state is State.ASKED:
            raise UsageError("One moment: the vote is just being opened. Press it again then.")
        if duel.state is State.VOID:
            raise UsageError("This duel has ended without a vote. Ask again: `/duel why is the sky blue?`")
        raise UsageError("This vote is closed: the names stand in its message, or are just being put there.")

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

    async def run(self, lease: Lease) -> datetime | None:
        """The whole life of a duel. A run after a crash passes over what is stored, and goes on from there.

        Returns when its vote is to be closed, or `None` at its end. A run before that time looks what votes
        were missed, no more.
        """
        duel = await self._ledger.duel(DuelId(lease.job.id))
        try:
            if duel.state is State.ASKED:
                duel = await self._announce(lease, duel)
                answers = await self._hear_and_label(lease, duel)
                duel = await self._ledger.duel(duel.id)
                if void := void_reason(answers):
                    await self._ledger.settle(lease, duel.id, void=void)
                else:
                    await self._open(lease, duel, answers)
                duel = await self._ledger.duel(duel.id)
            while duel.state is State.OPEN:
                # asked before the look: what was seen too early says nothing of what people did until the end
                over = self._is_over(duel)
                registers = await self._agree(lease, duel)
                if over:
                    await self._ledger.settle(lease, duel.id, counted=ballots(registers))
                duel = await self._ledger.duel(duel.id)
                if not self._is_over(duel):
                    return duel.closes_at
            if duel.shown_at is not None:
                answers = await self._ledger.answers(duel.id)
                await self._stage.reveal(lease, duel, answers, tally(await self._ledger.counted(duel.id)))
        except NotInvited as error:
            if duel.shown_at is None:
                await self._stage.tell_asker(duel, str(error))  # first: settling forgets the way to them
            await self._ledger.settle(lease, duel.id, void="Duel is not a member of the channel.")
        except StageGone as error:
            await self._ledger.settle(lease, duel.id, void=str(error))
        return None

    async def give_up(self, lease: Lease, why: str) -> None:
        """A duel that failed too often ends here: void, and its message and its asker are told why."""
        duel = await self._ledger.duel(DuelId(lease.job.id))
        await self._stage.tell_asker(duel, why)  # first: settling forgets the way to them
        await self._ledger.settle(lease, duel.id, void=why)
        duel = await self._ledger.duel(duel.id)
        if duel.shown_at is None:
            return
        votes = tally(await self._ledger.counted(duel.id))
        for answers in (
            await self._ledger.answers(duel.id),
            {},
        ):  # without them, if it is they that cannot be shown
            try:
                await self._stage.reveal(lease, duel, answers, votes)
                return
            except LeaseLost:
                raise
            except Exception:
                log.exception("the end of duel %s could not be shown", duel.id)

    async def _announce(self, lease: Lease, duel: Duel) -> Duel:
        if duel.shown_at is not None:
            return duel
        place = await self._stage.announce(lease, duel)
        await self._ledger.announced(lease, duel.id, place)
        return replace(duel, shown_at=place)

    async def _hear_and_label(self, lease: Lease, duel: Duel) -> dict[Side, Answer]:
        """The prompt is read while the contenders are at it, so that nobody waits for that."""
        labelling = asyncio.create_task(self._label(lease, duel))
        try:
            answers = await self._hear(lease, duel)
            await labelling
        finally:
            labelling.cancel()
            await asyncio.gather(labelling, return_exceptions=True)
        return answers

    async def _label(self, lease: Lease, duel: Duel) -> None:
        try:
            label = await asyncio.to_thread(self._classify, duel.prompt)
        except Exception:
            log.exception("the prompt of duel %s could not be classified", duel.id)
        else:
            await self._ledger.label(lease, duel.id, label)

    async def _hear(self, lease: Lease, duel: Duel) -> dict[Side, Answer]:
        """Ask both at once, and store each answer as it comes: what is stored is never paid for again."""
        known = await self._ledger.answers(duel.id)
        asking = {asyncio.create_task(self._ask(lease, duel, side)) for side in Side if side not in known}
        try:
            while asking:
                done, asking = await asyncio.wait(
                    asking, timeout=PROGRESS_EVERY, return_when=asyncio.FIRST_COMPLETED
                )
                for task in done:
                    task.result()
                if asking:
                    elapsed = (self._clock.now() - duel.asked_at).total_seconds()
                    await self._stage.progress(lease, duel, finished=2 - len(asking), elapsed_s=elapsed)
        finally:
            for task in asking:
                task.cancel()
            await asyncio.gather(*asking, return_exceptions=True)
        return await self._ledger.answers(duel.id)

    async def _ask(self, lease: Lease, duel: Duel, side: Side) -> None:
        asker = pseudonym(duel.asker, self._secret)
        answer = await self._lineup.answer(duel.seats[side], duel.prompt, asker=asker)
        await self._ledger.keep_answer(lease, duel.id, side, answer)
        await self._bench.heed(answer)

    async def _open(self, lease: Lease, duel: Duel, answers: Mapping[Side, Answer]) -> None:
        closes_at = self._clock.now() + duel.vote_for
        await self._stage.present(lease, duel, answers, closes_at)
        await self._ledger.open_vote(lease, duel.id, closes_at, excluded=not_blind(answers))

    async def _agree(self, lease: Lease, duel: Duel) -> Registers:
        """Make the registers agree with what the place shows: votes that we were not told of count too."""
        seen = await self._stage.votes(duel)
        await lease.check()  # whoever was frozen over it has seen what is long past
        held = await self._ledger.registers(duel.id)
        registers = await self._ledger.move(duel.id, reconcile(held, seen))
        if self._enough(registers) and duel.closes_at is not None and self._clock.now() < duel.closes_at:
            await self._ledger.end_vote(duel.id, CloseReason.QUORUM)
        return registers

    def _is_over(self, duel: Duel) -> bool:
        return duel.state.ended or duel.closes_at is None or self._clock.now() >= duel.closes_at

    def _enough(self, registers: Registers) -> bool:
        return self._quorum is not None and len(ballots(registers)) >= self._quorum

    async def _close_now(self, duel: Duel, reason: CloseReason) -> bool:
        closing = await self._ledger.end_vote(duel.id, reason)
        self._wake()
        return closing


def check_prompt(prompt: str, max_prompt: int) -> str:
    """The prompt as it will be sent. Raises `UsageError` if there is none, or too much of it."""
    prompt = prompt.strip()
    if not prompt:
        raise UsageError("Give them something to answer: `/duel why is the sky blue?`")
    if len(prompt) > max_prompt:
        raise UsageError(
            f"That prompt has {len(prompt):,} characters; the limit is {max_prompt:,}. "
            "Shorten it and ask again."
        )
    return prompt


def void_reason(answers: Mapping[Side, Answer]) -> str | None:
    """Why these answers cannot be voted on, or `None` if they can."""
    failed = sum(not answers[side].outcome.votable for side in Side)
    if failed == 2:
        return "Neither of the two answered, so there is nothing to vote on."
    return "Only one of the two answered, so there is no vote." if failed else None


def not_blind(answers: Mapping[Side, Answer]) -> str | None:
    """Why the votes on these answers cannot count for preference, or `None` if they can."""
    for side in Side:
        if words := gives_itself_away(answers[side].text):
            return f"Answer {side.upper()} says who wrote it: “{words}”."
    return None
