"""The door of the Web API: merges arguments, checks token and scopes, lets levers act, records, answers."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from playground.calls import Call
from playground.errors import SlackError
from playground.levers import Levers
from playground.methods import METHODS, Args
from playground.methods.method import Answer, Method, need_scopes
from playground.site import Site
from playground.world import World

_JSON_ARGS = frozenset({"blocks", "attachments", "metadata", "view", "files", "message"})


class Unanswered(Exception):
    """The call was taken, and its reply is to be lost."""


class WebApi:
    def __init__(self, site: Site) -> None:
        self._site = site
        self.levers: dict[str, Levers] = {}
        """Those of each team, by its id."""

    async def __call__(self, request: Request) -> Response:
        """Answer one call.

        Raises:
            Unanswered: a lever asks that the connection be broken instead.
        """
        name = request.path_params["method"]
        try:
            args, token = await arguments(request)
        except SlackError as refusal:
            return JSONResponse(refusal.body())
        world = self._site.by_token(token) or self._site.worlds[0]
        levers = self.levers[world.workspace.team_id]
        call = self.record(name, args, token_kind=self._kind(token), team=world.workspace.team_id)
        status, headers = 200, {"X-OAuth-Scopes": world.app.provided}
        stop = levers.stop(name, call.args)
        if stop is not None and stop.when == "before" and not await stop.hold():
            raise Unanswered
        failure = levers.failure(name)
        if failure is not None:
            status, body = failure.http_status, SlackError(failure.error).body()
            if failure.retry_after is not None:
                headers["Retry-After"] = str(failure.retry_after)
        else:
            body = self._answer(world, name, args, token)
            if body.get("error") == "ratelimited":
                status, headers["Retry-After"] = 429, str(body.pop("retry_after"))
        call.response = json.loads(json.dumps(body))
        world.workspace.feed.touch()
        if stop is not None and stop.when == "after":
            await stop.hold()
        if failure is None and levers.loses(name):
            raise Unanswered
        return JSONResponse(
            call.response, status_code=status, headers=headers
        )  # what was true when it was taken

    def record(self, name: str, args: dict[str, Any], *, token_kind: str, team: str) -> Call:
        calls = self._site.calls
        decoded = {key: _decoded(key, value) for key, value in args.items()}
        call = Call(name, decoded, None, token_kind, len(calls), team)
        calls.append(call)
        return call

    def _answer(self, world: World, name: str, args: Args, token: str) -> Answer:
        method = METHODS.get(name)
        try:
            if method is None:
                raise SlackError("unknown_method", req_method=name)
            self._admit(world, method, token)
            return {"ok": True, **method.handler(world, args)}
        except SlackError as refusal:
            return refusal.body()

    def _admit(self, world: World, method: Method, token: str) -> None:
        if method.takes == "none":
            return
        kind = self._kind(token)
        if kind == "unknown" and token in self._site.revoked:
            raise SlackError(self._site.revoked[token])
        if kind in ("none", "unknown"):
            raise SlackError("not_authed" if kind == "none" else "invalid_auth")
        if kind != method.takes:
            raise SlackError("not_allowed_token_type")
        need_scopes(world, *method.scopes)

    def _kind(self, token: str) -> str:
        if not token:
            return "none"
        if self._site.by_token(token) is not None:
            return "bot"
        return "app" if token == self._site.worlds[0].app.app_token else "unknown"


async def arguments(request: Request) -> tuple[Args, str]:
    """The arguments from query, form and JSON together (the body wins), and the token wherever it was.

    Raises:
        SlackError: invalid_json, json_not_object.
    """
    args = Args(request.query_params)
    body = await request.body()
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if kind == "application/x-www-form-urlencoded":
        args.update(parse_qsl(body.decode(), keep_blank_values=True))
    elif kind == "application/json" and body:
        args.update(_json_object(body))
    argued = str(args.pop("token", "") or "")
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        args["client_id"], _, args["client_secret"] = b64decode(token).decode().partition(":")
    return args, token.strip() if scheme.lower() == "bearer" else argued


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body)
    except ValueError:
        raise SlackError("invalid_json") from None
    if not isinstance(parsed, dict):
        raise SlackError("json_not_object")
    return parsed


def _decoded(name: str, value: Any) -> Any:
    if name not in _JSON_ARGS or not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
