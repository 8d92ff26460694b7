"""In which language whoever reads something is spoken to: that of the channel, or else as usual here."""

from collections.abc import Awaitable, Callable
from typing import Any

from bot.channel import Channels
from bot.duel import Place
from bot.words import Language, speak


class Languages:
    """What channels speak."""

    def __init__(self, channels: Channels, usual: Language) -> None:
        self._channels = channels
        self._usual = usual

    async def of(self, team: str, room: Place) -> Language:
        """The channel's as it is settled now."""
        return (await self._channels.settled(team, room)).settings.language or self._usual

    async def address(self, team: str, room: Place) -> None:
        """From here to the end of this task, speak as that channel does."""
        speak(await self.of(team, room))

    async def of_request(self, body: dict[str, Any]) -> Language:
        """That of the channel in which somebody typed or clicked; events are not looked up, for votes come by
        the hundred and nobody is answered on them there and then.
        """
        channel = body.get("channel_id") or (body.get("channel") or {}).get("id")
        team = body.get("team_id") or (body.get("team") or {}).get("id")
        return (
            await self.of(team, Place(channel)) if channel and team and "event" not in body else self._usual
        )


async def hear(
    body: dict[str, Any],
    next: Callable[[], Awaitable[None]],  # noqa: A002 - Bolt goes by this name
    *,
    languages: Languages,
) -> None:
    """Before each listener, whose task goes on in that language."""
    speak(await languages.of_request(body))
    await next()
