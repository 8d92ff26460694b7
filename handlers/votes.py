"""Reactions put on and taken off: each moves a register, and is acknowledged after that is written."""

from decimal import Decimal
from typing import Any

from slack_bolt.context.async_context import AsyncBoltContext

from bot.arena import Arena
from bot.duel import Person
from bot.flags import Flags
from bot.votes import Gesture
from handlers.cards.duel import UNSAFE
from handlers.emoji import spellings
from handlers.stage import place_of
from handlers.workspaces import whose


async def reaction(event: dict[str, Any], context: AsyncBoltContext, *, arena: Arena, flags: Flags) -> None:
    """`reaction_added` and `reaction_removed`, in whatever order and number Slack sends them."""
    item = event.get("item") or {}
    if item.get("type") != "message" or event["user"] == context.bot_user_id:
        return
    place, who = place_of(item["channel"], item["ts"]), Person(whose(context), event["user"])
    on, at = event["type"] == "reaction_added", int(Decimal(event["event_ts"]) * 1_000_000)
    await arena.vote(who.team, place, Gesture(who, spellings(event["reaction"]), on=on, at=at))
    if event["reaction"] == UNSAFE:
        await flags.put(place, who, on=on, at=at)
