"""How the Bolt app is made, before anything is routed to it."""

import logging

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient


def bolt(client: AsyncWebClient) -> AsyncApp:
    """A Bolt app without a listener.

    `process_before_response`: the answer to Slack waits for the listener, so that nothing is acknowledged
    before it is written down.
    """
    # a logger of ours: Bolt's own ones, a module each, take their level from nowhere else
    return AsyncApp(client=client, process_before_response=True, logger=logging.getLogger("slack_bolt"))
