"""Mentions, direct messages and the shortcut *Duel this*: each is written down as a letter, no more."""

import re
from collections.abc import Callable
from typing import Any

from slack_bolt.async_app import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from bot.duel import Person, Place
from bot.errors import UsageError
from bot.letters import Attachment, Letter, Letters
from handlers.command import unescape
from handlers.stage import place_of
from handlers.workspaces import whose

DUEL_THIS = "duel_this"
"""Callback id of the shortcut on a message."""
_FROM_PEOPLE = (None, "file_share", "thread_broadcast")
"""Subtypes of messages that somebody wrote just now; any other tells of something else."""
_MARKUP = re.compile(r"<(?P<sign>[@#!]?)(?P<what>[^<>|]+)(?:\|(?P<label>[^<>]*))?>")


class Mailbox:
    """Where what Slack brings becomes letters. `me` is the app's own user id there."""

    def __init__(self, letters: Letters, wake: Callable[[], None]) -> None:
        self._letters = letters
        self._wake = wake

    async def quote(self, shortcut: dict[str, Any], me: str | None) -> None:
        """Take the message that a shortcut was used on. Raises `UsageError` where it is one of ours."""
        message, channel = shortcut["message"], shortcut["channel"]["id"]
        if message.get("user") == me:
            raise UsageError("That message is Duel's own. Use *Duel this* on what a person wrote.")
        sender = Person(shortcut["team"]["id"], shortcut["user"]["id"])
        await self._put(
            Letter(
                id=f"letter:{sender.team}:{shortcut['trigger_id']}"[:128],
                sender=sender,
                room=Place(channel),
                within=place_of(channel, message.get("thread_ts") or message["ts"]),
                text=unescape(as_typed(message.get("text") or "")),
                is_quoted=True,
                files=_files(message),
                reply_to=shortcut.get("response_url"),
            )
        )

    async def take(self, event: dict[str, Any], context: AsyncBoltContext) -> None:
        """Take what a person has just written; what programs write is none of our business."""
        team, me = whose(context), context.bot_user_id
        user, ts, channel = event.get("user"), event["ts"], event["channel"]
        by_a_program = event.get("bot_id") or user in (None, me)
        if by_a_program or event.get("subtype") not in _FROM_PEOPLE:
            return
        thread = event.get("thread_ts")
        await self._put(
            Letter(
                id=f"letter:{team}:{channel}:{ts}",
                sender=Person(team, str(user)),
                room=Place(channel),
                within=None if thread is None else place_of(channel, thread),
                text=as_typed(_unnamed(event.get("text") or "", me).strip()),
                files=_files(event),
            )
        )

    async def _put(self, letter: Letter) -> None:
        await self._letters.put(letter)
        self._wake()


async def mention(event: dict[str, Any], context: AsyncBoltContext, *, mailbox: Mailbox) -> None:
    """`@Duel …`, in a channel or in a thread."""
    await mailbox.take(event, context)


async def direct(event: dict[str, Any], context: AsyncBoltContext, *, mailbox: Mailbox) -> None:
    """A direct message: the same without the name. Other conversations reach us by mentions only."""
    if event.get("channel_type") == "im":
        await mailbox.take(event, context)


async def duel_this(
    ack: AsyncAck, shortcut: dict[str, Any], context: AsyncBoltContext, *, mailbox: Mailbox
) -> None:
    """The shortcut on a message: its text is the prompt, its thread the place."""
    await mailbox.quote(shortcut, context.bot_user_id)
    await ack()


def _unnamed(text: str, me: str | None) -> str:
    """Without the first mention of the app itself."""
    return re.sub(rf"<@{re.escape(me)}(?:\|[^>]*)?>", " ", text, count=1) if me else text


def as_typed(text: str) -> str:
    """Slack's markup for links, people and channels put back into what people see; entities stay."""
    return _MARKUP.sub(_seen, text)


def _seen(found: re.Match[str]) -> str:
    sign, what, label = found["sign"], found["what"], found["label"]
    if sign == "!":
        return label or f"@{what}"
    return sign + (label or what) if sign else what.removeprefix("mailto:")


def _files(message: dict[str, Any]) -> tuple[Attachment, ...]:
    return tuple(
        Attachment(str(file.get("name") or "a file"), str(file.get("url_private") or ""))
        for file in message.get("files") or ()
    )
