"""How a Web API method is written: its name, its scopes, a function from arguments to an answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from playground.channel import Channel
from playground.errors import SlackError
from playground.world import World

Answer = dict[str, Any]
T = TypeVar("T")


class Args(dict[str, Any]):
    """The arguments of a call, merged from query, form and JSON."""

    def text(self, name: str, default: str = "") -> str:
        value = self.get(name)
        return default if value is None else str(value)

    def need(self, name: str) -> str:
        """Raises SlackError: invalid_arguments, when it is missing or empty."""
        value = self.text(name)
        if not value:
            raise SlackError.arguments(f"missing required field: {name}")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self.get(name)
        return default if value is None else str(value).lower() in ("1", "true")

    def number(self, name: str, default: int) -> int:
        """Raises SlackError: invalid_arguments."""
        try:
            return int(self.get(name, default))
        except (TypeError, ValueError):
            raise SlackError.arguments(f"expected an integer: {name}") from None

    def decoded(self, name: str, *, error: str) -> Any:
        """A JSON argument, also where it came as a string; None when absent. Raises SlackError: `error`."""
        value = self.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise SlackError(error) from None


@dataclass(frozen=True, slots=True)
class Method:
    name: str
    handler: Callable[[World, Args], Answer]
    scopes: tuple[str, ...]
    takes: str
    """The kind of token: bot, app, or none (it asks for no token at all)."""


METHODS: dict[str, Method] = {}

Handler = Callable[[World, Args], Answer]


def method(name: str, *scopes: str, takes: str = "bot") -> Callable[[Handler], Handler]:
    """Register a function as the Web API method `name`; its answer gets `ok` added."""

    def register(handler: Handler) -> Handler:
        METHODS[name] = Method(name, handler, scopes, takes)
        return handler

    return register


_FAMILY = {"channel": "channels", "group": "groups", "im": "im"}


def need_scopes(world: World, *scopes: str) -> None:
    """Raises SlackError missing_scope, with what was needed and what is provided."""
    missing = [scope for scope in scopes if scope not in world.app.granted]
    if missing:
        raise SlackError("missing_scope", needed=",".join(missing), provided=world.app.provided)


def need_family(world: World, channel: Channel, verb: str) -> None:
    """The scope for this kind of channel: channels:history, groups:read, im:history and so on."""
    need_scopes(world, f"{_FAMILY[channel.kind]}:{verb}")


def need_any_family(world: World, verb: str) -> None:
    """At least one scope of a family; Slack names them all when there is none."""
    family = [f"{kind}:{verb}" for kind in _FAMILY.values()]
    if not set(family) & world.app.granted:
        need_scopes(world, *family)


def visible(world: World, channel_id: str) -> Channel:
    """A channel that the app can see: public, or its bot is in it. Raises SlackError: channel_not_found."""
    channel = world.workspace.channel(channel_id)
    if channel.kind != "channel" and world.app.bot_user_id not in channel.members:
        raise SlackError("channel_not_found")
    return channel


def joined(world: World, channel_id: str) -> Channel:
    """A channel that the bot is a member of. Raises SlackError: channel_not_found, not_in_channel."""
    channel = visible(world, channel_id)
    if world.app.bot_user_id not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def page(items: list[T], args: Args, *, default: int, most: int = 1000) -> tuple[list[T], Answer]:
    """One page of a list by `cursor` and `limit`, and the response_metadata that leads to the next."""
    limit = args.number("limit", default)
    if not 0 < limit <= most:
        raise SlackError("invalid_limit")
    cursor = args.text("cursor")
    start = 0
    if cursor:
        prefix, _, number = cursor.partition("-")
        if prefix != "next" or not number.isdigit():
            raise SlackError("invalid_cursor")
        start = int(number)
    end = start + limit
    return items[start:end], {"next_cursor": f"next-{end}" if end < len(items) else ""}
