"""The people and channels that a fresh workspace has."""

from __future__ import annotations

from playground.installed import InstalledApp
from playground.workspace import User, Workspace

_PEOPLE = (
    ("ana", "Ana Silva", "#b5446e"),
    ("ben", "Ben Okafor", "#2f7d5b"),
    ("chloe", "Chloé Martin", "#8a6d1b"),
    ("dev", "Dev Patel", "#3f62b5"),
)


def settle(workspace: Workspace, app: InstalledApp) -> None:
    """The app's bot comes to live in the team; in no channel yet."""
    name = app.manifest.name.lower().replace(" ", "_")
    bot = User(app.bot_user_id, name, app.manifest.name, "#1f2937", is_bot=True)
    workspace.users.setdefault(app.bot_user_id, bot)


def plant(workspace: Workspace, app: InstalledApp, *, people: bool, installed: bool = True) -> None:
    """The bot, #general (it is in it), #random (it is not); with `people` four persons and their DMs.

    The first of them runs the workspace.
    """
    if installed:
        settle(workspace, app)
    general = workspace.add_channel("general", members=[app.bot_user_id] if installed else [])
    random = workspace.add_channel("random")
    if not people:
        return
    for name, real_name, color in _PEOPLE:
        user = User(workspace.ids.next("U"), name, real_name, color, is_admin=name == "ana")
        workspace.users[user.id] = user
        general.members.append(user.id)
        random.members.append(user.id)
        workspace.im(app.bot_user_id, user.id)
