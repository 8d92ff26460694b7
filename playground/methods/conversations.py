"""conversations.*"""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any

from playground.channel import Channel, Message
from playground.errors import SlackError
from playground.methods.method import (
    Answer,
    Args,
    joined,
    method,
    need_any_family,
    need_family,
    need_scopes,
    page,
    visible,
)
from playground.world import World

_KINDS = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}
_FAMILY = {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}


def channel_object(world: World, channel: Channel) -> dict[str, Any]:
    """Slack's conversation object."""
    bot = world.app.bot_user_id
    shown: dict[str, Any] = {
        "id": channel.id,
        "created": channel.created,
        "creator": channel.creator or world.app.bot_user_id,
        "is_archived": channel.is_archived,
        "is_channel": channel.kind == "channel",
        "is_group": channel.kind == "group",
        "is_im": channel.kind == "im",
        "is_mpim": False,
        "is_private": channel.kind != "channel",
        "is_shared": False,
        "is_ext_shared": False,
        "is_org_shared": False,
        "context_team_id": world.workspace.team_id,
    }
    if channel.kind == "im":
        return shown | {"user": next(one for one in channel.members if one != bot)}
    return shown | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_general": channel.name == "general",
        "is_member": bot in channel.members,
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


@method("conversations.list")
def list_all(world: World, args: Args) -> Answer:
    chosen = _chosen(world, args)
    if args.flag("exclude_archived"):
        chosen = [channel for channel in chosen if not channel.is_archived]
    shown, metadata = page([channel_object(world, one) for one in chosen], args, default=100)
    return {"channels": shown, "response_metadata": metadata}


@method("users.conversations")
def of_user(world: World, args: Args) -> Answer:
    member = args.text("user", world.app.bot_user_id)
    chosen = [channel for channel in _chosen(world, args) if member in channel.members]
    shown, metadata = page([channel_object(world, one) for one in chosen], args, default=100)
    return {"channels": shown, "response_metadata": metadata}


@method("conversations.info")
def info(world: World, args: Args) -> Answer:
    need_any_family(world, "read")
    channel = visible(world, args.need("channel"))
    need_family(world, channel, "read")
    shown = channel_object(world, channel)
    return {
        "channel": shown | {"num_members": len(channel.members)}
        if args.flag("include_num_members")
        else shown
    }


@method("conversations.members")
def members(world: World, args: Args) -> Answer:
    need_any_family(world, "read")
    channel = visible(world, args.need("channel"))
    need_family(world, channel, "read")
    shown, metadata = page(list(channel.members), args, default=100)
    return {"members": shown, "response_metadata": metadata}


@method("conversations.history")
def history(world: World, args: Args) -> Answer:
    """Newest first, without the replies in threads."""
    need_any_family(world, "history")
    channel = visible(world, args.need("channel"))
    need_family(world, channel, "history")
    joined(world, channel.id)
    tops = [one for one in channel.messages.values() if one.get("thread_ts", one["ts"]) == one["ts"]]
    return _messages(args, tops[::-1], default=100, newest_first=True)


@method("conversations.replies")
def replies(world: World, args: Args) -> Answer:
    """Oldest first, the parent at the head."""
    need_any_family(world, "history")
    channel = visible(world, args.need("channel"))
    need_family(world, channel, "history")
    joined(world, channel.id)
    ts = args.need("ts")
    if ts not in channel.messages:
        raise SlackError("thread_not_found")
    thread = [one for one in channel.messages.values() if ts in (one["ts"], one.get("thread_ts"))]
    return _messages(args, thread, default=1000)


@method("conversations.open")
def open_im(world: World, args: Args) -> Answer:
    need_scopes(world, "im:write")
    users = [user for user in args.text("users").split(",") if user]
    if len(users) != 1:
        raise SlackError("method_not_supported_for_channel_type" if users else "users_list_not_supplied")
    user = world.workspace.user(users[0])
    channel = world.workspace.im(world.app.bot_user_id, user.id)
    return {"channel": channel_object(world, channel) if args.flag("return_im") else {"id": channel.id}}


@method("conversations.join", "channels:join")
def join(world: World, args: Args) -> Answer:
    channel = visible(world, args.need("channel"))
    if channel.kind != "channel":
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    fresh = world.workspace.join(channel.id, world.app.bot_user_id)
    answer: Answer = {"channel": channel_object(world, channel)}
    return answer if fresh else answer | {"warning": "already_in_channel"}


def _chosen(world: World, args: Args) -> list[Channel]:
    types = [one.strip() for one in args.text("types", "public_channel").split(",")]
    if not set(types) <= set(_KINDS):
        raise SlackError("invalid_types")
    need_scopes(world, *(f"{_FAMILY[one]}:read" for one in types))
    kinds = {_KINDS[one] for one in types}
    bot = world.app.bot_user_id
    return [
        channel
        for channel in world.workspace.channels.values()
        if channel.kind in kinds and (channel.kind == "channel" or bot in channel.members)
    ]


def _messages(args: Args, messages: list[Message], *, default: int, newest_first: bool = False) -> Answer:
    oldest, latest = args.text("oldest"), args.text("latest")
    inclusive = args.flag("inclusive")
    for bound, name in ((oldest, "oldest"), (latest, "latest")):
        if bound and not bound.replace(".", "", 1).isdigit():
            raise SlackError(f"invalid_ts_{name}")
    within = [one for one in messages if _within(one["ts"], oldest, latest, inclusive=inclusive)]
    shown, metadata = _page_by_ts(within, args, default=default, newest_first=newest_first)
    if not args.flag("include_all_metadata"):
        shown = [{key: value for key, value in one.items() if key != "metadata"} for one in shown]
    return {"messages": shown, "has_more": bool(metadata["next_cursor"]), "response_metadata": metadata}


def _within(ts: str, oldest: str, latest: str, *, inclusive: bool) -> bool:
    at = _micros(ts)
    after = not oldest or at > _micros(oldest) or (inclusive and at == _micros(oldest))
    before = not latest or at < _micros(latest) or (inclusive and at == _micros(latest))
    return after and before


def _page_by_ts(
    messages: list[Message], args: Args, *, default: int, newest_first: bool
) -> tuple[list[Message], Answer]:
    """One page; as in Slack the cursor names the message that comes next, whatever is posted meanwhile."""
    limit, cursor = args.number("limit", default), args.text("cursor")
    if not 0 < limit <= 1000:
        raise SlackError("invalid_limit")
    if cursor:
        start = _start(cursor)
        messages = [
            one
            for one in messages
            if (_micros(one["ts"]) <= start if newest_first else _micros(one["ts"]) >= start)
        ]
    rest = messages[limit:]
    following = b64encode(f"next_ts:{_micros(rest[0]['ts'])}".encode()).decode() if rest else ""
    return messages[:limit], {"next_cursor": following}


def _start(cursor: str) -> int:
    """Raises SlackError: invalid_cursor."""
    try:
        word, _, micros = b64decode(cursor, validate=True).decode().partition(":")
        if word != "next_ts":
            raise ValueError(word)
        return int(micros)
    except ValueError:
        raise SlackError("invalid_cursor") from None


def _micros(ts: str) -> int:
    seconds, _, fraction = ts.partition(".")
    return int(seconds or 0) * 1_000_000 + int(fraction.ljust(6, "0")[:6])
