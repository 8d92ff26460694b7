"""chat.*: posting, editing, deleting, whispering; and blocks.validate."""

from __future__ import annotations

from typing import Any

from playground import blocks
from playground.channel import Channel, Message
from playground.errors import SlackError
from playground.methods.method import Answer, Args, joined, method, visible
from playground.world import World

_CUT = 40_000
_UPDATE_MOST = 4_000
_METADATA_MOST = 8_000


@method("chat.postMessage", "chat:write")
def post_message(world: World, args: Args) -> Answer:
    channel = _writable(world, _addressed(world, args.need("channel")))
    content = _content(world, args)
    world.post_limit.take(channel.id)
    posted = world.workspace.post(
        channel.id,
        user=world.app.bot_user_id,
        text=args.text("text")[:_CUT],
        thread_ts=args.text("thread_ts") or None,
        bot_id=world.app.bot_id,
        app_id=world.app.app_id,
        **content,
    )
    return {"channel": channel.id, "ts": posted["ts"], "message": posted}


@method("chat.update", "chat:write")
def update(world: World, args: Args) -> Answer:
    """By Slack's rules: text without blocks removes the blocks; metadata left out stays, and reactions."""
    channel = visible(world, args.need("channel"))
    ts = args.need("ts")
    message = world.workspace.message(channel.id, ts)
    if message.get("bot_id") != world.app.bot_id:
        raise SlackError("cant_update_message")
    if channel.is_archived:
        raise SlackError("is_archived")
    if len(args.text("text")) > _UPDATE_MOST:
        raise SlackError("msg_too_long")
    content = _content(world, args)

    def change(message: Message) -> None:
        if args.get("text") is not None:
            message["text"] = args.text("text")
            message.pop("blocks", None)
            message.pop("attachments", None)
        message.update(content)
        for emptied in ("blocks", "attachments", "metadata"):
            if emptied in message and not message[emptied]:
                del message[emptied]
        if "blocks" not in content:
            message["edited"] = {"user": world.app.bot_user_id, "ts": world.workspace.next_ts()}

    changed = world.workspace.change(channel.id, ts, change)
    return {"channel": channel.id, "ts": ts, "text": changed["text"], "message": changed}


@method("chat.delete", "chat:write")
def delete(world: World, args: Args) -> Answer:
    channel = visible(world, args.need("channel"))
    ts = args.need("ts")
    if world.workspace.message(channel.id, ts).get("bot_id") != world.app.bot_id:
        raise SlackError("cant_delete_message")
    world.workspace.delete(channel.id, ts)
    return {"channel": channel.id, "ts": ts}


@method("chat.postEphemeral", "chat:write")
def post_ephemeral(world: World, args: Args) -> Answer:
    channel = _writable(world, joined(world, args.need("channel")))
    user = world.workspace.user(args.need("user"))
    if user.id not in channel.members:
        raise SlackError("user_not_in_channel")
    content = _content(world, args)
    if thread_ts := args.text("thread_ts"):
        content["thread_ts"] = thread_ts
    message = world.workspace.whispers.add(
        channel.id,
        user=user.id,
        sender=world.app.bot_user_id,
        text=args.text("text")[:_CUT],
        bot_id=world.app.bot_id,
        **content,
    )
    return {"message_ts": message["ts"]}


@method("chat.getPermalink")
def get_permalink(world: World, args: Args) -> Answer:
    channel = visible(world, args.need("channel"))
    message = world.workspace.message(channel.id, args.need("message_ts"))
    link = f"{world.url}/archives/{channel.id}/p{message['ts'].replace('.', '')}"
    if "thread_ts" in message and message["thread_ts"] != message["ts"]:
        link += f"?thread_ts={message['thread_ts']}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


@method("blocks.validate")
def blocks_validate(_world: World, args: Args) -> Answer:
    given = [name for name in ("blocks", "message", "view") if args.get(name) is not None]
    if len(given) != 1:
        raise SlackError.arguments("exactly one of blocks, message, view is required")
    if given == ["view"]:
        blocks.check_view(args.decoded("view", error="invalid_view"))
        return {}
    value = args.decoded(given[0], error="invalid_blocks_format")
    blocks.check_message(
        value.get("blocks", []) if given == ["message"] and isinstance(value, dict) else value
    )
    return {}


def _addressed(world: World, channel_id: str) -> Channel:
    """The channel of a post; a person's id stands for their direct messages with the bot."""
    if channel_id in world.workspace.users and channel_id != world.app.bot_user_id:
        return world.workspace.im(world.app.bot_user_id, channel_id)
    if channel_id.startswith("#"):
        named = [one for one in world.workspace.channels.values() if one.name == channel_id[1:]]
        channel_id = named[0].id if named else channel_id
    return visible(world, channel_id)


def _writable(world: World, channel: Channel) -> Channel:
    if channel.is_archived:
        raise SlackError("is_archived")
    public = channel.kind == "channel" and "chat:write.public" in world.app.granted
    if world.app.bot_user_id not in channel.members and not public:
        raise SlackError("not_in_channel")
    return channel


def _content(world: World, args: Args) -> Message:
    """Blocks, attachments and metadata as Slack keeps them. Raises SlackError: no_text, invalid_blocks …"""
    content: Message = {}
    given = args.decoded("blocks", error="invalid_blocks_format")
    if given is not None:
        blocks.check_message(given, refused=world.app.refused_blocks)
        content["blocks"] = blocks.named(given, world.workspace.ids)
    attachments = args.decoded("attachments", error="invalid_attachments")
    if attachments is not None:
        content["attachments"] = attachments
    if not (args.text("text") or given or attachments):
        raise SlackError("no_text")
    metadata = args.decoded("metadata", error="invalid_metadata_format")
    if metadata is not None:
        content["metadata"] = _metadata(metadata)
    return content


def _metadata(metadata: Any) -> Any:
    if metadata == {}:
        return metadata
    if not isinstance(metadata, dict) or not isinstance(metadata.get("event_type"), str):
        raise SlackError("invalid_metadata_schema")
    if not isinstance(metadata.get("event_payload"), dict):
        raise SlackError("invalid_metadata_schema")
    if len(str(metadata["event_payload"])) > _METADATA_MOST:
        raise SlackError("metadata_too_large")
    return metadata
