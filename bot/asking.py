"""A question's whole life: written down, routed by what the votes support, answered, shown."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from bot.arena import check_prompt
from bot.briefing import Briefing
from bot.channel import Address
from bot.clock import Clock
from bot.contenders import Lineup
from bot.door import Door, check_member
from bot.duel import (
    Answer,
    ContenderId,
    Duel,
    DuelId,
    Person,
    Place,
    Topic,
    TopicBy,
    duel_id,
    pseudonym,
    seat,
)
from bot.errors import NotInvited, StageError, StageGone, UsageError
from bot.jobs import Lease
from bot.life import PROGRESS_EVERY
from bot.pausing import Bench
from bot.people import People
from bot.question import Counter, Fate, Question, QuestionId, Questions, question_of
from bot.routing import Choice, choose
from bot.topics import Label

log = logging.getLogger(__name__)

EXAMPLE = "/ask why is the sky blue?"


class Asking:
    """What can be done with questions, and the job that has one answered."""

    def __init__(
        self,
        *,
        questions: Questions,
        briefing: Briefing,
        counter: Counter,
        address: Address,
        lineup: Lineup,
        bench: Bench,
        door: Door,
        people: People,
        classify: Callable[[str], Label],
        max_prompt: int,
        duel_share: float,
        clock: Clock,
        rng: Random,
        secret: bytes,
        wake: Callable[[], None],
    ) -> None:
        """`duel_share` of the questions for which nothing is known become duels.

        `classify` and `secret` are as for `bot.life.Life`.
        """
        self._questions = questions
        self._briefing = briefing
        self._counter = counter
        self._address = address
        self._lineup = lineup
        self._bench = bench
        self._door = door
        self._people = people
        self._classify = classify
        self._max_prompt = max_prompt
        self._duel_share = duel_share
        self._clock = clock
        self._rng = rng
        self._secret = secret
        self._wake = wake

    async def ask(
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
    ) -> QuestionId:
        """Write down that a question is to be answered; who answers is decided later, by its job.

        `pair` names others than the usual two to choose from. `key` names the request for good: the same one
        delivered twice is one question. What the channel has settled holds as in `Arena.challenge`. Raises
        `UsageError`; `NotNow` where the same can be asked later.
        """
        prompt = check_prompt(prompt, self._max_prompt, EXAMPLE)
        here = await self._door.let_in(asked_by, room, pair=pair, vote_for=vote_for)
        await self._bench.check_one_of(here.pair)
        question = Question(
            id=QuestionId(duel_id(key)),
            asker=asked_by,
            room=room,
            prompt=prompt,
            pair=here.pair,
            asked_at=self._clock.now(),
            vote_for=here.vote_for,
            reply_to=reply_to,
            topic=topic,
            topic_by=None if topic is None else TopicBy.PERSON,
            rules=here.rules,
        )
        await self._questions.ask(question, self._at_most(question), here.budgets)
        self._wake()
        return question.id

    async def run(self, lease: Lease) -> datetime | None:
        """Have it answered. A run after a crash passes over what is stored, and goes on from there."""
        question = await self._questions.question(question_of(lease.job.id))
        await self._address(question.asker.team, question.room)
        try:
            if question.choice is None:
                await check_member(self._people, question.rules, question.asker)
                question = await self._decide(lease, question)
            if question.fate is Fate.DUELED:
                await _once(lease, "tell of duel", lambda: self._counter.tell_of_duel(question))
            else:
                await self._serve(lease, question)
            await self._questions.over(lease, question.id)
        except (NotInvited, UsageError) as error:
            await self._end(lease, question, str(error))
        except StageGone as error:
            if question.shown_at is None:
                await self._counter.tell_asker(question, str(error))
            await self._questions.fail(lease, question.id, str(error))
        return None

    async def give_up(self, lease: Lease, why: str) -> None:
        """A question that failed too often ends here; its message and its asker are told why."""
        question = await self._questions.question(question_of(lease.job.id))
        await self._end(lease, question, why)
        if question.shown_at is not None:
            try:
                await self._counter.fail(lease, question, why)
            except StageError as error:
                log.warning("the end of question %s could not be shown: %s", question.id, error)

    async def _end(self, lease: Lease, question: Question, why: str) -> None:
        await self._counter.tell_asker(question, why)  # first: failing forgets the way to them
        await self._questions.fail(lease, question.id, why)

    async def _decide(self, lease: Lease, question: Question) -> Question:
        """Choose, and write it down before anything is paid for."""
        label = await self._label(question)
        found = await self._briefing.of(question.asker.team, question.pair, label.topic)
        await self._bench.check_one_of(question.pair)
        paused = await self._bench.paused()
        at_most = self._at_most(question)
        choice = choose(found, at_most=at_most, paused=paused, share=self._duel_share, rng=self._rng)
        if choice.chosen is None:
            try:
                await self._duel_instead(lease, question, label, choice)
            except UsageError as error:
                log.info("question %s becomes no duel: %s", question.id, error)
                choice = choose(found, at_most=at_most, paused=paused, share=0, rng=self._rng)
        if choice.chosen is not None:
            await self._questions.chosen(lease, question.id, label, choice, at_most[choice.chosen])
        return await self._questions.question(question.id)

    async def _duel_instead(self, lease: Lease, question: Question, label: Label, choice: Choice) -> None:
        at_most = self._at_most(question)
        duel = Duel(
            id=DuelId(question.id),
            asker=question.asker,
            room=question.room,
            prompt=question.prompt,
            seats=seat(question.pair, self._rng),
            asked_at=self._clock.now(),
            vote_for=question.vote_for,
            reply_to=question.reply_to,
            topic=question.topic,
            topic_by=question.topic_by,
            rules=question.rules,
        )
        here = await self._door.terms(question.asker.team, question.room)
        estimate = {side: at_most[name] for side, name in duel.seats.items()}
        await self._questions.duel_instead(
            lease, question.id, label, choice, instead=duel, estimate=estimate, budgets=here.budgets
        )
        self._wake()

    async def _label(self, question: Question) -> Label:
        """What the prompt is about: what a person said of it goes first."""
        try:
            label = await asyncio.to_thread(self._classify, question.prompt)
        except Exception:
            log.exception("the prompt of question %s could not be classified", question.id)
            label = Label()
        return label if question.topic is None else replace(label, topic=question.topic)

    async def _serve(self, lease: Lease, question: Question) -> None:
        if question.shown_at is None:
            place = await self._counter.announce(lease, question)
            await self._questions.announced(lease, question.id, place)
            question = replace(question, shown_at=place)
        answer = await self._questions.reply(question.id) or await self._hear(lease, question)
        await self._counter.answer(lease, question, answer)
        if not answer.outcome.votable:
            await _once(lease, "tell failure", lambda: self._counter.tell_failure(question, answer))

    async def _hear(self, lease: Lease, question: Question) -> Answer:
        """Ask the chosen one, and store its answer as it comes: what is stored is never paid for again."""
        asking = asyncio.create_task(self._call(lease, question))
        try:
            while not (await asyncio.wait({asking}, timeout=PROGRESS_EVERY))[0]:
                elapsed = (self._clock.now() - question.asked_at).total_seconds()
                await self._counter.progress(lease, question, elapsed_s=elapsed)
            return asking.result()
        finally:
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)

    async def _call(self, lease: Lease, question: Question) -> Answer:
        assert question.choice is not None
        assert question.choice.chosen is not None
        asker = pseudonym(question.asker, self._secret)
        answer = await self._lineup.answer(
            question.choice.chosen, question.prompt, asker=asker, system=question.rules.system
        )
        await self._questions.keep_reply(lease, question.id, answer)
        await self._bench.heed(answer)
        return answer

    def _at_most(self, question: Question) -> dict[ContenderId, Decimal | None]:
        prompt, at, system = question.prompt, question.asked_at, question.rules.system
        return {name: self._lineup.at_most(name, prompt, at, system=system) for name in question.pair}


async def _once(lease: Lease, step: str, tell: Callable[[], Awaitable[None]]) -> None:
    async def do() -> str:
        await tell()
        return "told"

    await lease.once(step, do)
