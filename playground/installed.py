"""The app as it is installed in the workspace: its identity, its tokens, what it was granted."""

from __future__ import annotations

from dataclasses import dataclass, field

from playground.ids import Ids
from playground.manifest import Command, Manifest


@dataclass(slots=True)
class InstalledApp:
    manifest: Manifest
    team_id: str
    app_id: str
    bot_id: str
    bot_user_id: str
    bot_token: str
    app_token: str
    signing_secret: str
    verification_token: str
    granted: set[str] = field(default_factory=set)

    @classmethod
    def install(cls, manifest: Manifest, ids: Ids, *, team_id: str) -> InstalledApp:
        """Install with every scope that the manifest asks for, the optional ones included."""
        app_id = ids.next("A")
        return cls(
            manifest=manifest,
            team_id=team_id,
            app_id=app_id,
            bot_id=ids.next("B"),
            bot_user_id=ids.next("U"),
            bot_token=f"xoxb-playground-{ids.next('')}",
            app_token=f"xapp-1-{app_id}-playground-{ids.next('')}",
            signing_secret=ids.next("").lower() * 3,
            verification_token=ids.next(""),
            granted=set(manifest.scopes),
        )

    @property
    def provided(self) -> str:
        """The granted scopes as Slack lists them in an answer."""
        return ",".join(scope for scope in self.manifest.scopes if scope in self.granted)

    def command(self, name: str) -> Command | None:
        return next((command for command in self.manifest.commands if command.command == name), None)
