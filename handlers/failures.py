"""When a listener fails: a known error is advice for whoever caused it, an unknown one gets an id."""

import logging
from typing import Any
from uuid import uuid4

from slack_bolt.async_app import AsyncRespond
from slack_bolt.response import BoltResponse

from bot.errors import DuelError
from bot.words import say

log = logging.getLogger(__name__)


async def explain(error: Exception, body: dict[str, Any], respond: AsyncRespond) -> BoltResponse:
    """Answer a command or a click with what went wrong. An event stays unacknowledged, and comes again."""
    if isinstance(error, DuelError):
        text = say(str(error))
    else:
        name = uuid4().hex[:8]
        log.error("error %s in a listener", name, exc_info=error)
        text = say(
            "Something broke inside Duel: nothing has changed. Tell your operator: error {name}.", name=name
        )
    if "command" in body:
        return BoltResponse(status=200, body={"response_type": "ephemeral", "text": text})
    if "response_url" in body:
        await respond(text, response_type="ephemeral", replace_original=False)
        return BoltResponse(status=200)
    return BoltResponse(status=500)
