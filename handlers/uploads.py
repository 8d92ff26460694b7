"""How a file comes to Slack: announced, brought where nobody sees it yet, and only then shown."""

from http import HTTPStatus
from io import BytesIO
from typing import BinaryIO

import aiohttp

from bot.errors import StageAway, StageError
from bot.words import kept
from handlers.posting import translated
from handlers.workspaces import Workspaces

NOT_TAKEN = kept("Slack did not take the file (HTTP {status}).")
MOST_ALT = 1_000
"""Characters of an alternative text."""


class Uploads:
    """Raises `StageError`, as where the scope `files:write` was not granted."""

    def __init__(self, workspaces: Workspaces, session: aiohttp.ClientSession) -> None:
        """`session` is that of `workspaces`."""
        self._workspaces = workspaces
        self._session = session

    async def bring(
        self, team: str, name: str, content: bytes | BinaryIO, *, length: int, alt: str | None = None
    ) -> str:
        """Bring `length` bytes there, and give back the file's id; `alt` says what is on a picture."""
        slack = await self._workspaces.slack(team)
        data = BytesIO(content) if isinstance(content, bytes) else content
        async with translated():
            place = await slack.client.files_getUploadURLExternal(
                filename=name, length=length, alt_txt=alt and alt[:MOST_ALT]
            )
            async with self._session.post(str(place["upload_url"]), data=data) as answer:
                if answer.status != HTTPStatus.OK:
                    passing = (
                        answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR
                        or answer.status == HTTPStatus.TOO_MANY_REQUESTS
                    )
                    kind = StageAway if passing else StageError
                    raise kind(NOT_TAKEN.format(status=answer.status))
        return str(place["file_id"])

    async def show(
        self, team: str, file: str, *, title: str, channel: str, thread: str | None = None
    ) -> None:
        """Post what was brought. Nothing can be looked for after it, so do it at most once."""
        slack = await self._workspaces.slack(team)
        async with translated(posting=True):
            await slack.unrepeated.files_completeUploadExternal(
                files=[{"id": file, "title": title}], channel_id=channel, thread_ts=thread
            )
