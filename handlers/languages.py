"""In which language whoever reads something is spoken to: the channel's, their own, or as usual here."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.channel import Channels
from bot.duel import Person, Place
from bot.errors import StageError
from bot.people import People
from bot.words import Language, speak

PATIENCE_S = 0.8
"""How long somebody who waits for an acknowledgement waits for Slack to say how they use it."""


class Languages:
    """What channels and people speak."""

    def __init__(self, channels: Channels, people: People, usual: Language) -> None:
        self._channels = channels
        self._people = people
        self._usual = usual

    async def of(self, team: str, room: Place) -> Language:
        """The channel's as it is settled now."""
        return (await self._channels.settled(team, room)).settings.language or self._usual

    async def address(self, team: str, room: Place) -> None:
        """From here to the end of this task, speak as that channel does."""
        speak(await self.of(team, room))

    async def of_person(self, person: Person, *, patience_s: float | None = None) -> Language:
        """That in which they use Slack; as usual here where it is none of ours, or Slack does not say."""
        try:
            async with asyncio.timeout(patience_s):
                return (await self._people.profile(person)).language or self._usual
        except (StageError, TimeoutError):
            return self._usual

    async def between(self, person: Person, room: Place, *, patience_s: float | None = None) -> Language:
        """The channel's; in somebody's direct messages their own, if nothing is settled there."""
        settled = (await self._channels.settled(person.team, room)).settings.language
        if settled is None and room.startswith("D"):
            return await self.of_person(person, patience_s=patience_s)
        return settled or self._usual

    async def of_request(self, body: dict[str, Any]) -> Language:
        """That of whoever typed or clicked, where they did; events are not looked up, for votes come by the
        hundred and nobody is answered on them there and then.
        """
        channel = body.get("channel_id") or (body.get("channel") or {}).get("id")
        team = body.get("team_id") or (body.get("team") or {}).get("id")
        user = body.get("user_id") or (body.get("user") or {}).get("id")
        if "event" in body or not team or not user:
            return self._usual
        person = Person(team, user)
        if channel:
            return await self.between(person, Place(channel), patience_s=PATIENCE_S)
        return await self.of_person(person, patience_s=PATIENCE_S)


class Addressing(AsyncMiddleware):
    """Before each listener, whose task goes on in that language.

    No function, for Bolt gathers all that one might ask for, at each request, and votes come by the hundred.
    """

    def __init__(self, languages: Languages) -> None:
        self._languages = languages

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,  # noqa: ARG002 - Bolt hands it over
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002 - Bolt goes by this name
    ) -> BoltResponse:
        speak(await self._languages.of_request(req.body))
        return await next()
