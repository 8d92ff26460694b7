"""files.*: the upload in three steps, and files.info."""

from __future__ import annotations

from typing import Any

from playground import blocks
from playground.errors import SlackError
from playground.files import File, file_object
from playground.methods.method import Answer, Args, joined, method
from playground.world import World

_MOST = 1024**3


@method("files.getUploadURLExternal", "files:write")
def get_upload_url(world: World, args: Args) -> Answer:
    name, length = args.need("filename"), args.number("length", 0)
    if not 0 < length <= _MOST:
        raise SlackError.arguments("length must be between 1 byte and 1 GB")
    file = world.files.announce(name, length, alt_txt=args.text("alt_txt"))
    return {"upload_url": f"{world.url}/upload/v1/{file.id}", "file_id": file.id}


@method("files.completeUploadExternal", "files:write")
def complete_upload(world: World, args: Args) -> Answer:
    given = args.decoded("files", error="invalid_arguments")
    if not isinstance(given, list) or not given:
        raise SlackError.arguments("missing required field: files")
    complete = [_complete(world, one) for one in given]
    channels = [one for one in (args.text("channel_id"), *args.text("channels").split(",")) if one]
    for channel_id in channels:
        if joined(world, channel_id).is_archived:
            raise SlackError("is_archived")
    for channel_id in channels:
        _share(world, args, complete, channel_id)
    return {"files": [_shown(world, one) for one in complete]}


@method("files.info", "files:read")
def info(world: World, args: Args) -> Answer:
    return {"file": _shown(world, world.files.find(args.need("file")))}


def _complete(world: World, one: Any) -> File:
    file = world.files.find(str(one.get("id")) if isinstance(one, dict) else "")
    if file.content is None:
        raise SlackError("file_not_found")
    file.title = str(one.get("title") or "")
    return file


def _share(world: World, args: Args, files: list[File], channel_id: str) -> None:
    for file in files:
        file.channels.append(channel_id)
    more: dict[str, Any] = {"files": [_shown(world, one) for one in files]}
    given = args.decoded("blocks", error="invalid_blocks_format")
    if given is not None:
        blocks.check_message(given)
        more["blocks"] = blocks.named(given, world.workspace.ids)
    world.workspace.post(
        channel_id,
        user=world.app.bot_user_id,
        text=args.text("initial_comment"),
        thread_ts=args.text("thread_ts") or None,
        bot_id=world.app.bot_id,
        upload=True,
        **more,
    )


def _shown(world: World, file: File) -> dict[str, Any]:
    return file_object(file, user=world.app.bot_user_id, base=world.url)
