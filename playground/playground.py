"""Playground: a whole Slack on a loopback port, with one team or more in it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from playground.acts import Acts
from playground.calls import Call
from playground.delivery import RETRY_DELAYS
from playground.manifest import Manifest
from playground.oauth import Consent
from playground.people import People
from playground.responses import Responses
from playground.routes import routes
from playground.server import Server
from playground.site import Site
from playground.team import Team
from playground.web_api import WebApi
from playground.world import World


class Playground(Team):
    """A Slack in a box, listening from `start` to `stop` (or inside `async with`).

    `now` is the workspace's clock, in seconds since the epoch; `ack_timeout` and `retry_delays` are seconds
    of real time; `posts_per_second` is the limit on chat.postMessage in each channel, None for no limit.
    """

    def __init__(
        self,
        manifest: Mapping[str, Any],
        *,
        seed_people: bool = True,
        host: str = "127.0.0.1",
        port: int = 0,
        now: Callable[[], float] = time.time,
        posts_per_second: float | None = None,
        ack_timeout: float = 3.0,
        retry_delays: Sequence[float] = RETRY_DELAYS,
    ) -> None:
        site = Site(now)
        world = World(
            Manifest.read(manifest),
            site=site,
            seed_people=seed_people,
            posts_per_second=posts_per_second,
            ack_timeout=ack_timeout,
            retry_delays=retry_delays,
        )
        super().__init__(world, Acts(world), self._abort)
        self._server: Server
        self._api = WebApi(site)
        self._api.levers[self.team_id] = self.levers
        site.redirect_urls += manifest.get("oauth_config", {}).get("redirect_urls", [])
        app = routes(
            world,
            api=self._api,
            responses=Responses(site, self._api),
            people=People(world, self._acts),
            consent=Consent(site),
            abort=self._abort,
            host=host,
        )
        self._server = Server(app, host=host, port=port)
        self.url = ""
        self.api_url = ""
        self.app_token = world.app.app_token
        self.signing_secret = world.app.signing_secret
        self.client_id = world.app.client_id
        self.client_secret = world.app.client_secret

    async def start(self) -> None:
        """Listen. Raises OSError when the port is taken."""
        self.url = await self._server.start()
        self.api_url = f"{self.url}/api/"
        self._world.listening(self.url)

    async def stop(self) -> None:
        site = self._world.site
        for world in site.worlds:
            world.workspace.feed.close()
            await world.sockets.drop(reason=None)
            await world.delivery.close()
        if site.request_url is not None:
            await site.request_url.close()
        await self._server.stop()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    @property
    def calls(self) -> list[Call]:
        """Every call to the Web API and to response URLs, in order, of all teams."""
        return self._world.calls

    async def add_team(self, name: str, *, seed_people: bool = True) -> Team:
        """Another team, with people and channels of its own, in which the app is not installed."""
        first = self._world
        there = World(
            first.app.manifest,
            site=first.site,
            name=name,
            seed_people=seed_people,
            ack_timeout=first.delivery.ack_timeout,
            retry_delays=first.delivery.retry_delays,
        )
        there.listening(self.url)
        team = Team(there, Acts(there), self._abort)
        self._api.levers[team.team_id] = team.levers
        return team

    @property
    def is_connected(self) -> bool:
        """Whether an app socket is connected."""
        return bool(self._world.delivery.connections)

    async def connected(self, sockets: int = 1, *, timeout: float = 10.0) -> None:
        """Wait until the app has that many sockets connected."""
        await self.until(lambda: len(self._world.delivery.connections) >= sockets, timeout=timeout)

    def _abort(self, peer: tuple[str, int]) -> None:
        self._server.abort(peer)
