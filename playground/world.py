"""Everything that one team of the box holds, put together once."""

from __future__ import annotations

from collections.abc import Sequence

from playground import seed
from playground.delivery import RETRY_DELAYS, Delivery
from playground.events import Event, tokens_revoked, uninstalled
from playground.files import Files
from playground.installed import InstalledApp
from playground.limits import PostLimit
from playground.manifest import Manifest
from playground.site import Site
from playground.socket_mode import SocketMode
from playground.tickets import ResponseUrls, Triggers
from playground.views import Views
from playground.workspace import Workspace


class World:
    """The workspace, the app installed in it, and what passes between the two."""

    def __init__(
        self,
        manifest: Manifest,
        *,
        site: Site,
        name: str = "Playground",
        seed_people: bool = True,
        posts_per_second: float | None = None,
        ack_timeout: float = 3.0,
        retry_delays: Sequence[float] = RETRY_DELAYS,
    ) -> None:
        now = self.now = site.now
        self.site = site
        self.workspace = Workspace(site.ids, name=name, now=now, emit=self._emit)
        ids, team_id = site.ids, self.workspace.team_id
        first = not site.worlds
        self.app: InstalledApp = (
            InstalledApp.install(manifest, ids, team_id=team_id)
            if first
            else site.worlds[0].app.elsewhere(ids, team_id=team_id)
        )
        self.delivery = Delivery(self.app, ids, self.workspace.feed, now, ack_timeout, retry_delays)
        self.delivery.http = site.request_url
        self.sockets = SocketMode(self.delivery)
        self.triggers = Triggers(ids, now)
        self.responses = ResponseUrls(ids, now)
        self.views = Views(self.workspace, self.app)
        self.files = Files(ids, now)
        self.post_limit = PostLimit(now, posts_per_second)
        self.calls = site.calls
        self.url = ""
        site.worlds.append(self)
        self._seeding = True
        seed.plant(self.workspace, self.app, people=seed_people, installed=first)
        self._seeding = False

    def install(self, scopes: Sequence[str]) -> None:
        """The team lets the app in, with these scopes; a team that had done so keeps its token."""
        app = self.app
        app.granted |= set(scopes)
        if not app.bot_token:
            app.bot_token = f"xoxb-playground-{self.workspace.ids.next('')}"
            seed.settle(self.workspace, app)

    def uninstall(self, error: str = "account_inactive") -> None:
        """The team throws the app out: it is told, and its token meets this error from now on."""
        app, at = self.app, self.workspace.next_ts()
        self.site.revoked[app.bot_token] = error
        app.bot_token = ""
        app.granted.clear()
        for channel in self.workspace.channels.values():
            if channel.kind != "im" and app.bot_user_id in channel.members:
                channel.members.remove(app.bot_user_id)
        self.delivery.event(tokens_revoked([app.bot_user_id], at=at))
        self.delivery.event(uninstalled(at=at))

    def listening(self, url: str) -> None:
        """Told once, when the server knows its address."""
        self.url = self.responses.base = url

    def _emit(self, event: Event, channel_id: str | None) -> None:
        """Pass an event on to the app, which hears only of channels that its bot is a member of."""
        if self._seeding:
            return
        if channel_id is None or self.app.bot_user_id in self.workspace.channel(channel_id).members:
            self.delivery.event(event)
