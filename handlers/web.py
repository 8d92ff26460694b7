"""HTTP mode: Slack's one address, the pages of installation, health and metrics, served in the same loop."""

import asyncio
import logging
import socket
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from time import perf_counter

from slack_bolt.adapter.starlette.async_handler import (
    AsyncSlackRequestHandler,
    to_async_bolt_request,
    to_starlette_response,
)
from slack_bolt.async_app import AsyncApp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from uvicorn import Config, Server

from bot.errors import Away, SettingsError
from bot.jobs import Backlog
from handlers.install import INSTALL_PATH, Flow
from handlers.manifest import REDIRECT_PATH, REQUEST_PATH

log = logging.getLogger(__name__)

STUCK_S = 300.0
"""Seconds that a job may be late before this program no longer calls itself well."""
PATIENCE_S = 5
"""Seconds that requests under way get at the end; Slack gives up on each after 3."""


class _Server(Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the application's own."""
        yield


class Web:
    """A port on which Slack finds us."""

    def __init__(
        self,
        app: AsyncApp,
        backlog: Callable[[], Awaitable[Backlog]],
        *,
        install: Flow | None,
        host: str,
        port: int,
    ) -> None:
        """`install` are the pages by which workspaces let us in; without it there is one workspace."""
        self._handler = AsyncSlackRequestHandler(app)
        self._backlog = backlog
        self._flow = install
        self._host = host
        self._port = port
        self._answered: Counter[int] = Counter()
        self._seconds = 0.0
        routes = [
            Route(REQUEST_PATH, self._slack, methods=["POST"]),
            Route("/health", self._health),
            Route("/metrics", self._metrics),
        ]
        if install is not None:
            routes += [Route(INSTALL_PATH, self._install), Route(REDIRECT_PATH, self._redirect)]
        self._config = Config(
            Starlette(routes=routes),
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=PATIENCE_S,
        )
        self._server = _Server(self._config)
        self.url = ""
        """Where it listens, once it does."""

    async def open(self) -> None:
        """Listen. Raises `SettingsError` where that cannot be."""
        try:
            listening = socket.create_server((self._host, self._port), backlog=1024)
        except OSError as error:
            raise SettingsError(
                f"Cannot listen on {self._host}, port {self._port}: {error.strerror}. Set PORT to a free one."
            ) from None
        host, port = listening.getsockname()[:2]
        self.url = f"http://{host}:{port}"
        self._config.load()
        self._server.lifespan = self._config.lifespan_class(self._config)
        await self._server.startup([listening])
        self._serving = asyncio.create_task(self._server.main_loop())

    async def close(self) -> None:
        """Let what is under way be answered, and take no more."""
        self._server.should_exit = True
        await self._serving
        await self._server.shutdown()

    async def _slack(self, request: Request) -> Response:
        began = perf_counter()
        answer = await self._handler.handle(request)
        self._answered[answer.status_code] += 1
        self._seconds += perf_counter() - began
        return answer

    async def _install(self, request: Request) -> Response:
        assert self._flow is not None
        asked = to_async_bolt_request(request, b"")
        return to_starlette_response(await self._flow.handle_installation(asked))

    async def _redirect(self, request: Request) -> Response:
        assert self._flow is not None
        asked = to_async_bolt_request(request, b"")
        return to_starlette_response(await self._flow.handle_callback(asked))

    async def _health(self, _: Request) -> Response:
        """Whether the database answers and work gets done."""
        try:
            backlog = await self._backlog()
        except Away as error:
            return JSONResponse({"well": False, "database": str(error)}, status_code=503)
        well = backlog.late_s < STUCK_S
        found = {"well": well, "database": "answers", "due": backlog.due, "late_s": round(backlog.late_s, 1)}
        return JSONResponse(found, status_code=200 if well else 503)

    async def _metrics(self, _: Request) -> Response:
        """A few figures, in the text format of Prometheus."""
        lines = [
            "# TYPE duel_slack_requests_total counter",
            *(f'duel_slack_requests_total{{status="{at}"}} {n}' for at, n in sorted(self._answered.items())),
            "# TYPE duel_slack_request_seconds summary",
            f"duel_slack_request_seconds_sum {self._seconds:.6f}",
            f"duel_slack_request_seconds_count {self._answered.total()}",
        ]
        try:
            backlog = await self._backlog()
        except Away:
            up = 0
        else:
            up = 1
            for name, value in (
                ("open", backlog.open),
                ("due", backlog.due),
                ("late_seconds", backlog.late_s),
            ):
                lines += [f"# TYPE duel_jobs_{name} gauge", f"duel_jobs_{name} {value:g}"]
        lines += ["# TYPE duel_database_up gauge", f"duel_database_up {up}"]
        return PlainTextResponse("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4")
