"""Reactions put on and taken off: each moves a register, and is acknowledged after that is written."""

from decimal import Decimal
from typing import Any

from slack_bolt.context.async_context import AsyncBoltContext

from bot.arena import Arena
from bot.duel import Person
from bot.votes import Gesture
from handlers.emoji import spellings
from handlers.stage import place_of


async def reaction(
    event: dict[str, Any], body: dict[str, Any], context: AsyncBoltContext, *, arena: Arena
) -> None:
    """`reaction_added` and `reaction_removed`, in whatever order and number Slack sends them."""
    item = event.get("item") or {}
    if item.get("type") != "message" or event["user"] == context.bot_user_id:
        return
    gesture = Gesture(
        voter=Person(body["team_id"], event["user"]),
        sign=spellings(event["reaction"]),
        on=event["type"] == "reaction_added",
        at=int(Decimal(event["event_ts"]) * 1_000_000),
    )
    await arena.vote(body["team_id"], place_of(item["channel"], item["ts"]), gesture)
