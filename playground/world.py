"""Everything that the box holds, put together once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from playground import seed
from playground.calls import Call
from playground.delivery import RETRY_DELAYS, Delivery
from playground.events import Event
from playground.files import Files
from playground.installed import InstalledApp
from playground.limits import PostLimit
from playground.manifest import Manifest
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
        now: Callable[[], float],
        seed_people: bool = True,
        posts_per_second: float | None = None,
        ack_timeout: float = 3.0,
        retry_delays: Sequence[float] = RETRY_DELAYS,
    ) -> None:
        self.now = now
        self.workspace = Workspace(now=now, emit=self._emit)
        ids = self.workspace.ids
        self.app = InstalledApp.install(manifest, ids, team_id=self.workspace.team_id)
        self.delivery = Delivery(self.app, ids, self.workspace.feed, now, ack_timeout, retry_delays)
        self.sockets = SocketMode(self.delivery, ids)
        self.triggers = Triggers(ids, now)
        self.responses = ResponseUrls(ids, now)
        self.views = Views(self.workspace, self.app)
        self.files = Files(ids, now)
        self.post_limit = PostLimit(now, posts_per_second)
        self.calls: list[Call] = []
        self.url = ""
        self._seeding = True
        seed.plant(self.workspace, self.app, people=seed_people)
        self._seeding = False

    def listening(self, url: str) -> None:
        """Told once, when the server knows its address."""
        self.url = self.responses.base = url

    def _emit(self, event: Event, channel_id: str | None) -> None:
        """Pass an event on to the app, which hears only of channels that its bot is a member of."""
        if self._seeding:
            return
        if channel_id is None or self.app.bot_user_id in self.workspace.channel(channel_id).members:
            self.delivery.event(event)
