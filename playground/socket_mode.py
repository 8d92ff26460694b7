"""Socket Mode: the WebSocket over which an app takes its envelopes and sends back its acknowledgements."""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from playground.delivery import Connection, Delivery

MAX_CONNECTIONS = 10
_TICKET_SECONDS = 30.0
_APPROXIMATE_CONNECTION_TIME = 18_060
"""Seconds that Slack says a connection will last."""


async def _heard(_: dict[str, Any]) -> bool:
    return True


@dataclass(slots=True)
class SocketMode:
    """Hands out single-use tickets and serves the sockets that come with one."""

    delivery: Delivery
    hears: Callable[[dict[str, Any]], Awaitable[bool]] = _heard
    """Asked for each acknowledgement that comes: whether it is to be heard."""
    _tickets: dict[str, float] = field(default_factory=dict)
    _sockets: dict[Connection, WebSocket] = field(default_factory=dict)

    def ticket(self) -> str:
        ticket = uuid.uuid4().hex  # not of the ids that count: those are the same over HTTP
        self._tickets[ticket] = self.delivery.now() + _TICKET_SECONDS
        return ticket

    async def serve(self, socket: WebSocket) -> None:
        """One connection, from its ticket to its end."""
        expires = self._tickets.pop(socket.query_params.get("ticket", ""), 0.0)
        if expires < self.delivery.now():
            await socket.close()
            return
        await socket.accept()
        if len(self.delivery.connections) >= MAX_CONNECTIONS:
            await self._goodbye(socket, "too_many_websockets")
            return
        connection = Connection()
        self._sockets[connection] = socket
        try:
            await socket.send_json(self._hello())
            self.delivery.connect(connection)
            writer = asyncio.create_task(self._write(connection, socket))
            try:
                await self._read(connection, socket)
            finally:
                writer.cancel()
                await asyncio.gather(writer, return_exceptions=True)
        finally:
            self.delivery.disconnect(connection)
            self._sockets.pop(connection, None)

    async def drop(self, *, reason: str | None) -> None:
        """Close every socket of the app, with Slack's `disconnect` message first when there is a reason."""
        for connection, socket in list(self._sockets.items()):
            self.delivery.disconnect(connection)
            with contextlib.suppress(WebSocketDisconnect, RuntimeError):
                if reason is None:
                    await socket.close(code=1001)
                else:
                    await self._goodbye(socket, reason)

    def clients(self) -> list[tuple[str, int]]:
        """The peer addresses of the sockets, for those who break them."""
        return [
            (socket.client.host, socket.client.port) for socket in self._sockets.values() if socket.client
        ]

    async def _read(self, connection: Connection, socket: WebSocket) -> None:
        with contextlib.suppress(WebSocketDisconnect):
            while True:
                answer = json.loads(await socket.receive_text())
                if not await self.hears(answer):
                    continue
                connection.acknowledged(answer.get("envelope_id", ""), answer.get("payload") or {})

    async def _write(self, connection: Connection, socket: WebSocket) -> None:
        with contextlib.suppress(WebSocketDisconnect):
            while (envelope := await connection.outbox.get()) is not None:
                await socket.send_json(envelope)

    async def _goodbye(self, socket: WebSocket, reason: str) -> None:
        await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "playground"}})
        await socket.close(code=1000)

    def _hello(self) -> dict[str, Any]:
        return {
            "type": "hello",
            "num_connections": len(self.delivery.connections) + 1,
            "debug_info": {
                "host": "playground",
                "build_number": 1,
                "approximate_connection_time": _APPROXIMATE_CONNECTION_TIME,
            },
            "connection_info": {"app_id": self.delivery.app.app_id},
        }
