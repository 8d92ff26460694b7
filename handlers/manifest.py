"""The app's manifest, made from the routing table and from the scopes that the code declares."""

import inspect
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from slack_bolt.async_app import AsyncApp

from handlers import ASK, COMMAND, route
from handlers.checkup import OPTIONAL, REQUIRED
from handlers.form import NEW_DUEL
from handlers.letters import DUEL_THIS

FILE = "manifest.json"
REQUEST_PATH = "/slack/events"
REDIRECT_PATH = "/slack/oauth_redirect"


@dataclass(frozen=True)
class Shown:
    """What Slack shows of a command or a shortcut; `kind` is only that of a shortcut."""

    name: str
    description: str
    hint: str = ""
    kind: Literal["global", "message", ""] = ""


EXAMPLE = "why is the sky blue? Answer in one sentence."
"""The demo's page offers it to be typed: its two small models would not come to an end of more."""

# one line for each command and shortcut of the routing table, by the name it is routed under
COMMANDS: Mapping[str, Shown] = {
    COMMAND: Shown(COMMAND, "Put one prompt to two models, unnamed, and vote", f"[for:10m] {EXAMPLE}"),
    ASK: Shown(ASK, "One answer, by the model that your team's votes support", f"[as:coding] {EXAMPLE}"),
}
SHORTCUTS: Mapping[str, Shown] = {
    DUEL_THIS: Shown("Duel this", "Two models answer this message, in its thread", kind="message"),
    NEW_DUEL: Shown("New duel", "Put one prompt to two models, unnamed, and vote", kind="global"),
}

EVENTS: Mapping[str, tuple[str, str | None]] = {
    "app_home_opened": ("app_home_opened", None),
    "app_mention": ("app_mention", "app_mentions:read"),
    "app_uninstalled": ("app_uninstalled", None),
    "member_joined_channel": ("member_joined_channel", "channels:read"),
    "message": ("message.im", "im:history"),
    "reaction_added": ("reaction_added", "reactions:read"),
    "reaction_removed": ("reaction_removed", "reactions:read"),
    "tokens_revoked": ("tokens_revoked", None),
}
"""Of what Slack can tell us: the name it is subscribed to by, and the scope that this takes."""


@dataclass
class Routed:
    """The names that the routing table has listeners for; stands in for a Bolt app while it is read."""

    commands: list[str] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    shortcuts: list[str] = field(default_factory=list)

    def command(self, name: str) -> Callable[[Any], Any]:
        return self._note(self.commands, name)

    def event(self, constraint: str | Mapping[str, Any]) -> Callable[[Any], Any]:
        return self._note(self.events, constraint if isinstance(constraint, str) else constraint["type"])

    def shortcut(self, name: str) -> Callable[[Any], Any]:
        return self._note(self.shortcuts, name)

    global_shortcut = message_shortcut = shortcut

    def __getattr__(self, _: str) -> Callable[..., Any]:
        """Actions, views, errors: Slack needs not be told of them."""
        return lambda *_args, **_kwargs: lambda listener: listener

    def _note(self, names: list[str], name: str) -> Callable[[Any], Any]:
        if name not in names:
            names.append(name)
        return lambda listener: listener


def routed() -> Routed:
    """What is routed; nothing of the app is there, and nothing of it is called."""
    seen = Routed()
    nothing = {
        name: None for name, of in inspect.signature(route).parameters.items() if of.kind is of.KEYWORD_ONLY
    }
    route(cast(AsyncApp, seen), **cast(dict[str, Any], nothing))
    return seen


def manifest(url: str | None = None) -> dict[str, Any]:
    """The manifest, for Socket Mode; or for HTTP, where `url` is the app's public address."""
    seen = routed()
    address = None if url is None else url.rstrip("/")
    request = {} if address is None else {"request_url": address + REQUEST_PATH}
    commands = [
        {
            "command": name,
            **({} if address is None else {"url": address + REQUEST_PATH}),
            "description": COMMANDS[name].description,
            "usage_hint": COMMANDS[name].hint,
            "should_escape": False,
        }
        for name in seen.commands
    ]
    shortcuts = [
        {
            "name": SHORTCUTS[name].name,
            "type": SHORTCUTS[name].kind,
            "callback_id": name,
            "description": SHORTCUTS[name].description,
        }
        for name in seen.shortcuts
    ]
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": "Duel",
            "description": "One prompt, two models, unnamed. Your team votes.",
            "long_description": _LONG,
            "background_color": "#1f2937",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": "app_home_opened" in seen.events,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": "message" not in seen.events,
            },
            "bot_user": {"display_name": "Duel", "always_online": True},
            **({"shortcuts": shortcuts} if shortcuts else {}),
            "slash_commands": commands,
        },
        "oauth_config": {
            **({} if address is None else {"redirect_urls": [address + REDIRECT_PATH]}),
            "scopes": {"bot": list(REQUIRED), "bot_optional": list(OPTIONAL)},
        },
        "settings": {
            "event_subscriptions": {**request, "bot_events": [EVENTS[name][0] for name in seen.events]},
            "interactivity": {"is_enabled": True, **request},
            "org_deploy_enabled": False,
            "socket_mode_enabled": address is None,
            "token_rotation_enabled": False,
        },
    }


def text(url: str | None = None) -> str:
    """The manifest as it stands in its file, or with that public address."""
    return json.dumps(manifest(url), ensure_ascii=False, indent=2) + "\n"


_LONG = re.sub(
    r"\s*\n\s*",
    " ",
    """Duel puts one prompt to two language models at once, posts both answers unnamed and side by side,
    and lets your team vote by emoji. When the vote closes it reveals the names, the speed and the cost.
    Prompts leave Slack for the two model services that your operator has configured;
    votes and answers are stored in your own database.""",
)
