"""The Socket Mode connection, and a watch over it: a socket can be open and yet silent."""

import json
import logging
from collections.abc import Awaitable, Callable

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient

from bot.clock import Clock
from handlers.posting import cannot_start

log = logging.getLogger(__name__)

DOWN_S = 30.0
"""Seconds without a connection after which we open a new one ourselves; Slack's SDK tries all the time."""
SILENT_S = 1800.0
"""Seconds without a message after which an open socket is replaced: a new one costs nothing."""


class Socket:
    """One connection to Slack. `connected` is called for each new one: events may have been missed before."""

    def __init__(
        self, app: AsyncApp, app_token: str, *, clock: Clock, connected: Callable[[], Awaitable[None]]
    ) -> None:
        self._app = app
        self._token = app_token
        self._clock = clock
        self._connected = connected
        self._heard = self._up = clock.monotonic()

    async def connect(self) -> None:
        """Open it. Raises `SettingsError` if Slack refuses the app-level token, or is not there."""
        try:
            await self._app.client.apps_connections_open(app_token=self._token)
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            where = "Basic Information → App-Level Tokens, scope connections:write"
            raise cannot_start(error, "SLACK_APP_TOKEN", where) from None
        handler = AsyncSocketModeHandler(self._app, self._token)
        self.client: SocketModeClient = handler.client
        self.client.on_message_listeners.append(self._note)
        await handler.connect_async()  # type: ignore[no-untyped-call] # slack-bolt leaves it bare

    async def close(self) -> None:
        await self.client.close()  # type: ignore[no-untyped-call] # slack-sdk leaves it bare

    async def watch(self) -> None:
        """Notice a connection that is lost, or has been silent for too long, and open a new one."""
        now = self._clock.monotonic()
        if await self.client.is_connected():
            self._up = now
        if now - self._up > DOWN_S or now - self._heard > SILENT_S:
            log.warning(
                "no connection for %.0f s, last message %.0f s ago: opening a new one",
                now - self._up,
                now - self._heard,
            )
            self._heard = self._up = now
            try:
                await self.client.connect_to_new_endpoint(force=True)
            except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
                log.warning("Slack cannot be reached: %s", type(error).__name__)

    async def _note(self, message: aiohttp.WSMessage) -> None:
        self._heard = self._clock.monotonic()
        # almost none is: the SDK reads each of them anyhow, and once is enough
        if '"hello"' in message.data and json.loads(message.data).get("type") == "hello":
            await self._connected()
