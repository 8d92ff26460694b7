"""api.test, auth.test, apps.connections.open, bots.info."""

from __future__ import annotations

from playground.errors import SlackError
from playground.methods.method import Answer, Args, method
from playground.world import World


@method("api.test", takes="none")
def api_test(_world: World, args: Args) -> Answer:
    if error := args.text("error"):
        raise SlackError(error, args=dict(args))
    return {"args": dict(args)}


@method("auth.test")
def auth_test(world: World, _args: Args) -> Answer:
    bot = world.workspace.user(world.app.bot_user_id)
    return {
        "url": f"{world.url}/",
        "team": world.workspace.team_name,
        "user": bot.name,
        "team_id": world.workspace.team_id,
        "user_id": bot.id,
        "bot_id": world.app.bot_id,
        "is_enterprise_install": False,
    }


@method("apps.connections.open", takes="app")
def connections_open(world: World, _args: Args) -> Answer:
    address = world.url.replace("http", "ws", 1)
    return {"url": f"{address}/link/?ticket={world.sockets.ticket()}&app_id={world.app.app_id}"}


@method("bots.info", "users:read")
def bots_info(world: World, args: Args) -> Answer:
    if args.text("bot", world.app.bot_id) != world.app.bot_id:
        raise SlackError("bot_not_found")
    return {
        "bot": {
            "id": world.app.bot_id,
            "deleted": False,
            "name": world.app.manifest.name,
            "updated": 0,
            "app_id": world.app.app_id,
            "user_id": world.app.bot_user_id,
            "icons": {},
        }
    }
