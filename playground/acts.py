"""What a person does in Slack: they type, react, click, submit; the app is asked, and its answer is shown."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from playground import composer, events, interactions
from playground.blocks import check_message, check_view, named
from playground.channel import Channel, Message
from playground.errors import DeliveryError, NotConnected, NotTaken, PersonError, SlackError
from playground.workspace import User
from playground.world import World

_TIMED_OUT = "Operation timed out. Apps need to respond within 3 seconds."
_TROUBLE = "We had some trouble connecting. Try again?"


@dataclass(frozen=True, slots=True)
class Ack:
    """How the app took it: whether it acknowledged, what the person reads, what came with the ack."""

    ok: bool
    text: str
    payload: dict[str, Any]


class Acts:
    def __init__(self, world: World) -> None:
        self._world = world
        self._workspace = world.workspace

    def say(
        self,
        user_id: str,
        channel_id: str,
        text: str,
        *,
        thread_ts: str | None = None,
        files: Sequence[dict[str, Any]] = (),
    ) -> Message:
        """Post a message, with files or without. Raises PersonError, SlackError."""
        user, channel = self._in(user_id, channel_id)
        if not (text.strip() or files):
            raise PersonError("There is nothing to send.")
        written = composer.written(self._workspace, text)
        more: dict[str, Any] = {"client_msg_id": self._workspace.ids.next("").lower()}
        if files:
            more |= {"subtype": "file_share", "files": list(files)}
        message = self._workspace.post(channel.id, user=user.id, text=written, thread_ts=thread_ts, **more)
        bot = self._world.app.bot_user_id
        if f"<@{bot}>" in written and bot in channel.members and channel.kind != "im":
            self._world.delivery.event(events.app_mention(message, channel=channel.id))
        return message

    async def command(
        self, user_id: str, channel_id: str, command: str, text: str, *, thread_ts: str | None = None
    ) -> Ack:
        """Run a slash command and show what the app answers. Raises PersonError, SlackError."""
        user, channel = self._in(user_id, channel_id)
        known = self._world.app.command(command)
        if known is None and command != "/invite":
            raise PersonError(
                f"{command} is not a valid command. In Slack, all messages that start with the “/” "
                "character are interpreted as slash commands."
            )
        if thread_ts is not None:
            raise PersonError(f"{command} is not supported in threads. Sorry!")
        if known is None:
            return self._invite(user, channel, text)
        written = html.escape(text.strip(), quote=False)
        if known.should_escape:
            written = composer.mentions(self._workspace, written, labelled=True)
        payload = interactions.slash_command(
            self._world, user=user, channel=channel, command=command, text=written
        )
        try:
            answer = await self._world.delivery.ask("slash_commands", payload)
        except DeliveryError as failure:
            cause = "dispatch_failed" if isinstance(failure, NotConnected | NotTaken) else "operation_timeout"
            return Ack(ok=False, text=_failed(command, cause), payload={})
        return self._answered(command, channel, user, answer)

    def react(self, user_id: str, channel_id: str, ts: str, name: str, *, on: bool = True) -> None:
        """Add a reaction, or take it back. Raises PersonError, SlackError."""
        user, channel = self._in(user_id, channel_id)
        change = self._workspace.react if on else self._workspace.unreact
        change(channel.id, ts, user=user.id, name=name)

    async def click(
        self, user_id: str, channel_id: str, ts: str, asked: dict[str, Any], values: Any = None
    ) -> Ack:
        """Act on an element of a message, an ephemeral one included. Raises PersonError, SlackError."""
        user, channel = self._in(user_id, channel_id)
        whisper = self._workspace.whispers.find(user.id, ts)
        message = self._workspace.message(channel.id, ts) if whisper is None else whisper.message
        payload = interactions.message_action(
            self._world,
            user=user,
            channel=channel,
            message=message,
            is_ephemeral=whisper is not None,
            action=interactions.action(self._world, message.get("blocks", []), asked),
            values=values or {},
        )
        return await self._interact(payload, _TIMED_OUT)

    async def click_in_view(
        self, user_id: str, view_id: str, asked: dict[str, Any], values: Any = None
    ) -> Ack:
        user = self._workspace.user(user_id)
        view = self._world.views.seen(user.id, view_id)
        action = interactions.action(self._world, view["blocks"], asked)
        payload = interactions.view_action(
            self._world, user=user, view=view, action=action, values=values or {}
        )
        return await self._interact(payload, _TIMED_OUT)

    async def submit(self, user_id: str, view_id: str, values: dict[str, Any]) -> Ack:
        """Submit a modal; it closes, changes, or shows errors, as the app answers.

        Raises:
            PersonError: the answer cannot be used, as Slack would tell the person.
        """
        user = self._workspace.user(user_id)
        view = self._world.views.seen(user.id, view_id)
        payload = interactions.view_submission(self._world, user=user, view=view, values=values)
        ack = await self._interact(payload, _TROUBLE)
        if not ack.ok:
            return ack
        try:
            self._respond(user, view, ack.payload)
        except SlackError as refusal:
            raise PersonError(_TROUBLE) from refusal
        return ack

    async def close(self, user_id: str, view_id: str) -> Ack:
        """Close a modal; the app hears of it when it asked to."""
        user = self._workspace.user(user_id)
        view = self._world.views.seen(user.id, view_id)
        if view["clear_on_close"]:
            self._world.views.clear(user.id)
        else:
            self._world.views.pop(user.id)
        if not view["notify_on_close"]:
            return Ack(ok=True, text="", payload={})
        payload = interactions.view_closed(
            self._world, user=user, view=view, is_cleared=view["clear_on_close"]
        )
        return await self._interact(payload, _TROUBLE)

    async def shortcut(
        self, user_id: str, callback_id: str, *, channel_id: str | None = None, ts: str | None = None
    ) -> Ack:
        """Use a shortcut of the app, on a message when `ts` names one."""
        user = self._workspace.user(user_id)
        kind = "global" if ts is None else "message"
        if (kind, callback_id) not in {
            (one.kind, one.callback_id) for one in self._world.app.manifest.shortcuts
        }:
            raise PersonError("The app has no such shortcut.")
        if channel_id is None or ts is None:
            payload = interactions.global_shortcut(self._world, user=user, callback_id=callback_id)
        else:
            channel = self._workspace.channel(channel_id)
            message = self._workspace.message(channel_id, ts)
            payload = interactions.message_shortcut(
                self._world, user=user, channel=channel, message=message, callback_id=callback_id
            )
        return await self._interact(payload, _TIMED_OUT)

    def home(self, user_id: str) -> None:
        """Open the app's home."""
        user = self._workspace.user(user_id)
        im = self._workspace.im(self._world.app.bot_user_id, user.id)
        view = self._world.views.homes.get(user.id)
        at = self._workspace.next_ts()
        self._world.delivery.event(events.home_opened(user=user.id, channel=im.id, at=at, view=view))

    def delete(self, user_id: str, channel_id: str, ts: str) -> None:
        """Delete a message of one's own."""
        user, channel = self._in(user_id, channel_id)
        whisper = self._workspace.whispers.find(user.id, ts)
        if whisper is not None:
            self._workspace.whispers.remove(whisper)
            return
        if self._workspace.message(channel.id, ts)["user"] != user.id:
            raise PersonError("You can delete only your own messages.")
        self._workspace.delete(channel.id, ts)

    async def _interact(self, payload: dict[str, Any], failure: str) -> Ack:
        try:
            answer = await self._world.delivery.ask("interactive", payload)
        except DeliveryError:
            return Ack(ok=False, text=failure, payload={})
        return Ack(ok=True, text="", payload=answer)

    def _in(self, user_id: str, channel_id: str) -> tuple[User, Channel]:
        user, channel = self._workspace.user(user_id), self._workspace.channel(channel_id)
        if channel.is_archived:
            raise PersonError("This channel has been archived.")
        if user.id not in channel.members:
            raise PersonError(f"Join #{channel.name} first.")
        return user, channel

    def _invite(self, user: User, channel: Channel, text: str) -> Ack:
        wanted = text.strip().removeprefix("@").lower()
        found = [
            one
            for one in self._workspace.users.values()
            if wanted in (one.name.lower(), one.real_name.lower())
        ]
        if not found or channel.kind == "im":
            raise PersonError(f"Nobody here is called “{text.strip()}”. Try /invite @name.")
        if not self._workspace.join(channel.id, found[0].id, inviter=user.id):
            raise PersonError(f"{found[0].real_name} is already in this channel.")
        return Ack(ok=True, text="", payload={})

    def _answered(self, command: str, channel: Channel, user: User, answer: dict[str, Any]) -> Ack:
        """Show the body of a slash command's acknowledgement: to its person alone, or to the channel."""
        text, given = str(answer.get("text") or ""), answer.get("blocks")
        if not (text or given):
            return Ack(ok=True, text="", payload=answer)
        more: dict[str, Any] = {"bot_id": self._world.app.bot_id}
        if given:
            try:
                check_message(given)
            except SlackError:
                return Ack(ok=False, text=_failed(command, "dispatch_unknown_error"), payload=answer)
            more["blocks"] = named(given, self._workspace.ids)
        bot = self._world.app.bot_user_id
        if answer.get("response_type") == "in_channel":
            self._workspace.post(channel.id, user=bot, text=text, subtype="bot_message", **more)
        else:
            self._workspace.whispers.add(channel.id, user=user.id, sender=bot, text=text, **more)
        return Ack(ok=True, text=text, payload=answer)

    def _respond(self, user: User, view: dict[str, Any], answer: dict[str, Any]) -> None:
        views = self._world.views
        match answer.get("response_action"):
            case None:
                views.pop(user.id)
            case "clear":
                views.clear(user.id)
            case "update":
                views.update(self._checked(answer), view_id=view["id"], external_id=None, expected_hash=None)
            case "push":
                views.push(user.id, self._checked(answer))
            case "errors":
                inputs = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
                if not answer.get("errors") or not set(answer["errors"]) <= inputs:
                    raise PersonError(_TROUBLE)
            case _:
                raise PersonError(_TROUBLE)

    def _checked(self, answer: dict[str, Any]) -> dict[str, Any]:
        view = answer.get("view")
        check_view(view)
        assert isinstance(view, dict)
        return {**view, "blocks": named(view["blocks"], self._workspace.ids)}


def _failed(command: str, cause: str) -> str:
    return f'{command} failed with the error "{cause}"'
