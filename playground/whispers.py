"""Ephemeral messages: each is seen by one person, and is no part of its channel."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playground.channel import Message
from playground.feed import Feed


@dataclass(slots=True)
class Ephemeral:
    channel: str
    user: str
    message: Message


class Whispers:
    def __init__(self, feed: Feed, next_ts: Callable[[], str]) -> None:
        self.kept: list[Ephemeral] = []
        self._feed = feed
        self._next_ts = next_ts

    def add(self, channel_id: str, *, user: str, sender: str, text: str, **more: Any) -> Message:
        """A message that only `user` sees."""
        message: Message = {
            "type": "message",
            "subtype": "bot_message",
            "ts": self._next_ts(),
            "user": sender,
            "text": text,
            "is_ephemeral": True,
            **more,
        }
        self.kept.append(Ephemeral(channel_id, user, message))
        self._tell(self.kept[-1])
        return message

    def find(self, user: str, ts: str) -> Ephemeral | None:
        return next((one for one in self.kept if one.user == user and one.message["ts"] == ts), None)

    def replace(self, ephemeral: Ephemeral, **fields: Any) -> None:
        """Replace what an ephemeral says, at its place."""
        ephemeral.message = {
            key: value for key, value in ephemeral.message.items() if key != "blocks"
        } | fields
        self._tell(ephemeral)

    def remove(self, ephemeral: Ephemeral) -> None:
        self.kept.remove(ephemeral)
        gone = {"kind": "ephemeral_removed", "user": ephemeral.user, "ts": ephemeral.message["ts"]}
        self._feed.publish(gone)

    def _tell(self, one: Ephemeral) -> None:
        told = {
            "kind": "ephemeral",
            "channel": one.channel,
            "user": one.user,
            "message": copy.deepcopy(one.message),
        }
        self._feed.publish(told)
