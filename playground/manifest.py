"""Reads a Slack app manifest into what the workspace needs to know of the app."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Command:
    command: str
    description: str
    usage_hint: str
    should_escape: bool


@dataclass(frozen=True, slots=True)
class Shortcut:
    kind: str
    """global or message"""
    callback_id: str
    name: str
    description: str


@dataclass(frozen=True, slots=True)
class Manifest:
    name: str
    description: str
    commands: tuple[Command, ...]
    shortcuts: tuple[Shortcut, ...]
    scopes: tuple[str, ...]
    """Everything the bot may be granted, the optional scopes last."""
    events: frozenset[str]
    home_tab: bool

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> Manifest:
        """Parse the JSON form of a manifest; a section left out counts as empty, as in Slack."""
        display = raw.get("display_information", {})
        features = raw.get("features", {})
        scopes = raw.get("oauth_config", {}).get("scopes", {})
        subscriptions = raw.get("settings", {}).get("event_subscriptions", {})
        return cls(
            name=features.get("bot_user", {}).get("display_name") or display.get("name", "App"),
            description=display.get("description", ""),
            commands=tuple(_command(item) for item in features.get("slash_commands", [])),
            shortcuts=tuple(_shortcut(item) for item in features.get("shortcuts", [])),
            scopes=tuple(dict.fromkeys([*scopes.get("bot", []), *scopes.get("bot_optional", [])])),
            events=frozenset(subscriptions.get("bot_events", [])),
            home_tab=features.get("app_home", {}).get("home_tab_enabled", False),
        )


def _command(item: Mapping[str, Any]) -> Command:
    return Command(
        command=item["command"],
        description=item.get("description", ""),
        usage_hint=item.get("usage_hint", ""),
        should_escape=item.get("should_escape", False),
    )


def _shortcut(item: Mapping[str, Any]) -> Shortcut:
    return Shortcut(
        kind=item["type"],
        callback_id=item["callback_id"],
        name=item["name"],
        description=item.get("description", ""),
    )
