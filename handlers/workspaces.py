"""The workspaces that we are installed in: which token opens which, and the Web API of each."""

from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.context.async_context import AsyncBoltContext

from bot.clock import Clock
from bot.errors import StageGone
from bot.teams import Installation
from bot.words import noted
from handlers.posting import Slack

KEPT_S = 30.0
"""Seconds after which a workspace is looked up anew: another process may have heard that we were removed."""
NOT_INSTALLED = (
    "Duel is not installed here any more. Ask whoever looks after this workspace's apps to add it again."
)


class Workspaces:
    """One workspace, or as many as there are."""

    def __init__(
        self,
        find: Callable[[str], Awaitable[Installation | None]],
        slack: Callable[[str], Slack],
        *,
        clock: Clock,
    ) -> None:
        """`find` looks a workspace up by its id; `slack` makes the Web API for a token."""
        self._look_up = find
        self._make = slack
        self._clock = clock
        self._known: dict[str, tuple[float, Installation, Slack]] = {}

    async def find(self, team: str) -> Installation | None:
        """Where we are installed in that workspace."""
        known = self._known.get(team)
        if known is not None and self._clock.monotonic() - known[0] < KEPT_S:
            return known[1]
        found = await self._look_up(team)
        if found is None:
            self._known.pop(team, None)
            return None
        slack = known[2] if known is not None and known[1].token == found.token else self._make(found.token)
        self._known[team] = (self._clock.monotonic(), found, slack)
        return found

    async def slack(self, team: str) -> Slack:
        """The Web API there. Raises `StageGone` where we are not installed any more."""
        if await self.find(team) is None:
            raise StageGone(noted("Duel was removed from this workspace."))
        return self._known[team][2]

    def removed(self, team: str) -> None:
        """We have just been told that we are not installed there any more."""
        self._known.pop(team, None)


def whose(context: AsyncBoltContext) -> str:
    """The workspace that an event reached us through.

    Its own `team_id` is another one where the channel is shared and that other one has made it.
    """
    assert context.team_id is not None
    return context.team_id


class Authorize(AsyncAuthorize):
    """How Bolt finds out whose request it has: from here, for it asks for each."""

    def __init__(self, workspaces: Workspaces) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # slack-bolt leaves it bare
        self._workspaces = workspaces

    async def __call__(self, *, team_id: str | None, **_: Any) -> AuthorizeResult | None:
        found = await self._workspaces.find(team_id or "")
        if found is None:
            return None
        return AuthorizeResult(
            enterprise_id=None,
            team_id=found.team,
            bot_token=found.token,
            bot_id=found.bot,
            bot_user_id=found.me,
        )
