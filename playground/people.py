"""The page's own interface: the whole state, the stream of its changes, and what people do."""

from __future__ import annotations

import copy
import json
from base64 import b64decode
from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from playground.acts import Ack, Acts
from playground.channel import page_channel
from playground.emoji import GLYPHS
from playground.errors import PersonError, SlackError
from playground.files import file_object
from playground.world import World

Asked = dict[str, Any]

_HEARTBEAT = 15.0
_SENTENCES = {
    "already_reacted": "You have reacted with this already.",
    "no_reaction": "You have not reacted with this.",
    "invalid_name": "There is no such emoji here.",
    "message_not_found": "That message is gone.",
    "channel_not_found": "There is no such channel.",
    "thread_not_found": "That thread is gone.",
    "user_not_found": "There is no such person.",
    "not_found": "That window is closed already.",
}
_ADDRESS = frozenset({"as", "do", "channel", "ts", "view_id", "values"})
"""The fields of an action that say where it is, not what was put in."""


class People:
    def __init__(self, world: World, acts: Acts) -> None:
        self._world = world
        self._acts = acts

    async def state(self, _request: Request) -> Response:
        return JSONResponse(self.snapshot())

    async def stream(self, _request: Request) -> Response:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(self._events(), media_type="text/event-stream", headers=headers)

    async def act(self, request: Request) -> Response:
        """Do what a person asks; a refusal comes as HTTP 200 with a sentence for them.

        Only JSON is taken: another site's page cannot send that here without being let in.
        """
        if not request.headers.get("content-type", "").startswith("application/json"):
            return JSONResponse({"ok": False, "error": "Send JSON."}, status_code=415)
        asked = await request.json()
        try:
            return JSONResponse({"ok": True, **await self._do(asked)})
        except PersonError as refusal:
            return JSONResponse({"ok": False, "error": str(refusal)})
        except SlackError as refusal:
            return JSONResponse({"ok": False, "error": _SENTENCES.get(refusal.code, refusal.code)})
        except KeyError as missing:
            return JSONResponse({"ok": False, "error": f"The request lacks {missing}."}, status_code=400)

    def snapshot(self) -> dict[str, Any]:
        """Everything that the page shows."""
        world, workspace = self._world, self._world.workspace
        people = [user.id for user in workspace.users.values() if not user.is_bot]
        return copy.deepcopy(
            {
                "team": {"id": workspace.team_id, "name": workspace.team_name},
                "me_default": people[0] if people else world.app.bot_user_id,
                "apps": [self._app()],
                "builtin_commands": [
                    {
                        "command": "/invite",
                        "description": "Add someone to this channel",
                        "usage_hint": "@name",
                    }
                ],
                "users": [
                    {
                        "id": user.id,
                        "name": user.name,
                        "real_name": user.real_name,
                        "is_bot": user.is_bot,
                        "color": user.color,
                        "initials": "".join(word[0] for word in user.real_name.split()[:2]).upper(),
                    }
                    for user in workspace.users.values()
                ],
                "channels": [page_channel(channel) for channel in workspace.channels.values()],
                "messages": {
                    channel.id: list(channel.messages.values()) for channel in workspace.channels.values()
                },
                "ephemerals": [
                    {"channel": one.channel, "user": one.user, "message": one.message}
                    for one in workspace.whispers.kept
                ],
                "modals": {user: stack[-1] for user, stack in world.views.stacks.items() if stack},
                "homes": world.views.homes,
                "connected": bool(world.delivery.connections),
                "emoji": GLYPHS,
            }
        )

    def _app(self) -> dict[str, Any]:
        app = self._world.app
        return {
            "id": app.app_id,
            "name": app.manifest.name,
            "bot_user_id": app.bot_user_id,
            "description": app.manifest.description,
            "commands": [
                {"command": one.command, "description": one.description, "usage_hint": one.usage_hint}
                for one in app.manifest.commands
            ],
            "shortcuts": [
                {
                    "type": one.kind,
                    "callback_id": one.callback_id,
                    "name": one.name,
                    "description": one.description,
                }
                for one in app.manifest.shortcuts
            ],
            "home_tab": app.manifest.home_tab,
        }

    async def _events(self) -> AsyncIterator[str]:
        yield ": hello\n\n"
        async for change in self._world.workspace.feed.stream(heartbeat=_HEARTBEAT):
            yield ": still here\n\n" if change is None else f"data: {json.dumps(change)}\n\n"

    async def _do(self, asked: Asked) -> Asked:
        doing = {
            "message": self._message,
            "command": self._command,
            "react": self._react,
            "unreact": self._react,
            "action": self._action,
            "submit": self._submit,
            "close": self._close,
            "shortcut": self._shortcut,
            "home": self._home,
            "delete": self._delete,
        }
        if asked["do"] not in doing:
            raise PersonError(f"Nobody can do “{asked['do']}” here.")
        return await doing[asked["do"]](asked["as"], asked)

    async def _message(self, who: str, asked: Asked) -> Asked:
        text = asked["text"]
        if text.startswith("/"):
            command, _, rest = text.partition(" ")
            return await self._command(who, asked | {"command": command, "text": rest})
        files = [self._uploaded(who, asked["file"])] if "file" in asked else []
        said = self._acts.say(who, asked["channel"], text, thread_ts=asked.get("thread_ts"), files=files)
        return {"ts": said["ts"]}

    def _uploaded(self, who: str, file: Asked) -> Asked:
        """A file from somebody's machine: its name, and its bytes in base64."""
        kept = self._world.files.shared(file["name"], b64decode(file["content"]))
        return file_object(kept, user=who, base=self._world.url)

    async def _command(self, who: str, asked: Asked) -> Asked:
        thread = asked.get("thread_ts")
        return _shown(
            await self._acts.command(who, asked["channel"], asked["command"], asked["text"], thread_ts=thread)
        )

    async def _react(self, who: str, asked: Asked) -> Asked:
        self._acts.react(who, asked["channel"], asked["ts"], asked["name"], on=asked["do"] == "react")
        return {}

    async def _action(self, who: str, asked: Asked) -> Asked:
        put_in = {key: value for key, value in asked.items() if key not in _ADDRESS}
        values = asked.get("values", {})
        if "view_id" in asked:
            return _shown(await self._acts.click_in_view(who, asked["view_id"], put_in, values))
        return _shown(await self._acts.click(who, asked["channel"], asked["ts"], put_in, values))

    async def _submit(self, who: str, asked: Asked) -> Asked:
        ack = await self._acts.submit(who, asked["view_id"], asked["values"])
        faults = {key: ack.payload[key] for key in ("response_action", "errors") if "errors" in ack.payload}
        return _shown(ack) | faults

    async def _close(self, who: str, asked: Asked) -> Asked:
        return _shown(await self._acts.close(who, asked["view_id"]))

    async def _shortcut(self, who: str, asked: Asked) -> Asked:
        channel, ts = asked.get("channel"), asked.get("ts")
        return _shown(await self._acts.shortcut(who, asked["callback_id"], channel_id=channel, ts=ts))

    async def _home(self, who: str, _asked: Asked) -> Asked:
        self._acts.home(who)
        return {}

    async def _delete(self, who: str, asked: Asked) -> Asked:
        self._acts.delete(who, asked["channel"], asked["ts"])
        return {}


def _shown(ack: Ack) -> dict[str, Any]:
    """Nothing more to say when the app acknowledged; else what Slack tells the person."""
    if not ack.ok:
        raise PersonError(ack.text)
    return {}
