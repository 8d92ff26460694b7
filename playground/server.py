"""Serves an ASGI app inside the running event loop: no signals, no threads, a clean end."""

from __future__ import annotations

import asyncio
import contextlib

from starlette.types import ASGIApp
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

_PATIENCE = 2.0
"""Seconds that open requests get to end by themselves."""


class Server:
    """uvicorn's protocols on our own listener: uvicorn's Server takes over signals, and stops by a poll."""

    def __init__(self, app: ASGIApp, *, host: str, port: int) -> None:
        self._config = Config(
            app,
            ws="websockets-sansio",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
        )
        self._state = ServerState()
        self._host = host
        self._port = port
        self._listener: asyncio.Server | None = None

    async def start(self) -> str:
        """Listen; the address as http://host:port. Raises OSError when the port is taken."""
        self._config.load()
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_server(self._protocol, self._host, self._port)
        host, port = self._listener.sockets[0].getsockname()[:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    async def stop(self) -> None:
        if self._listener is None:
            return
        self._listener.close()
        for connection in list(self._state.connections):
            connection.shutdown()
        if self._state.tasks:
            await asyncio.wait(list(self._state.tasks), timeout=_PATIENCE)
        for connection in list(self._state.connections):
            connection.transport.abort()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._listener.wait_closed(), _PATIENCE)
        self._listener = None

    def abort(self, peer: tuple[str, int]) -> None:
        """Break the connection with this client at once, without a goodbye."""
        for connection in list(self._state.connections):
            transport: asyncio.Transport = connection.transport
            if transport.get_extra_info("peername")[:2] == peer:
                transport.abort()

    def _protocol(self) -> asyncio.Protocol:
        return H11Protocol(self._config, self._state, {})
