"""How the Bolt app is made, before anything is routed to it."""

import logging

from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from handlers.workspaces import NOT_INSTALLED, Authorize, Workspaces


def bolt(client: AsyncWebClient, workspaces: Workspaces, signing_secret: SecretStr | None = None) -> AsyncApp:
    """A Bolt app without a listener. `client` has no token: each request gets that of its workspace.

    `process_before_response`: the answer to Slack waits for the listener, so that nothing is acknowledged
    before it is written down. `signing_secret` is that of HTTP mode; over a socket nothing is signed.
    """
    return AsyncApp(
        name="duel",  # else it looks for the name of our file, in the source of every caller
        client=client,
        signing_secret=signing_secret.get_secret_value() if signing_secret else "",
        authorize=Authorize(workspaces),  # type: ignore[arg-type] # that it may be one is left out there
        user_facing_authorize_error_message=NOT_INSTALLED,
        process_before_response=True,
        # a logger of ours: Bolt's own ones, a module each, take their level from nowhere else
        logger=logging.getLogger("slack_bolt"),
    )
