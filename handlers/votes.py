"""Reactions put on and taken off: each moves a register, and is acknowledged after that is written."""

from decimal import Decimal
from typing import Any

from bot.arena import Arena
from bot.duel import Person
from bot.flags import Flags
from bot.votes import Mark
from handlers.cards.duel import UNSAFE
from handlers.emoji import Emoji
from handlers.stage import place_of


async def reaction(
    event: dict[str, Any], body: dict[str, Any], *, arena: Arena, flags: Flags, emoji: Emoji, me: str
) -> None:
    """`reaction_added` and `reaction_removed`, in whatever order and number Slack sends them."""
    choice, is_flag = emoji.choice(event["reaction"]), event["reaction"] == UNSAFE
    item = event.get("item") or {}
    if (choice is None and not is_flag) or item.get("type") != "message" or event["user"] == me:
        return
    place, who = place_of(item["channel"], item["ts"]), Person(body["team_id"], event["user"])
    on, at = event["type"] == "reaction_added", int(Decimal(event["event_ts"]) * 1_000_000)
    if choice is not None:
        await arena.vote(who.team, place, Mark(who, choice, on=on, at=at))
    if is_flag:
        await flags.put(place, who, on=on, at=at)
