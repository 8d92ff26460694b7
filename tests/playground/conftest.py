"""A playground with a made-up app, and the real clients of Slack's SDK connected to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from playground import Playground

MANIFEST: dict[str, Any] = {
    "display_information": {"name": "Quiz", "description": "Asks questions"},
    "features": {
        "app_home": {"home_tab_enabled": True},
        "bot_user": {"display_name": "Quiz"},
        "slash_commands": [
            {"command": "/quiz", "description": "Ask", "usage_hint": "[topic]", "should_escape": False},
            {"command": "/ask", "description": "Ask someone", "should_escape": True},
        ],
        "shortcuts": [
            {"type": "global", "callback_id": "start", "name": "Start", "description": "Start a quiz"},
            {"type": "message", "callback_id": "about", "name": "About", "description": "Quiz about this"},
        ],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                "commands",
                "chat:write",
                "reactions:read",
                "reactions:write",
                "users:read",
                "channels:read",
                "groups:read",
                "files:write",
                "im:write",
                "channels:join",
            ],
            "bot_optional": ["channels:history", "groups:history"],
        }
    },
    "settings": {
        "event_subscriptions": {
            "bot_events": [
                "reaction_added",
                "reaction_removed",
                "app_mention",
                "app_home_opened",
                "member_joined_channel",
                "message.im",
            ]
        }
    },
}


@dataclass
class Clock:
    """The workspace's time, moved by hand."""

    at: float = 1_700_000_000.0

    def __call__(self) -> float:
        return self.at


@dataclass
class Heard:
    """Everything that the app was told, in order."""

    events: list[dict[str, Any]] = field(default_factory=list)

    def kinds(self) -> list[str]:
        return [event["type"] for event in self.events]


Connect = Callable[[], Awaitable[AsyncApp]]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def slack(clock: Clock) -> AsyncIterator[Playground]:
    async with Playground(MANIFEST, now=clock, retry_delays=(0.0, 0.0, 0.0)) as running:
        yield running


@pytest.fixture
async def client(slack: Playground) -> AsyncIterator[AsyncWebClient]:
    """The bot's client, which repeats nothing by itself."""
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(
            token=slack.bot_token, base_url=slack.api_url, session=session, retry_handlers=[]
        )


@pytest.fixture
async def connect(slack: Playground, client: AsyncWebClient) -> AsyncIterator[Connect]:
    """Makes Bolt apps, each with a socket of its own."""
    async with AsyncExitStack() as stack:

        async def connected() -> AsyncApp:
            app = AsyncApp(client=client, raise_error_for_unhandled_request=False)
            handler = AsyncSocketModeHandler(app, slack.app_token)
            stack.push_async_callback(handler.close_async)
            await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt leaves it untyped
            await slack.connected()
            return app

        yield connected


@pytest.fixture
async def app(connect: Connect) -> AsyncApp:
    return await connect()


@pytest.fixture
def heard(app: AsyncApp) -> Heard:
    """Every event that the app acknowledges."""
    kept = Heard()

    async def listen(event: dict[str, Any]) -> None:
        kept.events.append(event)

    for kind in MANIFEST["settings"]["event_subscriptions"]["bot_events"]:
        app.event(kind.partition(".")[0])(listen)
    return kept


@pytest.fixture
def general(slack: Playground) -> str:
    return slack.channel("general")


@pytest.fixture
def ana(slack: Playground) -> str:
    return slack.person("ana")


@pytest.fixture
def ben(slack: Playground) -> str:
    return slack.person("ben")


async def refused(call: Awaitable[Any]) -> dict[str, Any]:
    """The body of Slack's refusal."""
    with pytest.raises(SlackApiError) as refusal:
        await call
    body = refusal.value.response.data
    assert isinstance(body, dict)
    return body


async def error(call: Awaitable[Any]) -> str:
    """Slack's error code."""
    return str((await refused(call))["error"])
