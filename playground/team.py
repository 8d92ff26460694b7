"""One team, with verbs for what its people do."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from playground.acts import Ack, Acts
from playground.calls import Call
from playground.channel import Message
from playground.files import file_object
from playground.levers import Levers
from playground.world import World

T = TypeVar("T")
_NOTHING: Mapping[str, Any] = {}


class Team:
    """A team of the box. The app is installed in the first one; the others have to let it in."""

    def __init__(self, world: World, acts: Acts, abort: Callable[[tuple[str, int]], None]) -> None:
        self._world = world
        self._acts = acts
        self.levers = Levers(world.site, world.app, world.delivery, world.sockets, abort, self.until)
        world.sockets.hears = self.levers.hears
        self.bot_user_id = world.app.bot_user_id
        self.bot_id = world.app.bot_id
        self.app_id = world.app.app_id
        self.team_id = world.workspace.team_id

    @property
    def bot_token(self) -> str:
        """The token that the team gave the app; empty while it is not installed."""
        return self._world.app.bot_token

    @property
    def answers(self) -> list[dict[str, Any]]:
        """What came with the app's acknowledgements, where something did, in order."""
        return self._world.delivery.answers

    async def uninstall(self) -> None:
        """Throw the app out of the team."""
        self._world.uninstall()

    @property
    def calls(self) -> list[Call]:
        """Every call of this team to the Web API and to response URLs, in order."""
        return [call for call in self._world.calls if call.team == self.team_id]

    def person(self, name: str) -> str:
        """The id of a person by their short name."""
        return {user.name: user.id for user in self._world.workspace.users.values()}[name]

    def channel(self, name: str) -> str:
        """The id of a channel by its name."""
        return {channel.name: channel.id for channel in self._world.workspace.channels.values()}[name]

    def im(self, user_id: str) -> str:
        """The id of the direct messages between a person and the app."""
        return self._world.workspace.im(self.bot_user_id, user_id).id

    def messages(self, channel_id: str) -> list[Message]:
        """A copy of the channel's messages, replies in threads included, oldest first."""
        return copy.deepcopy(list(self._world.workspace.channel(channel_id).messages.values()))

    def file(self, file_id: str) -> bytes:
        """What was uploaded. Raises SlackError: file_not_found."""
        return self._world.files.find(file_id).content or b""

    def ephemerals(self, user_id: str) -> list[Message]:
        """A copy of what only this person sees, each with its `channel`."""
        mine = [one for one in self._world.workspace.whispers.kept if one.user == user_id]
        return [copy.deepcopy(one.message) | {"channel": one.channel} for one in mine]

    def modal(self, user_id: str) -> dict[str, Any] | None:
        """A copy of the view in front of a person, None when there is none."""
        stack = self._world.views.stacks.get(user_id)
        return copy.deepcopy(stack[-1]) if stack else None

    def home_view(self, user_id: str) -> dict[str, Any] | None:
        """A copy of a person's App Home, None before it is published."""
        return copy.deepcopy(self._world.views.homes.get(user_id))

    async def command(
        self, user_id: str, channel_id: str, command: str, text: str = "", *, thread_ts: str | None = None
    ) -> Ack:
        """Type a slash command, and wait for the app's acknowledgement."""
        return await self._acts.command(user_id, channel_id, command, text, thread_ts=thread_ts)

    async def say(self, user_id: str, channel_id: str, text: str, thread_ts: str | None = None) -> str:
        """Post a message as a person; its `ts`."""
        return str(self._acts.say(user_id, channel_id, text, thread_ts=thread_ts)["ts"])

    async def share(
        self,
        user_id: str,
        channel_id: str,
        name: str,
        content: bytes,
        *,
        text: str = "",
        thread_ts: str | None = None,
    ) -> str:
        """Post a message with a file as a person; its `ts`."""
        file = self._world.files.shared(name, content)
        shown = file_object(file, user=user_id, base=self._world.url)
        message = self._acts.say(user_id, channel_id, text, thread_ts=thread_ts, files=[shown])
        return str(message["ts"])

    async def react(self, user_id: str, channel_id: str, ts: str, name: str) -> None:
        self._acts.react(user_id, channel_id, ts, name)

    async def unreact(self, user_id: str, channel_id: str, ts: str, name: str) -> None:
        self._acts.react(user_id, channel_id, ts, name, on=False)

    async def click(self, user_id: str, channel_id: str, ts: str, action_id: str, **put_in: Any) -> Ack:
        """Click a button of a message, or use another element (`selected_option=…` and the like)."""
        return await self._acts.click(user_id, channel_id, ts, {"action_id": action_id, **put_in})

    async def click_in_view(
        self, user_id: str, view_id: str, action_id: str, values: Mapping[str, Any] = _NOTHING, **put_in: Any
    ) -> Ack:
        return await self._acts.click_in_view(
            user_id, view_id, {"action_id": action_id, **put_in}, dict(values)
        )

    async def submit(self, user_id: str, view_id: str, values: Mapping[str, Any] = _NOTHING) -> Ack:
        """Submit a modal with `values`, in the shape of Slack's view.state.values."""
        return await self._acts.submit(user_id, view_id, dict(values))

    async def close_view(self, user_id: str, view_id: str) -> Ack:
        return await self._acts.close(user_id, view_id)

    async def shortcut(
        self, user_id: str, callback_id: str, channel_id: str | None = None, ts: str | None = None
    ) -> Ack:
        """Use a shortcut, on a message when `ts` names one."""
        return await self._acts.shortcut(user_id, callback_id, channel_id=channel_id, ts=ts)

    async def open_home(self, user_id: str) -> None:
        self._acts.home(user_id)

    async def become_bot(self, user_id: str) -> None:
        """From now on this is another app's bot."""
        self._world.workspace.become_bot(user_id)

    async def join(self, user_id: str, channel_id: str) -> None:
        self._world.workspace.join(channel_id, user_id)

    async def leave(self, user_id: str, channel_id: str) -> None:
        self._world.workspace.leave(channel_id, user_id)

    async def archive(self, channel_id: str) -> None:
        self._world.workspace.archive(channel_id)

    async def speak(self, user_id: str, locale: str) -> None:
        """From now on this person uses Slack in another language, e.g. `de-DE`."""
        self._world.workspace.user(user_id).locale = locale

    async def become_guest(self, user_id: str) -> None:
        """From now on this is a guest of the workspace."""
        self._world.workspace.user(user_id).is_guest = True

    async def become_stranger(self, user_id: str, team: str = "T0STRANGE", *, visible: bool = True) -> None:
        """From now on this is somebody of another workspace, in channels that both share.

        One who is not visible is met there, but the app is told nothing of them.
        """
        user = self._world.workspace.user(user_id)
        user.team, user.is_visible = team, visible

    async def add_group(self, members: Sequence[str]) -> str:
        """A new user group; its id."""
        group = self._world.workspace.ids.next("S")
        self._world.workspace.groups[group] = list(members)
        return group

    async def add_channel(
        self, name: str, *, members: Sequence[str] = (), private: bool = False, creator: str = ""
    ) -> str:
        """A new channel, with the bot in it only when it is among the members; its id."""
        kind = "group" if private else "channel"
        workspace = self._world.workspace
        return workspace.add_channel(name, kind=kind, members=list(members), creator=creator).id

    async def delete_message(self, channel_id: str, ts: str) -> None:
        """Delete a message as an administrator may, whoever wrote it."""
        self._world.workspace.delete(channel_id, ts)

    async def until(self, predicate: Callable[[], T], *, timeout: float = 10.0) -> T:
        """The first truthy value of `predicate`, which is asked again after each change, never by the clock.

        Raises:
            AssertionError: `timeout` seconds went by first; it shows the channels and the last calls.
        """

        def now() -> T:
            self._world.delivery.hurry()
            return predicate()

        try:
            return await self._world.workspace.feed.until(now, timeout=timeout)
        except TimeoutError:
            raise AssertionError(f"did not come true in {timeout:g} s\n{self._dump()}") from None

    def _dump(self) -> str:
        lines = []
        for channel in self._world.workspace.channels.values():
            lines += [f"#{channel.name or channel.id}"] if channel.messages else []
            lines += [f"  {_line(message)}" for message in channel.messages.values()]
        lines += [
            f"ephemeral to {one.user}: {_line(one.message)}" for one in self._world.workspace.whispers.kept
        ]
        lines += [
            f"call {call.method} -> {(call.response or {}).get('error', 'ok')}" for call in self.calls[-20:]
        ]
        return "\n".join(lines)


def _line(message: Message) -> str:
    reactions = " ".join(f":{one['name']}:{one['count']}" for one in message.get("reactions", []))
    thread = "  ↳ " if message.get("thread_ts", message["ts"]) != message["ts"] else ""
    said = f"{message.get('user')}: {message.get('text', '')[:200]!r}"
    return f"{thread}{message['ts']} {said} {reactions}".rstrip()
