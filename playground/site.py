"""What all teams of one Slack share: ids, the record of calls, the app's address, and codes for tokens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from playground.calls import Call
from playground.errors import SlackError
from playground.ids import Ids
from playground.request_url import RequestUrl

if TYPE_CHECKING:
    from playground.world import World

_CODE_SECONDS = 600.0


@dataclass(slots=True)
class _Code:
    """What a person allowed, until the app comes for its token."""

    world: World
    user: str
    scopes: tuple[str, ...]
    redirect_uri: str
    expires: float
    used: bool = False


@dataclass(slots=True)
class Site:
    now: Callable[[], float]
    ids: Ids = field(default_factory=Ids)
    calls: list[Call] = field(default_factory=list)
    worlds: list[World] = field(default_factory=list)
    """The teams, the first one first."""
    request_url: RequestUrl | None = None
    """Where the app takes its deliveries over HTTP; None: over its sockets."""
    redirect_urls: list[str] = field(default_factory=list)
    revoked: dict[str, str] = field(default_factory=dict)
    """Tokens that served once, with the error that they meet now."""
    _codes: dict[str, _Code] = field(default_factory=dict)

    def by_token(self, token: str) -> World | None:
        """The team that a bot token is of."""
        return next((world for world in self.worlds if token and world.app.bot_token == token), None)

    def by_file(self, file: str) -> World:
        return next((world for world in self.worlds if file in world.files.kept), self.worlds[0])

    def allow(self, world: World, user: str, scopes: tuple[str, ...], redirect_uri: str) -> str:
        """A person says yes: the code that goes to the app."""
        code = f"{self.ids.next('')}.{self.ids.next('')}"
        self._codes[code] = _Code(world, user, scopes, redirect_uri, self.now() + _CODE_SECONDS)
        return code

    def redeem(self, code: str, redirect_uri: str) -> _Code:
        """Raises SlackError: invalid_code, code_already_used, bad_redirect_uri."""
        allowed = self._codes.get(code)
        if allowed is None or self.now() > allowed.expires:
            raise SlackError("invalid_code")
        if allowed.used:
            raise SlackError("code_already_used")
        if redirect_uri and redirect_uri != allowed.redirect_uri:
            raise SlackError("bad_redirect_uri")
        allowed.used = True
        return allowed
