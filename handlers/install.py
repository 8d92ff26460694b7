"""`/slack/install`: the page with the button, and what happens when a workspace lets us in."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol
from urllib.parse import urljoin

from slack_bolt.error import BoltError
from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.installation_store import Installation as Made
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from bot.settings import Settings
from bot.teams import Installation
from handlers.cards import pages
from handlers.checkup import OPTIONAL, REQUIRED
from handlers.manifest import REDIRECT_PATH

log = logging.getLogger(__name__)

INSTALL_PATH = "/slack/install"


class States(Protocol):
    """Who makes the keys for one visit."""

    def issue(self) -> str:
        """A new one; nothing is written down for it."""

    async def take(self, state: str) -> bool:
        """Use it up; `False` if it does not serve."""


class _States(AsyncOAuthStateStore):
    def __init__(self, states: States) -> None:
        self._states = states

    async def async_issue(self, *_: object, **__: object) -> str:
        return self._states.issue()

    async def async_consume(self, state: str) -> bool:
        return await self._states.take(state)


class _Installations(AsyncInstallationStore):
    """Only the way in: the way to an installation is `Workspaces`, and the way out is `handlers.teams`."""

    def __init__(self, join: Callable[[Installation], Awaitable[None]]) -> None:
        self._join = join

    async def async_save(self, installation: Made) -> None:
        made = installation
        if made.is_enterprise_install or not (made.team_id and made.bot_token and made.bot_user_id):
            raise BoltError("Duel is installed in workspaces, one by one")
        await self._join(
            Installation(
                team=made.team_id,
                name=made.team_name or made.team_id,
                token=made.bot_token,
                me=made.bot_user_id,
                bot=made.bot_id or made.bot_user_id,
                scopes=",".join(made.bot_scopes or ()),
            )
        )


class Flow(AsyncOAuthFlow):
    """Slack's own flow, with a page of ours."""

    async def build_install_page_html(self, url: str, request: AsyncBoltRequest) -> str:  # noqa: ARG002 # Bolt calls it so
        return pages.install(url)


async def _installed(args: AsyncSuccessArgs) -> BoltResponse:
    made = args.installation
    team = f"https://app.slack.com/client/{made.team_id}"
    return _answer(args.settings, 200, pages.installed(made.team_name or "your workspace", team))


async def _failed(args: AsyncFailureArgs) -> BoltResponse:
    log.info("an installation ended: %s", args.reason)
    return _answer(args.settings, args.suggested_status_code, pages.failed(args.reason, INSTALL_PATH))


def _answer(settings: AsyncOAuthSettings, status: int, page: str) -> BoltResponse:
    """A page, after which the visit's cookie is of no more use."""
    gone = settings.state_utils.build_set_cookie_for_deletion()
    headers: dict[str, str | Sequence[str]] = {"Content-Type": "text/html; charset=utf-8", "Set-Cookie": gone}
    return BoltResponse(status=status, headers=headers, body=page)


def flow(
    settings: Settings,
    client: AsyncWebClient,
    join: Callable[[Installation], Awaitable[None]],
    states: States,
) -> Flow:
    """The pages by which workspaces let us in. Raises `SettingsError`."""
    return Flow(
        client=client,
        settings=AsyncOAuthSettings(
            client_id=settings.need("slack_client_id").get_secret_value(),
            client_secret=settings.need("slack_client_secret").get_secret_value(),
            scopes=[*REQUIRED, *OPTIONAL],
            user_scopes=[],
            install_path=INSTALL_PATH,
            redirect_uri_path=REDIRECT_PATH,
            authorization_url=urljoin(settings.slack_api_url, "/oauth/v2/authorize"),
            installation_store=_Installations(join),
            state_store=_States(states),
            callback_options=AsyncCallbackOptions(success=_installed, failure=_failed),
        ),
    )
