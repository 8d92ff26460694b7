"""`/ask`, and `bot.question.Counter` in Slack: one message carries a question; its thread, a long answer."""

import logging
from collections.abc import Callable
from typing import Any

from slack_bolt.async_app import AsyncAck

from bot.asking import Asking
from bot.duel import Answer, Person, Place
from bot.errors import StageGone
from bot.jobs import Lease
from bot.question import Question
from bot.words import say
from handlers.cards import Message
from handlers.cards import question as cards
from handlers.cards.duel import Labels
from handlers.cards.reason import instead
from handlers.command import wanted
from handlers.posting import Slack
from handlers.stage import place_of
from handlers.workspaces import Workspaces

log = logging.getLogger(__name__)


async def ask(
    ack: AsyncAck, command: dict[str, Any], *, asking: Asking, help_text: Callable[[], str]
) -> None:
    """`/ask <prompt>`: written down, then acknowledged; who answers is for a job to find out."""
    text = (command.get("text") or "").strip()
    if text.lower() in ("", "help", "?"):
        await ack(help_text())
        return
    asked = wanted(text)
    asker = Person(command["team_id"], command["user_id"])
    await asking.ask(
        asked.prompt,
        key=f"{asker.team}:{command['trigger_id']}",
        asked_by=asker,
        room=Place(command["channel_id"]),
        pair=asked.pair,
        vote_for=asked.vote_for,
        topic=asked.topic,
        reply_to=command.get("response_url"),
    )
    await ack()


def _message(question: Question) -> tuple[str, str]:
    assert question.shown_at is not None
    channel, _, ts = question.shown_at.partition("/")
    return channel, ts


class SlackCounter:
    """Shows questions and their answers."""

    def __init__(self, workspaces: Workspaces, labels: Labels) -> None:
        self._workspaces = workspaces
        self._labels = labels

    async def _slack(self, question: Question) -> Slack:
        return await self._workspaces.slack(question.asker.team)

    async def announce(self, lease: Lease, question: Question) -> Place:
        channel = str(question.room)
        ts = await self._post(lease, question, cards.waiting(question, self._labels), "question")
        for number, card in enumerate(cards.rest_of_prompt(question)):
            await self._post(lease, question, card, f"prompt {number}", thread=ts)
        return place_of(channel, ts)

    async def progress(self, lease: Lease, question: Question, *, elapsed_s: float) -> None:
        card = cards.waiting(question, self._labels, elapsed_s=elapsed_s)
        await (await self._slack(question)).sign_of_life(lease, *_message(question), card)

    async def answer(self, lease: Lease, question: Question, answer: Answer) -> None:
        _, ts = _message(question)
        for number, card in enumerate(cards.parts(question, answer, self._labels)):
            await self._post(lease, question, card, f"answer {number}", thread=ts)
        card = cards.answered(question, answer, self._labels)
        await (await self._slack(question)).update(lease, *_message(question), card)

    async def fail(self, lease: Lease, question: Question, why: str) -> None:
        await (await self._slack(question)).update(lease, *_message(question), cards.failed(question, why))

    async def tell_failure(self, question: Question, answer: Answer) -> None:
        await self.tell_asker(question, cards.told_failure(question, answer, self._labels))

    async def tell_of_duel(self, question: Question) -> None:
        await self.tell_asker(question, instead(question))

    async def tell_asker(self, question: Question, text: str) -> None:
        if question.reply_to:
            try:
                await (await self._slack(question)).tell(question.reply_to, say(text))
            except StageGone as error:
                log.warning("could not tell somebody why there is no answer: %s", error)

    async def _post(
        self, lease: Lease, question: Question, card: Message, part: str, thread: str | None = None
    ) -> str:
        return await (await self._slack(question)).post(
            lease, card, part=part, channel=str(question.room), since=question.asked_at, thread=thread
        )
