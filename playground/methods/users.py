"""users.* and usergroups.users.*"""

from __future__ import annotations

from typing import Any

from playground.errors import SlackError
from playground.methods.method import Answer, Args, method, page
from playground.workspace import User
from playground.world import World


def user_object(world: World, user: User) -> dict[str, Any]:
    """Slack's user object, of the fields that apps read."""
    profile = {
        "real_name": user.real_name,
        "real_name_normalized": user.real_name,
        "display_name": user.name,
        "display_name_normalized": user.name,
        "team": world.workspace.team_id,
    }
    if user.is_bot:
        profile |= {"bot_id": world.app.bot_id, "api_app_id": world.app.app_id}
    return {
        "id": user.id,
        "team_id": user.team or world.workspace.team_id,
        "name": user.name,
        "deleted": False,
        "color": user.color.lstrip("#"),
        "real_name": user.real_name,
        "tz": "Etc/UTC",
        "tz_label": "Coordinated Universal Time",
        "tz_offset": 0,
        "profile": profile,
        "is_admin": user.is_admin,
        "is_owner": user.is_admin,
        "is_restricted": user.is_guest,
        "is_ultra_restricted": False,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": 0,
    }


@method("users.info", "users:read")
def info(world: World, args: Args) -> Answer:
    user = world.workspace.user(args.need("user"))
    if not user.is_visible:
        raise SlackError("user_not_visible")
    shown = user_object(world, user)
    return {"user": shown | {"locale": user.locale} if args.flag("include_locale") else shown}


@method("users.list", "users:read")
def list_all(world: World, args: Args) -> Answer:
    everyone = [user_object(world, user) for user in world.workspace.users.values()]
    shown, metadata = page(everyone, args, default=1000)
    return {"members": shown, "cache_ts": int(world.now()), "response_metadata": metadata}


@method("usergroups.users.list", "usergroups:read")
def of_group(world: World, args: Args) -> Answer:
    group = args.need("usergroup")
    if group not in world.workspace.groups:
        raise SlackError("no_such_subteam")
    return {"users": list(world.workspace.groups[group])}
