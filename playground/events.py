"""The events that Slack tells an app about, each in Slack's own shape; pure."""

from __future__ import annotations

from typing import Any

Event = dict[str, Any]

_CHANNEL_LETTER = {"channel": "C", "group": "G", "im": "D"}


def reaction(kind: str, *, user: str, name: str, channel: str, message: Event, at: str) -> Event:
    """`kind` is reaction_added or reaction_removed."""
    return {
        "type": kind,
        "user": user,
        "reaction": name,
        "item": {"type": "message", "channel": channel, "ts": message["ts"]},
        "item_user": message.get("user"),
        "event_ts": at,
    }


def message(posted: Event, *, channel: str, channel_type: str) -> Event:
    return {**posted, "channel": channel, "channel_type": channel_type, "event_ts": posted["ts"]}


def message_changed(now: Event, before: Event, *, channel: str, channel_type: str, at: str) -> Event:
    return {
        "type": "message",
        "subtype": "message_changed",
        "message": now,
        "previous_message": before,
        "channel": channel,
        "channel_type": channel_type,
        "hidden": True,
        "ts": at,
        "event_ts": at,
    }


def message_deleted(gone: Event, *, channel: str, channel_type: str, at: str) -> Event:
    return {
        "type": "message",
        "subtype": "message_deleted",
        "previous_message": gone,
        "deleted_ts": gone["ts"],
        "channel": channel,
        "channel_type": channel_type,
        "hidden": True,
        "ts": at,
        "event_ts": at,
    }


def app_mention(posted: Event, *, channel: str) -> Event:
    kept = ("user", "text", "ts", "thread_ts", "client_msg_id", "team", "blocks", "files", "bot_id")
    heard = {key: posted[key] for key in kept if key in posted}
    return {"type": "app_mention", **heard, "channel": channel, "event_ts": posted["ts"]}


def joined(
    kind: str, *, user: str, channel: str, channel_type: str, team: str, inviter: str | None, at: str
) -> Event:
    """`kind` is member_joined_channel or member_left_channel."""
    event = {
        "type": kind,
        "user": user,
        "channel": channel,
        "channel_type": _CHANNEL_LETTER[channel_type],
        "team": team,
        "event_ts": at,
    }
    return event if inviter is None else {**event, "inviter": inviter}


def home_opened(*, user: str, channel: str, at: str, view: Event | None) -> Event:
    event = {"type": "app_home_opened", "user": user, "channel": channel, "tab": "home", "event_ts": at}
    return event if view is None else {**event, "view": view}


def uninstalled(*, at: str) -> Event:
    return {"type": "app_uninstalled", "event_ts": at}


def tokens_revoked(bots: list[str], *, at: str) -> Event:
    """The users whose tokens serve no more."""
    return {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": bots}, "event_ts": at}


def subscription(event: Event) -> str:
    """The name under which an app subscribes to this event: `message` events go by their kind of channel."""
    if event["type"] != "message":
        return str(event["type"])
    return {"channel": "message.channels", "group": "message.groups", "im": "message.im"}[
        event["channel_type"]
    ]
