"""The button under `/duel forget me`."""

from typing import Any

from slack_bolt.async_app import AsyncAck

from bot.duel import Person
from bot.privacy import Privacy
from bot.words import say
from handlers.cards import privacy as cards
from handlers.replies import Replies


async def forget(ack: AsyncAck, body: dict[str, Any], *, privacy: Privacy, replies: Replies) -> None:
    """However often it is pressed on one message, it is one request."""
    team, user = body["team"]["id"], body["user"]["id"]
    await privacy.forget(Person(team, user), key=f"{team}:{user}:{body['container']['message_ts']}")
    await ack()
    replies.send(body, {"text": say(cards.TAKEN)}, instead=True)
