"""How a file comes to one person alone: in their direct messages with the app."""

import os
from pathlib import Path

import aiohttp

from bot.duel import Person
from bot.errors import StageAway
from bot.jobs import Lease
from bot.words import noted, say
from handlers.posting import translated
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

    def __init__(self, workspaces: Workspaces, session: aiohttp.ClientSession) -> None:
        """`session` is that of `workspaces`."""
        self._workspaces = workspaces
        self._session = session

    async def bring(self, lease: Lease, person: Person, file: Path, text: str) -> None:
        async def upload() -> str:
            return await self._upload(person.team, file)

        async def share() -> str:
            slack = await self._workspaces.slack(person.team)
            async with translated(posting=True):
                await slack.unrepeated.files_completeUploadExternal(
                    files=[{"id": uploaded, "title": file.name}], channel_id=channel
                )
            return "sent"

        channel = await self._say(lease, person, text)
        uploaded = await lease.once("upload", upload)
        if await lease.at_most_once("file", share) is None:
            await self._say(lease, person, say(PERHAPS))

    async def tell(self, lease: Lease, person: Person, text: str) -> None:
        await self._say(lease, person, text)

    async def _upload(self, team: str, file: Path) -> str:
        """Bring the bytes to Slack, where nobody sees them yet, and give back the file's id."""
        slack = await self._workspaces.slack(team)
        async with translated():
            with file.open("rb") as content:
                length = os.fstat(content.fileno()).st_size
                place = await slack.client.files_getUploadURLExternal(filename=file.name, length=length)
                async with self._session.post(str(place["upload_url"]), data=content) as answer:
                    if answer.status != 200:
                        raise StageAway(f"Slack did not take the file (HTTP {answer.status}).")
        return str(place["file_id"])

    async def _say(self, lease: Lease, person: Person, text: str) -> str:
        """Say it, and give back the channel of their direct messages: a post to a person opens it."""

        async def post() -> str:
            slack = await self._workspaces.slack(person.team)
            async with translated(posting=True):
                said = await slack.unrepeated.chat_postMessage(
                    channel=person.user, text=text, unfurl_links=False, unfurl_media=False
                )
            return str(said["channel"])

        return await lease.once(f"say {text[:50]}", post)
