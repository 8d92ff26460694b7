"""A channel: who is in it, what was said."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Message = dict[str, Any]
"""A message in Slack's own shape."""


@dataclass(slots=True)
class Channel:
    id: str
    name: str
    kind: str
    """channel (public), group (private) or im, in the words of Slack's `channel_type`"""
    created: int
    members: list[str] = field(default_factory=list)
    creator: str = ""
    topic: str = ""
    is_archived: bool = False
    messages: dict[str, Message] = field(default_factory=dict)
    """By `ts`, in the order of posting; replies stand beside their parents."""


def page_channel(channel: Channel) -> dict[str, Any]:
    """A channel as the page reads it; the peer of a direct message is the app's bot."""
    return {
        "id": channel.id,
        "name": channel.name,
        "is_private": channel.kind != "channel",
        "is_im": channel.kind == "im",
        "user": channel.members[0] if channel.kind == "im" else None,
        "members": list(channel.members),
        "topic": channel.topic,
        "is_archived": channel.is_archived,
    }
