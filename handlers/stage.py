"""`bot.stage.Stage` in Slack: what a duel shows, and what people do with it."""

import logging
from collections.abc import Collection, Mapping
from datetime import datetime

from bot.duel import Answer, Duel, Person, Place, Side
from bot.errors import StageError
from bot.jobs import Lease
from bot.people import People
from bot.votes import Choice, Tally
from bot.words import say, speak
from handlers.cards import duel as cards
from handlers.cards.duel import Labels
from handlers.cards.rounds import held
from handlers.emoji import Emoji
from handlers.languages import Languages
from handlers.posting import Slack
from handlers.workspaces import Workspaces

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

    def __init__(
        self,
        workspaces: Workspaces,
        people: People,
        labels: Labels,
        languages: Languages,
        *,
        receivers: str,
    ) -> None:
        """`receivers` are the hosts that prompts are sent to, in words."""
        self._workspaces = workspaces
        self._people = people
        self._labels = labels
        self._languages = languages
        self._receivers = receivers

    async def announce(self, lease: Lease, duel: Duel) -> Place:
        slack = await self._speaking(duel)
        ts = await slack.post(
            lease,
            cards.waiting(duel, receivers=self._receivers),
            duel=duel.id,
            since=duel.asked_at,
            part="duel",
            channel=str(duel.room),
            thread=thread_of(duel.within),
        )
        for number, card in enumerate(cards.question(duel)):
            await slack.post(
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
        slack = await self._speaking(duel)
        card = cards.waiting(duel, finished=finished, elapsed_s=elapsed_s, receivers=self._receivers)
        await slack.sign_of_life(lease, *_message(duel), card)

    async def present(
        self, lease: Lease, duel: Duel, answers: Mapping[Side, Answer], closes_at: datetime
    ) -> Mapping[Place, Side]:
        slack = await self._speaking(duel)
        parts = await self._post_long(lease, duel, answers)
        emoji = Emoji(duel.rules.signs)
        card = cards.vote(duel, answers, closes_at, duel.rules.quorum, emoji, receivers=self._receivers)
        await slack.update(lease, *_message(duel), card)
        for name in emoji.all:
            await slack.react(*_message(duel), name)
        return parts

    async def reveal(
        self,
        lease: Lease,
        duel: Duel,
        answers: Mapping[Side, Answer],
        votes: Tally,
        unsafe: Mapping[Side, int],
    ) -> None:
        slack = await self._speaking(duel)
        await self._post_long(lease, duel, answers)
        card = cards.reveal(duel, answers, votes, self._labels, Emoji(duel.rules.signs), unsafe=unsafe)
        await slack.update(lease, *_message(duel), card)

    async def hold(self, lease: Lease, duel: Duel, answers: Mapping[Side, Answer]) -> None:
        slack = await self._speaking(duel)
        await slack.update(lease, *_message(duel), held(duel, answers, Emoji(duel.rules.signs)))

    async def votes(self, duel: Duel) -> Collection[tuple[Person, Choice]]:
        slack = await self._workspaces.slack(duel.asker.team)
        emoji, team = Emoji(duel.rules.signs), duel.asker.team
        shown = [
            (Person(team, user), choice)
            for reaction in await slack.reactions(*_message(duel))
            if (choice := emoji.choice(reaction["name"]))
            for user in reaction["users"]
        ]
        return {(person, choice) for person, choice in shown if await self._may_vote(duel, person)}

    async def tell(self, duel: Duel, person: Person, text: str) -> None:
        slack = await self._speaking(duel)
        await slack.whisper(person.user, duel.room, say(text), within=duel.within)

    async def tell_asker(self, duel: Duel, text: str) -> None:
        try:
            if duel.reply_to:
                slack = await self._speaking(duel)
                await slack.tell(duel.reply_to, say(text))
            elif not duel.state.ended:
                await self.tell(duel, duel.asker, text)
        except StageError as error:
            log.warning("could not tell somebody why there is no duel: %s", error)

    async def _post_long(self, lease: Lease, duel: Duel, answers: Mapping[Side, Answer]) -> dict[Place, Side]:
        channel, ts = _message(duel)
        shown: dict[Place, Side] = {}
        if not cards.long(answers):
            return shown
        slack = await self._workspaces.slack(duel.asker.team)
        for side, answer in cards.told(answers).items():
            for number, part in enumerate(cards.parts(side, answer, Emoji(duel.rules.signs))):
                posted = await slack.post(
                    lease,
                    part,
                    duel=duel.id,
                    since=duel.asked_at,
                    part=f"{side} {number}",
                    channel=channel,
                    thread=thread_of(duel.within) or ts,
                )
                shown[place_of(channel, posted)] = side
        return shown

    async def _speaking(self, duel: Duel) -> Slack:
        """The Web API there; from now on this job speaks as the channel does."""
        speak(await self._languages.between(duel.asker, duel.room))
        return await self._workspaces.slack(duel.asker.team)

    async def _may_vote(self, duel: Duel, person: Person) -> bool:
        return duel.rules.voters.admit((await self._people.profile(person)).standing)
