"""The payloads of slash commands and interactions, each in Slack's own shape."""

from __future__ import annotations

import copy
from typing import Any

from playground.blocks import elements
from playground.channel import Channel, Message
from playground.errors import PersonError
from playground.workspace import User
from playground.world import World

Payload = dict[str, Any]

_KEPT = ("type", "action_id", "text", "value", "style")


def slash_command(world: World, *, user: User, channel: Channel, command: str, text: str) -> Payload:
    return {
        "token": world.app.verification_token,
        "team_id": world.workspace.team_id,
        "team_domain": "playground",
        "channel_id": channel.id,
        "channel_name": {"im": "directmessage", "group": "privategroup"}.get(channel.kind, channel.name),
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": world.app.app_id,
        "is_enterprise_install": "false",
        "response_url": world.responses.issue(channel.id, user.id, from_command=True),
        "trigger_id": world.triggers.issue(user.id),
    }


def message_action(
    world: World,
    *,
    user: User,
    channel: Channel,
    message: Message,
    is_ephemeral: bool,
    action: Payload,
    values: Payload,
) -> Payload:
    """block_actions from a message; one from an ephemeral carries no copy of it."""
    container = {
        "type": "message",
        "message_ts": message["ts"],
        "channel_id": channel.id,
        "is_ephemeral": is_ephemeral,
    }
    if "thread_ts" in message:
        container["thread_ts"] = message["thread_ts"]
    payload = {
        **_interaction(world, "block_actions", user),
        "container": container,
        "channel": {"id": channel.id, "name": "directmessage" if channel.kind == "im" else channel.name},
        "state": {"values": values},
        "response_url": world.responses.issue(
            channel.id, user.id, message_ts=message["ts"], is_ephemeral=is_ephemeral
        ),
        "actions": [action],
    }
    return payload if is_ephemeral else payload | {"message": copy.deepcopy(message)}


def view_action(world: World, *, user: User, view: Payload, action: Payload, values: Payload) -> Payload:
    """block_actions from a modal or a home."""
    return {
        **_interaction(world, "block_actions", user),
        "container": {"type": "view", "view_id": view["id"]},
        "view": _with_state(view, values),
        "actions": [action],
    }


def view_submission(world: World, *, user: User, view: Payload, values: Payload) -> Payload:
    return {
        **_interaction(world, "view_submission", user),
        "view": _with_state(view, values),
        "response_urls": [],
    }


def view_closed(world: World, *, user: User, view: Payload, is_cleared: bool) -> Payload:
    payload = {
        **_interaction(world, "view_closed", user),
        "view": copy.deepcopy(view),
        "is_cleared": is_cleared,
    }
    payload.pop("trigger_id")
    return payload


def global_shortcut(world: World, *, user: User, callback_id: str) -> Payload:
    at = world.workspace.next_ts()
    return {**_interaction(world, "shortcut", user), "callback_id": callback_id, "action_ts": at}


def message_shortcut(
    world: World, *, user: User, channel: Channel, message: Message, callback_id: str
) -> Payload:
    return {
        **_interaction(world, "message_action", user),
        "callback_id": callback_id,
        "action_ts": world.workspace.next_ts(),
        "channel": {"id": channel.id, "name": "directmessage" if channel.kind == "im" else channel.name},
        "message_ts": message["ts"],
        "message": copy.deepcopy(message),
        "response_url": world.responses.issue(channel.id, user.id, message_ts=message["ts"]),
    }


def action(world: World, blocks: list[Any], asked: Payload) -> Payload:
    """One entry of `actions`: what the element says of itself, and what the person put in (`asked`).

    Raises:
        PersonError: nothing there has this action_id (and block_id, when one is named).
    """
    for block in blocks:
        for element in elements(block):
            if element["action_id"] == asked["action_id"] and asked.get("block_id") in (
                None,
                block["block_id"],
            ):
                kept: Payload = {key: element[key] for key in _KEPT if key in element}
                chosen = {key: value for key, value in asked.items() if value is not None}
                return {
                    **kept,
                    **chosen,
                    "block_id": block["block_id"],
                    "action_ts": world.workspace.next_ts(),
                }
    raise PersonError("That button is not there any more.")


def _with_state(view: Payload, values: Payload) -> Payload:
    return copy.deepcopy(view) | {"state": {"values": values}}


def _interaction(world: World, kind: str, user: User) -> Payload:
    return {
        "type": kind,
        "user": {
            "id": user.id,
            "username": user.name,
            "name": user.name,
            "team_id": world.workspace.team_id,
        },
        "api_app_id": world.app.app_id,
        "token": world.app.verification_token,
        "trigger_id": world.triggers.issue(user.id),
        "team": {"id": world.workspace.team_id, "domain": "playground"},
        "enterprise": None,
        "is_enterprise_install": False,
    }
