"""The teams that have let us in: how one is found, how it leaves, and when what it left is forgotten."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from bot.clock import Clock
from bot.jobs import Lease

log = logging.getLogger(__name__)

TEAM_JOB = "forget team"
"""The kind of job that removes what is known of a team which has left."""


@dataclass(frozen=True)
class Installation:
    """We are at home in a team."""

    team: str
    name: str
    token: str = field(repr=False)
    """What lets us in there; a secret."""
    me: str
    """Our own user there."""
    bot: str
    """Our own id there, where it is not that of the user."""
    scopes: str = ""
    """What we may do there, with commas between."""


class Registry(Protocol):
    """Where installations are remembered. Methods that take a `Lease` raise `LeaseLost`."""

    async def keep(self, installation: Installation, since: datetime) -> None:
        """A team lets us in, or does so anew: what was to be forgotten of it is not."""

    async def find(self, team: str) -> Installation | None:
        """Where we are at home in that team."""

    async def leave(self, team: str, at: datetime, forget_after: timedelta) -> bool:
        """A team has thrown us out at that second; `False`, and nothing changed, if it let us in later.

        Our token is gone with this, every duel of the team that has not ended is void and its job is due,
        and so is, after that time, the job which forgets the team.
        """

    async def forget(self, lease: Lease) -> None:
        """Remove everything of the team which that job is about, unless it has let us in again since.

        If it does so in the middle of that, whatever is still there stays.
        """


class Teams:
    """The use cases of coming and going."""

    def __init__(
        self, registry: Registry, *, forget_after: timedelta, clock: Clock, wake: Callable[[], None]
    ) -> None:
        self._registry = registry
        self._forget_after = forget_after
        self._clock = clock
        self._wake = wake

    async def join(self, installation: Installation) -> None:
        """A team lets us in."""
        await self._registry.keep(installation, self._clock.now())

    async def leave(self, team: str, at: datetime) -> None:
        """A team has thrown us out. Told twice, or late, it is the same."""
        if await self._registry.leave(team, at, self._forget_after):
            self._wake()

    async def run(self, lease: Lease) -> None:
        """Forget a team."""
        await self._registry.forget(lease)

    async def give_up(self, lease: Lease, why: str) -> None:
        """What is left of it stays, until the team leaves once more."""
        log.error("%s was not carried out, so the team is not forgotten: %s", lease.job.id, why)
