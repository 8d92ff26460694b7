"""How a file comes to one person alone: in their direct messages with the app."""

import os
from typing import BinaryIO

from bot.duel import Person
from bot.exchange.delivery import Said
from bot.jobs import Lease
from bot.words import Language, noted, say, speak
from handlers.languages import Languages
from handlers.posting import translated
from handlers.uploads import Uploads
from handlers.workspaces import Workspaces

PERHAPS = noted(
    "I was interrupted while I sent you that file. If it does not stand above, ask for it again: "
    "`/duel export`"
)


class SlackCourier:
    """`bot.exchange.delivery.Courier` in Slack.

    Our scopes do not let us look what stands in direct messages. So of what may have got through before a
    crash, words are said again; a file is not, and it is said how to get it if it did not.
    """

    def __init__(self, workspaces: Workspaces, uploads: Uploads, languages: Languages) -> None:
        self._workspaces = workspaces
        self._uploads = uploads
        self._languages = languages

    async def bring(self, lease: Lease, person: Person, name: str, content: BinaryIO, text: Said) -> None:
        async def upload() -> str:
            length = content.seek(0, os.SEEK_END)
            content.seek(0)
            return await self._uploads.bring(person.team, name, content, length=length)

        async def share() -> str:
            await self._uploads.show(person.team, uploaded, title=name, channel=channel)
            return "sent"

        channel = await self._say(lease, person, text)
        uploaded = await lease.once("upload", upload)
        if await lease.at_most_once("file", share) is None:
            await self._say(lease, person, lambda: say(PERHAPS))

    async def tell(self, lease: Lease, person: Person, text: Said) -> None:
        await self._say(lease, person, text)

    async def _say(self, lease: Lease, person: Person, text: Said) -> str:
        """Say it, and give back the channel of their direct messages: a post to a person opens it.

        The language stays the same over a crash: what was said is known by its words.
        """

        async def language() -> str:
            return await self._languages.of_person(person)

        async def post() -> str:
            slack = await self._workspaces.slack(person.team)
            async with translated(posting=True):
                said = await slack.unrepeated.chat_postMessage(
                    channel=person.user, text=words, unfurl_links=False, unfurl_media=False
                )
            return str(said["channel"])

        speak(Language(await lease.once("language", language)))
        words = text()
        return await lease.once(f"say {words[:50]}", post)
