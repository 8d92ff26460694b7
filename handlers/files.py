"""How a file comes to one person alone: in their direct messages with the app."""

from pathlib import Path

from bot.duel import Person
from bot.jobs import Lease
from handlers.posting import Slack, translated


class SlackCourier:
    """`bot.exchange.delivery.Courier` in Slack. After a crash in between, a file may come twice."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack

    async def bring(self, lease: Lease, person: Person, file: Path, text: str) -> None:
        async def send() -> str:
            async with translated():
                await self._slack.client.files_upload_v2(
                    channel=channel, file=str(file), filename=file.name, title=file.name
                )
            return "sent"

        channel = await self._say(lease, person, text)
        await lease.once("file", send)

    async def tell(self, lease: Lease, person: Person, text: str) -> None:
        await self._say(lease, person, text)

    async def _say(self, lease: Lease, person: Person, text: str) -> str:
        """Say it, and give back the channel of their direct messages: a post to a person opens it."""

        async def say() -> str:
            async with translated():
                said = await self._slack.client.chat_postMessage(
                    channel=person.user, text=text, unfurl_links=False, unfurl_media=False
                )
            return str(said["channel"])

        return await lease.once(f"say {text[:50]}", say)
