"""The addresses of the server: one line each."""

from __future__ import annotations

import contextlib
import mimetypes
from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from playground.errors import SlackError
from playground.oauth import Consent
from playground.people import People
from playground.responses import Responses
from playground.site import Site
from playground.web_api import Unanswered, WebApi
from playground.world import World

_LOOPBACK = ("127.0.0.1", "localhost")
_PAGE = Path(__file__).parent / "page"
Endpoint = Callable[[Request], Awaitable[Response]]


def routes(
    world: World,
    *,
    api: WebApi,
    responses: Responses,
    people: People,
    consent: Consent,
    abort: Callable[[tuple[str, int]], None],
    host: str,
) -> ASGIApp:
    """The whole server; on loopback it answers to loopback's names alone, against other sites' scripts."""

    def losable(endpoint: Endpoint) -> Endpoint:
        """An endpoint whose reply a lever may lose: the connection breaks instead."""

        async def answer(request: Request) -> Response:
            try:
                return await endpoint(request)
            except Unanswered:
                return _Lost(abort)

        return answer

    hosts = list(_LOOPBACK) if host in _LOOPBACK else ["*"]
    return Starlette(
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=hosts)],
        routes=[
            Route("/", _index),
            Route("/page/{name}", _asset),
            Route("/play/state", people.state),
            Route("/play/stream", people.stream),
            Route("/play/act", people.act, methods=["POST"]),
            Route("/api/{method}", losable(api.__call__), methods=["GET", "POST"]),
            Route("/response/{token}", losable(responses.__call__), methods=["POST"]),
            Route("/oauth/v2/authorize", consent.__call__, methods=["GET", "POST"]),
            Route("/upload/v1/{file}", _upload(world.site), methods=["POST"]),
            Route("/files/{file}/{name}", _download(world.site)),
            WebSocketRoute("/link/", world.sockets.serve),
        ],
    )


async def _index(_request: Request) -> Response:
    return _served(_PAGE / "index.html")


async def _asset(request: Request) -> Response:
    return _served(_PAGE / request.path_params["name"])


def _served(path: Path) -> Response:
    if not path.is_file():
        return PlainTextResponse("not found", status_code=404)
    media_type = mimetypes.guess_type(path.name)[0]
    return FileResponse(path, media_type=media_type, headers={"Cache-Control": "no-cache"})


def _upload(site: Site) -> Endpoint:
    async def upload(request: Request) -> Response:
        content = await request.body()
        try:
            file = request.path_params["file"]
            world = site.by_file(file)
            if refused := world.app.upload_status:
                return PlainTextResponse("refused", status_code=refused)
            world.files.receive(file, content)
        except SlackError as refusal:
            return PlainTextResponse(refusal.code, status_code=400)
        return PlainTextResponse(f"OK - {len(content)}")

    return upload


def _download(site: Site) -> Endpoint:
    async def download(request: Request) -> Response:
        name = request.path_params["file"]
        world = site.by_file(name)
        file = world.files.kept.get(name)
        if file is None or file.content is None:
            return PlainTextResponse("not found", status_code=404)
        # the page itself sends none, as a browser's cookie would
        given = request.headers.get("authorization")
        if given is not None and not (
            given == f"Bearer {world.app.bot_token}" and "files:read" in world.app.granted
        ):
            return RedirectResponse("/", status_code=302)  # Slack's own sends programs to its sign-in
        headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
        return Response(file.content, media_type=file.mimetype, headers=headers)

    return download


class _Lost(Response):
    """No response: the connection is broken, and the request ends when that is done."""

    def __init__(self, abort: Callable[[tuple[str, int]], None]) -> None:
        super().__init__()
        self._abort = abort

    async def __call__(self, scope: Scope, receive: Receive, _send: Send) -> None:
        self._abort(tuple(scope["client"]))
        with contextlib.suppress(OSError):
            while (await receive())["type"] != "http.disconnect":
                pass
