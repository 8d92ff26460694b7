"""The state of the workspace: people, channels, messages, reactions; every change is told."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playground import events
from playground.channel import Channel, Message, page_channel
from playground.emoji import canonical
from playground.errors import SlackError
from playground.feed import Feed
from playground.ids import Ids
from playground.whispers import Whispers

_TICK = 100
"""Microseconds between two time stamps of the same moment."""


@dataclass(slots=True)
class User:
    id: str
    name: str
    real_name: str
    color: str
    is_bot: bool = False
    is_admin: bool = False
    """An administrator; an owner is one too, and both are told apart by nobody here."""
    is_guest: bool = False
    team: str = ""
    """Of another workspace, who shares a channel with this one; empty: of this one."""
    locale: str = "en-US"
    is_visible: bool = True
    """Whether users.info tells of them."""
    """In which they use Slack."""


class Workspace:
    """One team. `now` gives seconds since the epoch; `emit` takes each event and the channel it is of."""

    def __init__(
        self,
        ids: Ids,
        *,
        name: str,
        now: Callable[[], float],
        emit: Callable[[events.Event, str | None], None],
    ) -> None:
        self.ids = ids
        self.feed = Feed()
        self.now = now
        self.emit = emit
        self.team_id = self.ids.next("T")
        self.team_name = name
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.groups: dict[str, list[str]] = {}
        """User groups: who is in each."""
        self.whispers = Whispers(self.feed, self.next_ts)
        self._last_tick = 0

    def next_ts(self) -> str:
        """A time stamp of now that no other message has, later than every one before it."""
        self._last_tick = max(int(self.now() * 1_000_000), self._last_tick + _TICK)
        seconds, micros = divmod(self._last_tick, 1_000_000)
        return f"{seconds}.{micros:06d}"

    def user(self, user_id: str) -> User:
        try:
            return self.users[user_id]
        except KeyError:
            raise SlackError("user_not_found") from None

    def channel(self, channel_id: str) -> Channel:
        try:
            return self.channels[channel_id]
        except KeyError:
            raise SlackError("channel_not_found") from None

    def message(self, channel_id: str, ts: str) -> Message:
        found = self.channel(channel_id).messages.get(ts)
        if found is None or found.get("subtype") == "tombstone":
            raise SlackError("message_not_found")
        return found

    def add_channel(
        self, name: str, *, kind: str = "channel", members: list[str] | None = None, creator: str = ""
    ) -> Channel:
        prefix = "D" if kind == "im" else "C"
        channel = Channel(self.ids.next(prefix), name, kind, int(self.now()), list(members or []), creator)
        self.channels[channel.id] = channel
        self._tell_channel(channel)
        return channel

    def im(self, bot: str, person: str) -> Channel:
        """The direct messages between the two, opened when first asked for."""
        for channel in self.channels.values():
            if channel.kind == "im" and {bot, person} == set(channel.members):
                return channel
        return self.add_channel("", kind="im", members=[bot, person])

    def post(
        self, channel_id: str, *, user: str, text: str, thread_ts: str | None = None, **more: Any
    ) -> Message:
        """Add a message; `more` is any further field of Slack's message: blocks, metadata, files, subtype.

        Raises:
            SlackError: thread_not_found.
        """
        channel = self.channel(channel_id)
        root = None if thread_ts is None else self._root(channel, thread_ts)
        posted: Message = {
            "type": "message",
            "ts": self.next_ts(),
            "user": user,
            "text": text,
            "team": self.team_id,
            **more,
        }
        if root is not None:
            posted["thread_ts"] = root["ts"]
            posted["parent_user_id"] = root["user"]
        channel.messages[posted["ts"]] = posted
        self._tell_message(channel, posted)
        if root is not None:
            self._count_replies(channel, root)
        self.emit(
            events.message(copy.deepcopy(posted), channel=channel_id, channel_type=channel.kind), channel_id
        )
        return posted

    def change(self, channel_id: str, ts: str, change: Callable[[Message], None]) -> Message:
        """Edit a message in place and tell about it."""
        channel, message = self.channel(channel_id), self.message(channel_id, ts)
        before = copy.deepcopy(message)
        change(message)
        self._tell_message(channel, message)
        now = copy.deepcopy(message)
        told = events.message_changed(
            now, before, channel=channel_id, channel_type=channel.kind, at=self.next_ts()
        )
        self.emit(told, channel_id)
        return message

    def delete(self, channel_id: str, ts: str) -> None:
        """Take a message away; one with replies leaves a tombstone, as in Slack."""
        channel, message = self.channel(channel_id), self.message(channel_id, ts)
        gone = copy.deepcopy(message)
        root = channel.messages.get(message.get("thread_ts", ""))
        if message.get("reply_count"):
            for key in ("blocks", "reactions", "metadata", "files", "edited", "bot_id"):
                message.pop(key, None)
            message.update(
                subtype="tombstone", text="This message was deleted.", user="USLACKBOT", hidden=True
            )
            self._tell_message(channel, message)
        else:
            del channel.messages[ts]
            self.feed.publish({"kind": "message_deleted", "channel": channel_id, "ts": ts})
            if root is not None and root is not message:
                self._count_replies(channel, root)
        told = events.message_deleted(gone, channel=channel_id, channel_type=channel.kind, at=self.next_ts())
        self.emit(told, channel_id)

    def react(self, channel_id: str, ts: str, *, user: str, name: str) -> None:
        """Raises SlackError: invalid_name, message_not_found, already_reacted."""
        known = _emoji(name)
        message = self.message(channel_id, ts)
        reactions: list[dict[str, Any]] = message.setdefault("reactions", [])
        mine = next((one for one in reactions if one["name"] == known), None)
        if mine is None:
            reactions.append({"name": known, "users": [user], "count": 1})
        elif user in mine["users"]:
            raise SlackError("already_reacted")
        else:
            mine["users"].append(user)
            mine["count"] += 1
        self._tell_reaction("reaction_added", channel_id, message, user=user, name=known)

    def unreact(self, channel_id: str, ts: str, *, user: str, name: str) -> None:
        """Raises SlackError: invalid_name, message_not_found, no_reaction."""
        known = _emoji(name)
        message = self.message(channel_id, ts)
        reactions: list[dict[str, Any]] = message.get("reactions", [])
        mine = next((one for one in reactions if one["name"] == known and user in one["users"]), None)
        if mine is None:
            raise SlackError("no_reaction")
        mine["users"].remove(user)
        mine["count"] -= 1
        if not mine["users"]:
            reactions.remove(mine)
        if not reactions:
            message.pop("reactions")
        self._tell_reaction("reaction_removed", channel_id, message, user=user, name=known)

    def become_bot(self, user_id: str) -> None:
        """Make somebody a bot, as another app's user is one."""
        self.user(user_id).is_bot = True

    def join(self, channel_id: str, user_id: str, *, inviter: str | None = None) -> bool:
        """Add a member; False when they were one already."""
        return self._move("member_joined_channel", channel_id, user_id, inviter)

    def leave(self, channel_id: str, user_id: str) -> bool:
        return self._move("member_left_channel", channel_id, user_id, None)

    def archive(self, channel_id: str) -> None:
        channel = self.channel(channel_id)
        channel.is_archived = True
        self._tell_channel(channel)

    def _root(self, channel: Channel, thread_ts: str) -> Message:
        message = channel.messages.get(thread_ts)
        if message is None:
            raise SlackError("thread_not_found")
        return channel.messages.get(message.get("thread_ts", thread_ts), message)

    def _count_replies(self, channel: Channel, root: Message) -> None:
        replies = [
            one for one in channel.messages.values() if one.get("thread_ts") == root["ts"] and one is not root
        ]
        root["thread_ts"] = root["ts"]
        root["reply_count"] = len(replies)
        root["reply_users"] = list(dict.fromkeys(one["user"] for one in replies))
        root["reply_users_count"] = len(root["reply_users"])
        root["latest_reply"] = replies[-1]["ts"] if replies else root["ts"]
        self._tell_message(channel, root)

    def _move(self, kind: str, channel_id: str, user_id: str, inviter: str | None) -> bool:
        channel = self.channel(channel_id)
        joining = kind == "member_joined_channel"
        if (user_id in channel.members) is joining:
            return False
        told = events.joined(
            kind,
            user=user_id,
            channel=channel_id,
            channel_type=channel.kind,
            team=self.team_id,
            inviter=inviter,
            at=self.next_ts(),
        )
        if joining:
            channel.members.append(user_id)
            self.emit(told, channel_id)
        else:
            self.emit(told, channel_id)
            channel.members.remove(user_id)
        self._tell_channel(channel)
        return True

    def _tell_message(self, channel: Channel, message: Message) -> None:
        self.feed.publish({"kind": "message", "channel": channel.id, "message": copy.deepcopy(message)})

    def _tell_reaction(self, kind: str, channel_id: str, message: Message, *, user: str, name: str) -> None:
        self._tell_message(self.channel(channel_id), message)
        at = self.next_ts()
        self.emit(
            events.reaction(kind, user=user, name=name, channel=channel_id, message=message, at=at),
            channel_id,
        )

    def _tell_channel(self, channel: Channel) -> None:
        self.feed.publish({"kind": "channel", "channel": page_channel(channel)})


def _emoji(name: str) -> str:
    known = canonical(name)
    if known is None:
        raise SlackError("invalid_name")
    return known
