"""Answers for one person alone, sent after the acknowledgement.

A crash in between loses the words, never what they tell of: that was written down before.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from handlers.cards import Message
from handlers.workspaces import Workspaces


class Replies:
    """Answers clicks by the address that came with them."""

    def __init__(self, workspaces: Workspaces, soon: Callable[[Awaitable[None]], None]) -> None:
        self._workspaces = workspaces
        self._soon = soon

    def send(self, body: dict[str, Any], message: Message, *, instead: bool = False) -> None:
        """Show it to whoever clicked; `instead` of what they clicked on, where only they saw that."""
        thread = body["container"].get("thread_ts")
        where = {} if thread is None else {"thread_ts": thread}
        self._soon(self._reply(body, {**message, **where}, instead=instead))

    async def _reply(self, body: dict[str, Any], message: Message, *, instead: bool) -> None:
        slack = await self._workspaces.slack(body["team"]["id"])
        await slack.reply(body["response_url"], message, instead=instead)
