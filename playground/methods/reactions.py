"""reactions.*"""

from __future__ import annotations

from typing import Any

from playground.channel import Message
from playground.errors import SlackError
from playground.methods.method import Answer, Args, joined, method, page, visible
from playground.world import World

_SHOWN = 50
"""Slack names this many who reacted, unless it is asked for the full list."""


@method("reactions.add", "reactions:write")
def add(world: World, args: Args) -> Answer:
    channel_id, message = _item(world, args)
    world.workspace.react(channel_id, message["ts"], user=world.app.bot_user_id, name=args.need("name"))
    return {}


@method("reactions.remove", "reactions:write")
def remove(world: World, args: Args) -> Answer:
    channel_id, message = _item(world, args)
    world.workspace.unreact(channel_id, message["ts"], user=world.app.bot_user_id, name=args.need("name"))
    return {}


@method("reactions.get", "reactions:read")
def get(world: World, args: Args) -> Answer:
    channel = visible(world, args.text("channel") or _no_item())
    message = world.workspace.message(channel.id, args.text("timestamp") or _no_item())
    link = f"{world.url}/archives/{channel.id}/p{message['ts'].replace('.', '')}"
    shown = _shown(message, full=args.flag("full")) | {"permalink": link}
    return {"type": "message", "channel": channel.id, "message": shown}


@method("reactions.list", "reactions:read")
def list_all(world: World, args: Args) -> Answer:
    user = args.text("user", world.app.bot_user_id)
    items = [
        {"type": "message", "channel": channel.id, "message": _shown(message, full=args.flag("full"))}
        for channel in world.workspace.channels.values()
        if world.app.bot_user_id in channel.members
        for message in channel.messages.values()
        if any(user in reaction["users"] for reaction in message.get("reactions", []))
    ]
    shown, metadata = page(items, args, default=100)
    return {"items": shown, "response_metadata": metadata}


def _item(world: World, args: Args) -> tuple[str, Message]:
    """The message that a reaction is for, in a channel that the bot is in and that still lives."""
    channel_id, ts = args.text("channel") or _no_item(), args.text("timestamp") or _no_item()
    channel = joined(world, channel_id)
    if channel.is_archived:
        raise SlackError("is_archived")
    return channel.id, world.workspace.message(channel.id, ts)


def _no_item() -> str:
    raise SlackError("no_item_specified")


def _shown(message: Message, *, full: bool) -> dict[str, Any]:
    kept = {key: value for key, value in message.items() if key != "metadata"}
    if "reactions" in kept and not full:
        kept["reactions"] = [one | {"users": one["users"][:_SHOWN]} for one in kept["reactions"]]
    return kept
