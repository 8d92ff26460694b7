"""`bot.stage.Stage` in Slack: what a duel shows, and what people do with it."""

import logging
from collections.abc import Collection, Mapping
from datetime import datetime

from bot.duel import Answer, Duel, Person, Place, Side
from bot.errors import StageError
from bot.jobs import Lease
from bot.votes import Choice, Tally
from handlers.cards import duel as cards
from handlers.cards.duel import Labels
from handlers.emoji import Emoji
from handlers.posting import Slack

log = logging.getLogger(__name__)


def place_of(channel: str, ts: str) -> Place:
    """A message as a place."""
    return Place(f"{channel}/{ts}")


def thread_of(within: Place | None) -> str | None:
    """The thread under a message, as Slack names it."""
    return None if within is None else within.partition("/")[2]


def _message(duel: Duel) -> tuple[str, str]:
    assert duel.shown_at is not None
    channel, _, ts = duel.shown_at.partition("/")
    return channel, ts


class SlackStage:
    """One message carries a duel: posted once, then updated; long answers stand in its thread."""

    def __init__(self, slack: Slack, *, emoji: Emoji, labels: Labels, quorum: int | None) -> None:
        self._slack = slack
        self._emoji = emoji
        self._labels = labels
        self._quorum = quorum
        self._people: dict[str, bool] = {}

    async def announce(self, lease: Lease, duel: Duel) -> Place:
        ts = await self._slack.post(
            lease,
            cards.waiting(duel),
            duel=duel.id,
            since=duel.asked_at,
            part="duel",
            channel=str(duel.room),
            thread=thread_of(duel.within),
        )
        for number, card in enumerate(cards.question(duel)):
            await self._slack.post(
                lease,
                card,
                duel=duel.id,
                since=duel.asked_at,
                part=f"question {number}",
                channel=str(duel.room),
                thread=thread_of(duel.within) or ts,
            )
        return place_of(str(duel.room), ts)

    async def progress(self, lease: Lease, duel: Duel, *, finished: int, elapsed_s: float) -> None:
        card = cards.waiting(duel, finished=finished, elapsed_s=elapsed_s)
        await self._slack.sign_of_life(lease, *_message(duel), card)

    async def present(
        self, lease: Lease, duel: Duel, answers: Mapping[Side, Answer], closes_at: datetime
    ) -> None:
        await self._post_long(lease, duel, answers)
        await self._slack.update(
            lease, *_message(duel), cards.vote(duel, answers, closes_at, self._quorum, self._emoji)
        )
        for name in self._emoji.all:
            await self._slack.react(*_message(duel), name)

    async def reveal(self, lease: Lease, duel: Duel, answers: Mapping[Side, Answer], votes: Tally) -> None:
        await self._post_long(lease, duel, answers)
        await self._slack.update(
            lease, *_message(duel), cards.reveal(duel, answers, votes, self._labels, self._emoji)
        )

    async def votes(self, duel: Duel) -> Collection[tuple[Person, Choice]]:
        shown = [
            (user, choice)
            for reaction in await self._slack.reactions(*_message(duel))
            if (choice := self._emoji.choice(reaction["name"]))
            for user in reaction["users"]
        ]
        team = duel.asker.team
        return {(Person(team, user), choice) for user, choice in shown if await self._is_person(user)}

    async def tell_asker(self, duel: Duel, text: str) -> None:
        if duel.reply_to:
            await self._slack.tell(duel.reply_to, text)
        elif not duel.state.ended:
            try:
                await self._slack.whisper(duel.asker.user, duel.room, text, within=duel.within)
            except StageError as error:
                log.warning("could not tell somebody why there is no duel: %s", error)

    async def _post_long(self, lease: Lease, duel: Duel, answers: Mapping[Side, Answer]) -> None:
        channel, ts = _message(duel)
        if not cards.long(answers):
            return
        for side, answer in cards.told(answers).items():
            for number, part in enumerate(cards.parts(side, answer, self._emoji)):
                await self._slack.post(
                    lease,
                    part,
                    duel=duel.id,
                    since=duel.asked_at,
                    part=f"{side} {number}",
                    channel=channel,
                    thread=thread_of(duel.within) or ts,
                )

    async def _is_person(self, user: str) -> bool:
        if user not in self._people:
            self._people[user] = await self._slack.is_person(user)
        return self._people[user]
