"""The app as it is installed in the workspace: its identity, its tokens, what it was granted."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

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
    client_id: str
    client_secret: str
    granted: set[str] = field(default_factory=set)
    refused_blocks: set[str] = field(default_factory=set)
    """Types of blocks that the workspace takes of nobody."""
    upload_status: int | None = None
    """The HTTP status with which every file is refused, if it is."""

    @classmethod
    def install(cls, manifest: Manifest, ids: Ids, *, team_id: str) -> InstalledApp:
        """Install with every scope that the manifest asks for, the optional ones included."""
        app_id = ids.next("A")
        made = cls(
            manifest=manifest,
            team_id=team_id,
            app_id=app_id,
            bot_id=ids.next("B"),
            bot_user_id=ids.next("U"),
            bot_token=f"xoxb-playground-{ids.next('')}",
            app_token=f"xapp-1-{app_id}-playground-{ids.next('')}",
            signing_secret=ids.next("").lower() * 3,
            verification_token=ids.next(""),
            client_id=f"{team_id[1:]}.{app_id[1:]}",
            client_secret="",
            granted=set(manifest.scopes),
        )
        made.client_secret = made.signing_secret[::-1]
        return made

    def elsewhere(self, ids: Ids, *, team_id: str) -> InstalledApp:
        """The same app in another team, which has not let it in yet."""
        bot_id, bot_user_id = ids.next("B"), ids.next("U")
        return replace(
            self,
            team_id=team_id,
            bot_id=bot_id,
            bot_user_id=bot_user_id,
            bot_token="",
            granted=set(),
            refused_blocks=set(),
            upload_status=None,
        )

    @property
    def provided(self) -> str:
        """The granted scopes as Slack lists them in an answer."""
        return ",".join(scope for scope in self.manifest.scopes if scope in self.granted)

    def command(self, name: str) -> Command | None:
        return next((command for command in self.manifest.commands if command.command == name), None)
