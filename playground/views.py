"""Modals, as a stack for each person, and App Home tabs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from playground.errors import SlackError
from playground.installed import InstalledApp
from playground.workspace import Workspace

View = dict[str, Any]

_STACK = 3
_DEFAULTS: View = {
    "private_metadata": "",
    "callback_id": "",
    "external_id": "",
    "clear_on_close": False,
    "notify_on_close": False,
    "close": None,
    "submit": None,
}


@dataclass(slots=True)
class Views:
    workspace: Workspace
    app: InstalledApp
    stacks: dict[str, list[View]] = field(default_factory=dict)
    homes: dict[str, View] = field(default_factory=dict)

    def open(self, user: str, view: View) -> View:
        """Show a modal to a person; one that is open already gives way."""
        self._unused(view)
        opened = self._complete(view, previous=None)
        self._stack(user, [opened])
        return opened

    def push(self, user: str, view: View) -> View:
        """Raises SlackError: push_limit_reached, duplicate_external_id, not_found."""
        stack = self.stacks.get(user)
        if not stack:
            raise SlackError("not_found")
        if len(stack) >= _STACK:
            raise SlackError("push_limit_reached")
        self._unused(view)
        pushed = self._complete(view, previous=stack[-1])
        self._stack(user, [*stack, pushed])
        return pushed

    def update(
        self, view: View, *, view_id: str | None, external_id: str | None, expected_hash: str | None
    ) -> View:
        """Replace an open view in its place. Raises SlackError: not_found, hash_conflict."""
        user, old = self._find(view_id, external_id)
        if expected_hash is not None and expected_hash != old["hash"]:
            raise SlackError("hash_conflict")
        kept = {key: old[key] for key in ("id", "root_view_id", "previous_view_id", "external_id", "state")}
        fresh = self._complete(view, previous=None) | kept
        if old["type"] == "home":
            self._publish(user, fresh)
        else:
            self._stack(user, [fresh if one is old else one for one in self.stacks[user]])
        return fresh

    def publish(self, user: str, view: View, *, expected_hash: str | None) -> View:
        """Set a person's App Home. Raises SlackError: hash_conflict."""
        old = self.homes.get(user)
        if expected_hash is not None and old is not None and expected_hash != old["hash"]:
            raise SlackError("hash_conflict")
        fresh = self._complete(view, previous=None)
        if old is not None:
            fresh["id"] = fresh["root_view_id"] = old["id"]
        self._publish(user, fresh)
        return fresh

    def seen(self, user: str, view_id: str) -> View:
        """The view that this person has in front of them. Raises SlackError: not_found."""
        owner, view = self._find(view_id, None)
        if owner != user:
            raise SlackError("not_found")
        return view

    def pop(self, user: str) -> None:
        self._stack(user, self.stacks.get(user, [])[:-1])

    def clear(self, user: str) -> None:
        self._stack(user, [])

    def _find(self, view_id: str | None, external_id: str | None) -> tuple[str, View]:
        shown = [(user, view) for user, stack in self.stacks.items() for view in stack]
        for user, view in [*shown, *self.homes.items()]:
            if view["id"] == view_id or (external_id and view["external_id"] == external_id):
                return user, view
        raise SlackError("not_found")

    def _unused(self, view: View) -> None:
        external = view.get("external_id")
        if external and any(
            one["external_id"] == external for stack in self.stacks.values() for one in stack
        ):
            raise SlackError("duplicate_external_id")

    def _complete(self, view: View, *, previous: View | None) -> View:
        view_id = self.workspace.ids.next("V")
        return {
            **_DEFAULTS,
            **view,
            "id": view_id,
            "team_id": self.workspace.team_id,
            "state": {"values": {}},
            "hash": self.workspace.next_ts(),
            "root_view_id": view_id if previous is None else previous["root_view_id"],
            "previous_view_id": None if previous is None else previous["id"],
            "app_id": self.app.app_id,
            "app_installed_team_id": self.workspace.team_id,
            "bot_id": self.app.bot_id,
        }

    def _stack(self, user: str, stack: list[View]) -> None:
        self.stacks[user] = stack
        self.workspace.feed.publish({"kind": "modal", "user": user, "view": stack[-1] if stack else None})

    def _publish(self, user: str, view: View) -> None:
        self.homes[user] = view
        self.workspace.feed.publish({"kind": "home", "user": user, "view": view})
