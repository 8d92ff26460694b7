"""The whole life of one duel, as a job: both are asked, shown, voted on, revealed."""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from bot.clock import Clock
from bot.contenders import Lineup
from bot.contenders.reading import Delta
from bot.contenders.said import Exchange
from bot.conversation import WordsGone, said_before
from bot.door import Unwelcome, check_member
from bot.duel import ANONYMOUS, BARRED, Answer, CloseReason, Duel, DuelId, Person, Side, State, pseudonym
from bot.errors import LeaseLost, NotInvited, StageGone
from bot.flags import FlagStore
from bot.giveaways import SAYS_WHO, gives_itself_away
from bot.jobs import Lease
from bot.ledger import Ledger
from bot.pausing import Bench
from bot.people import People
from bot.rules import Voters
from bot.stage import Stage
from bot.topics import Label
from bot.votes import SEVERAL, Choice, Registers, Secret, ballots, patience, reconcile, tally
from bot.words import noted

log = logging.getLogger(__name__)

PROGRESS_EVERY = 5.0
"""Seconds between two signs of life while the contenders are at it, and two looks whether to stop."""
CANCELLED = noted("Cancelled by the asker.")
LOOK_AGAIN = timedelta(hours=12)
"""After which a round looks whether the names are out, should nobody have called it."""


class Life:
    """What carries a duel from the question to the reveal, over any number of crashes."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        stage: Stage,
        flags: FlagStore,
        lineup: Lineup,
        bench: Bench,
        people: People,
        classify: Callable[[str], Label],
        clock: Clock,
        secret: bytes,
        wake: Callable[[], None],
    ) -> None:
        """`secret` is one that no contender knows: what they are told of an asker is hashed with it.

        `classify` reads a prompt; it may block, and is called in a thread.
        """
        self._ledger = ledger
        self._stage = stage
        self._flags = flags
        self._lineup = lineup
        self._bench = bench
        self._classify = classify
        self._people = people
        self._clock = clock
        self._secret = secret
        self._wake = wake
        self._looks: dict[DuelId, asyncio.Event] = {}
        """By which those that are being answered here are told to look at their duel at once."""

    def hurry(self, id_: DuelId) -> None:
        """Something has happened to that duel: if it is being answered here, look at once."""
        if id_ in self._looks:
            self._looks[id_].set()

    async def run(self, lease: Lease) -> datetime | None:
        """The whole life of a duel. A run after a crash passes over what is stored, and goes on from there.

        Returns when its vote is to be closed, or `None` at its end. A run before that time looks what votes
        were missed, no more.
        """
        duel = await self._ledger.duel(DuelId(lease.job.id))
        try:
            if duel.state is State.ASKED:
                duel = await self._answer(lease, duel)
            while duel.state is State.OPEN:
                # asked before the look: what was seen too early says nothing of what people did until the end
                over = self._is_over(duel)
                registers = await self._agree(lease, duel)
                if over:
                    if again := await self._wait_for_events(lease, registers):
                        return again
                    await self._ledger.settle(lease, duel.id, counted=ballots(registers))
                duel = await self._ledger.duel(duel.id)
                if not self._is_over(duel):
                    return duel.closes_at
            return await self._end(lease, duel)
        except NotInvited as error:
            if duel.shown_at is None:
                await self._stage.tell_asker(duel, str(error))  # first: settling forgets the way to them
            await self._ledger.settle(lease, duel.id, void=noted("Duel is not a member of the channel."))
        except Unwelcome as error:
            await self._stage.tell_asker(duel, str(error))
            await self._ledger.settle(lease, duel.id, void=noted("Only members start duels in that channel."))
        except StageGone as error:
            if duel.shown_at is None:
                await self._stage.tell_asker(duel, str(error))
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
        for answers in (
            await self._ledger.answers(duel.id),
            {},
        ):  # without them, if it is they that cannot be shown
            try:
                await self._show_end(lease, duel, answers)
                return
            except LeaseLost:
                raise
            except Exception:
                log.exception("the end of duel %s could not be shown", duel.id)

    async def _answer(self, lease: Lease, duel: Duel) -> Duel:
        """Have it answered, and its vote opened; or void."""
        duel = await self._announce(lease, duel)
        used: dict[Side, Decimal | None] = {}
        answers, void = await self._hear_and_label(lease, duel, used)
        duel = await self._ledger.duel(duel.id)
        void = CANCELLED if duel.is_cancelled else void or void_reason(answers)
        if void is None:
            await self._open(lease, duel, answers)
            duel = await self._ledger.duel(duel.id)
            void = CANCELLED if duel.is_cancelled else None  # at the last moment
        if void is not None:
            await self._ledger.settle(lease, duel.id, void=void, used=used)
            duel = await self._ledger.duel(duel.id)
        return duel

    async def _end(self, lease: Lease, duel: Duel) -> datetime | None:
        """Show how it ended. Where the names wait for other rounds, those that end with it call it again."""
        if duel.state is State.CLOSED:
            await self._ledger.settle(lease, duel.id)
            duel = await self._ledger.duel(duel.id)
        self._wake()  # for the rounds that ended with this one
        if duel.shown_at is not None:
            await self._show_end(lease, duel, await self._ledger.answers(duel.id))
        return self._clock.now() + LOOK_AGAIN if duel.state is State.CLOSED else None

    async def _show_end(self, lease: Lease, duel: Duel, answers: Mapping[Side, Answer]) -> None:
        """The names, or that they wait."""
        if duel.state is State.CLOSED:
            await self._stage.hold(lease, duel, answers)
        else:
            votes = tally(await self._ledger.counted(duel.id))
            await self._stage.reveal(lease, duel, answers, votes, await self._flags.of(duel.id))

    async def _announce(self, lease: Lease, duel: Duel) -> Duel:
        if duel.shown_at is not None:
            return duel
        await check_member(self._people, duel.rules, duel.asker)
        duel = replace(duel, introduces=await self._ledger.introduce(lease, duel))
        place = await self._stage.announce(lease, duel)
        await self._ledger.announced(lease, duel.id, place)
        return replace(duel, shown_at=place)

    async def _hear_and_label(
        self, lease: Lease, duel: Duel, used: dict[Side, Decimal | None]
    ) -> tuple[dict[Side, Answer], str | None]:
        """The prompt is read while the contenders are at it, so that nobody waits for that.

        Gives as well why they could not be asked, if so.
        """
        try:
            before = await said_before(self._ledger, duel)
        except WordsGone as error:
            return await self._ledger.answers(duel.id), str(error)
        labelling = asyncio.create_task(self._label(lease, duel, before[Side.A]))
        try:
            answers = await self._hear(lease, duel, before, used)
            await labelling
        finally:
            labelling.cancel()
            await asyncio.gather(labelling, return_exceptions=True)
        return answers, None

    async def _label(self, lease: Lease, duel: Duel, before: Sequence[Exchange]) -> None:
        asked = "\n\n".join([*(one.prompt for one in before), duel.prompt])
        try:
            label = await asyncio.to_thread(self._classify, asked)
        except Exception:
            log.exception("the prompt of duel %s could not be classified", duel.id)
        else:
            await self._ledger.label(lease, duel.id, label)

    async def _hear(
        self,
        lease: Lease,
        duel: Duel,
        before: Mapping[Side, Sequence[Exchange]],
        used: dict[Side, Decimal | None],
    ) -> dict[Side, Answer]:
        """Ask both at once, and store each answer as it comes: what is stored is never paid for again.

        Once its asker has cancelled the duel both are broken off, and `used` says what that may have cost.
        """
        known = await self._ledger.answers(duel.id)
        streamed = {side: 0 for side in Side if side not in known}
        asking = {
            asyncio.create_task(self._ask(lease, duel, side, before[side], streamed)) for side in streamed
        }
        look = self._looks[duel.id] = asyncio.Event()
        looking = asyncio.create_task(look.wait())
        try:
            while asking and not (await self._ledger.duel(duel.id)).is_cancelled:
                look.clear()
                looking = asyncio.create_task(look.wait()) if looking.done() else looking
                done, _ = await asyncio.wait(
                    {*asking, looking}, timeout=PROGRESS_EVERY, return_when=asyncio.FIRST_COMPLETED
                )
                for task in done - {looking}:
                    task.result()
                asking -= done
                if asking and looking not in done:
                    elapsed = (self._clock.now() - duel.asked_at).total_seconds()
                    await self._stage.progress(lease, duel, finished=2 - len(asking), elapsed_s=elapsed)
        finally:
            del self._looks[duel.id]
            for task in (*asking, looking):
                task.cancel()
            await asyncio.gather(*asking, looking, return_exceptions=True)
        answers = await self._ledger.answers(duel.id)
        for side in streamed.keys() - answers.keys():
            used[side] = self._lineup.so_far(
                duel.seats[side],
                duel.prompt,
                streamed[side],
                duel.asked_at,
                system=duel.rules.system,
                before=before[side],
            )
        return answers

    async def _ask(
        self, lease: Lease, duel: Duel, side: Side, before: Sequence[Exchange], streamed: dict[Side, int]
    ) -> None:
        def count(delta: Delta) -> None:
            streamed[side] += len((delta.text + delta.reasoning).encode("utf-8", "surrogatepass"))

        asker = pseudonym(duel.asker, self._secret)
        answer = await self._lineup.answer(
            duel.seats[side], duel.prompt, count, asker=asker, system=duel.rules.system, before=before
        )
        await self._ledger.keep_answer(lease, duel.id, side, answer)
        await self._bench.heed(answer)

    async def _open(self, lease: Lease, duel: Duel, answers: Mapping[Side, Answer]) -> None:
        closes_at = self._clock.now() + duel.vote_for
        duel = replace(duel, introduces=await self._ledger.introduces(duel))
        parts = await self._stage.present(lease, duel, answers, closes_at)
        await self._flags.carry(lease, duel, parts)
        await self._ledger.open_vote(lease, duel.id, closes_at, excluded=not_blind(answers))

    async def _agree(self, lease: Lease, duel: Duel) -> Registers:
        """Make the registers agree with what the place shows: votes that we were not told of count too."""
        before = await self._ledger.registers(duel.id)
        seen = await self._ledger.known_as(duel.id, await self._stage.votes(duel))
        await lease.check()  # whoever was frozen over it has seen what is long past
        held = await self._ledger.registers(duel.id)
        moved = await self._ledger.move(duel.id, reconcile(held, seen, before=before))
        registers = await self._admitted(duel, moved, seen)
        if (
            self._enough(duel, registers)
            and duel.closes_at is not None
            and self._clock.now() < duel.closes_at
        ):
            await self._ledger.end_vote(duel.id, CloseReason.QUORUM)
        return registers

    async def _admitted(
        self, duel: Duel, registers: Registers, seen: Collection[tuple[Person, Choice]]
    ) -> Registers:
        """Without what is said by those whose votes do not count here.

        Their emoji the stage has left out of what was `seen`; what came in a secret way, or while we looked,
        nobody has asked about yet.
        """
        unasked = {
            (voter, said)
            for (voter, said), at in registers.items()
            if at.on
            and (
                duel.rules.voters is not Voters.EVERYBODY
                if isinstance(said, Secret)
                else (voter, said) not in seen
            )
        }
        strangers = {
            voter for voter in {voter for voter, _ in unasked} if not await self._may_vote(duel, voter)
        }
        return {
            (voter, said): at
            for (voter, said), at in registers.items()
            if voter not in strangers or (voter, said) not in unasked
        }

    async def _may_vote(self, duel: Duel, voter: Person) -> bool:
        """Of those who were forgotten nobody can be asked: it was decided then, and their name says it."""
        if voter.user.startswith((ANONYMOUS, BARRED)):
            return voter.user.startswith(ANONYMOUS)
        return duel.rules.voters.admit((await self._people.profile(voter)).standing)

    async def _wait_for_events(self, lease: Lease, registers: Registers) -> datetime | None:
        """When to look again, where somebody's newest choice may not be known yet; counted from the first
        look after the end, for whoever comes too late to it has not listened meanwhile.
        """
        if not (wait := patience(registers)):
            return None
        now = self._clock.now()
        first = datetime.fromisoformat(await lease.once("first look after the end", self._time))
        return min(first + wait, now + SEVERAL) if now < first + wait else None

    async def _time(self) -> str:
        return self._clock.now().isoformat()

    def _is_over(self, duel: Duel) -> bool:
        return duel.state.over or duel.closes_at is None or self._clock.now() >= duel.closes_at

    def _enough(self, duel: Duel, registers: Registers) -> bool:
        return duel.rules.quorum is not None and len(ballots(registers)) >= duel.rules.quorum


def void_reason(answers: Mapping[Side, Answer]) -> str | None:
    """Why these answers cannot be voted on, or `None` if they can."""
    failed = sum(not answers[side].outcome.votable for side in Side)
    if failed == 2:
        return noted("Neither of the two answered, so there is nothing to vote on.")
    return noted("Only one of the two answered, so there is no vote.") if failed else None


def not_blind(answers: Mapping[Side, Answer]) -> str | None:
    """Why the votes on these answers cannot count for preference, or `None` if they can."""
    for side in Side:
        if words := gives_itself_away(answers[side].text):
            return SAYS_WHO.format(side=side.upper(), words=words)
    return None
