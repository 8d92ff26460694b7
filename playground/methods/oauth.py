"""oauth.v2.access, auth.revoke."""

from __future__ import annotations

from playground.errors import SlackError
from playground.methods.method import Answer, Args, method
from playground.world import World


@method("oauth.v2.access", takes="none")
def access(world: World, args: Args) -> Answer:
    app = world.app
    if args.text("client_id") != app.client_id:
        raise SlackError("invalid_client_id")
    if args.text("client_secret") != app.client_secret:
        raise SlackError("bad_client_secret")
    allowed = world.site.redeem(args.text("code"), args.text("redirect_uri"))
    there = allowed.world
    there.install(allowed.scopes)
    return {
        "app_id": app.app_id,
        "authed_user": {"id": allowed.user},
        "scope": there.app.provided,
        "token_type": "bot",
        "access_token": there.app.bot_token,
        "bot_user_id": there.app.bot_user_id,
        "team": {"id": there.workspace.team_id, "name": there.workspace.team_name},
        "enterprise": None,
        "is_enterprise_install": False,
    }


@method("auth.revoke")
def revoke(world: World, args: Args) -> Answer:
    if not args.flag("test"):
        world.uninstall("token_revoked")
    return {"revoked": not args.flag("test")}
