"""`app_uninstalled` and `tokens_revoked`: a workspace has thrown us out."""

from datetime import UTC, datetime
from typing import Any

from bot.teams import Teams
from handlers.workspaces import Workspaces


async def left(
    event: dict[str, Any], body: dict[str, Any], *, teams: Teams | None, workspaces: Workspaces
) -> None:
    """Written down, and acknowledged. Without `teams` there is one workspace, whose token is a setting."""
    if teams is None or (event["type"] == "tokens_revoked" and not event["tokens"].get("bot")):
        return
    await teams.leave(body["team_id"], datetime.fromtimestamp(body["event_time"], UTC))
    workspaces.removed(body["team_id"])
