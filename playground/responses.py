"""What an app may do with a response URL: answer, replace or delete, as Slack allows."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from playground import blocks
from playground.channel import Message
from playground.errors import SlackError
from playground.site import Site
from playground.tickets import ResponseUrl
from playground.web_api import Unanswered, WebApi, arguments
from playground.world import World

METHOD = "response_url"
"""Under which name the record and the levers know it."""
_STATUS = {"expired_url": 404, "used_url": 404, "invalid_url": 404}


class Responses:
    def __init__(self, site: Site, api: WebApi) -> None:
        self._site = site
        self._api = api

    async def __call__(self, request: Request) -> Response:
        """Take one answer. Raises Unanswered, when a lever asks for it."""
        try:
            args, _ = await arguments(request)
        except SlackError as refusal:
            return JSONResponse(refusal.body(), status_code=400)
        token = request.path_params["token"]
        worlds = self._site.worlds
        world = next((one for one in worlds if one.responses.has(token)), worlds[0])
        team = world.workspace.team_id
        levers = self._api.levers[team]
        call = self._api.record(METHOD, args, token_kind="none", team=team)  # noqa: S106  a kind of token, not one
        stop = levers.stop(METHOD, args)
        if stop is not None and stop.when == "before" and not await stop.hold():
            raise Unanswered
        failure = levers.failure(METHOD)
        if failure is not None:
            call.response = SlackError(failure.error).body()
            headers = {} if failure.retry_after is None else {"Retry-After": str(failure.retry_after)}
            return JSONResponse(call.response, status_code=failure.http_status, headers=headers)
        try:
            issued = world.responses.use(token)
            _Answer(world).give(issued, call.args)
            call.response = {"ok": True}
        except SlackError as refusal:
            call.response = refusal.body()
            return JSONResponse(call.response, status_code=_STATUS.get(refusal.code, 400))
        finally:
            world.workspace.feed.touch()
        if stop is not None and stop.when == "after":
            await stop.hold()
        if levers.loses(METHOD):
            raise Unanswered
        return PlainTextResponse("ok") if issued.from_command else JSONResponse({"ok": True})


class _Answer:
    """What one answer does in its team."""

    def __init__(self, world: World) -> None:
        self._world = world

    def give(self, issued: ResponseUrl, args: dict[str, Any]) -> None:
        if args.get("delete_original"):
            self._delete(issued)
            return
        content: Message = {"text": str(args.get("text") or "")}
        given = args.get("blocks")
        if given is not None:
            blocks.check_message(given, refused=self._world.app.refused_blocks)
            content["blocks"] = blocks.named(given, self._world.workspace.ids)
        if not content["text"] and not given:
            raise SlackError("no_text")
        if args.get("replace_original") and issued.message_ts is not None:
            self._replace(issued, content)
        else:
            self._post(issued, args, content)

    def _post(self, issued: ResponseUrl, args: dict[str, Any], content: Message) -> None:
        app, workspace = self._world.app, self._world.workspace
        text = content.pop("text")
        more = content | {"bot_id": app.bot_id}
        if args.get("response_type") == "in_channel":
            workspace.post(
                issued.channel,
                user=app.bot_user_id,
                text=text,
                thread_ts=args.get("thread_ts"),
                subtype="bot_message",
                **more,
            )
            return
        if args.get("thread_ts"):
            more["thread_ts"] = args["thread_ts"]
        workspace.whispers.add(issued.channel, user=issued.user, sender=app.bot_user_id, text=text, **more)

    def _replace(self, issued: ResponseUrl, content: Message) -> None:
        assert issued.message_ts is not None
        workspace = self._world.workspace
        if issued.is_ephemeral:
            whisper = workspace.whispers.find(issued.user, issued.message_ts)
            if whisper is None:
                raise SlackError("message_not_found")
            workspace.whispers.replace(whisper, **content)
            return

        def change(message: Message) -> None:
            message.pop("blocks", None)
            message.update(content)

        workspace.change(issued.channel, self._own(issued), change)

    def _delete(self, issued: ResponseUrl) -> None:
        workspace = self._world.workspace
        if issued.is_ephemeral and issued.message_ts is not None:
            whisper = workspace.whispers.find(issued.user, issued.message_ts)
            if whisper is not None:
                workspace.whispers.remove(whisper)
            return
        workspace.delete(issued.channel, self._own(issued))

    def _own(self, issued: ResponseUrl) -> str:
        """The app's message that the interaction came from. Raises SlackError: message_not_found."""
        message = self._world.workspace.message(issued.channel, issued.message_ts or "")
        if message.get("bot_id") != self._world.app.bot_id:
            raise SlackError("message_not_found")
        return str(message["ts"])
