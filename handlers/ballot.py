"""The secret ballot: its button under a duel, and the buttons on the paper."""

from decimal import Decimal
from typing import Any

from slack_bolt.async_app import AsyncAck

from bot.booth import Booth
from bot.duel import DuelId, Person, Side
from bot.votes import Choice
from handlers.cards import ballot as cards
from handlers.replies import Replies


async def open_paper(
    ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], *, booth: Booth, replies: Replies
) -> None:
    """*Vote secretly*: the paper comes to whoever pressed it, and to nobody else."""
    held = await booth.paper(DuelId(action["value"]), Person(body["team"]["id"], body["user"]["id"]))
    await ack()
    replies.send(body, cards.paper(held))


async def mark(
    ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], *, booth: Booth, replies: Replies
) -> None:
    """A choice on the paper: written down, acknowledged, and shown on the same paper."""
    id_, _, what = action["value"].partition(":")
    voter = Person(body["team"]["id"], body["user"]["id"])
    choice = None if what == cards.WITHDRAW else Choice(what)
    held = await booth.vote(DuelId(id_), voter, choice, int(Decimal(action["action_ts"]) * 1_000_000))
    await ack()
    replies.send(body, cards.paper(held), instead=True)


async def flag(
    ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], *, booth: Booth, replies: Replies
) -> None:
    """An answer called unsafe on the paper, or no longer: written down, acknowledged, shown there."""
    id_, side, what = action["value"].split(":")
    voter, at = Person(body["team"]["id"], body["user"]["id"]), int(Decimal(action["action_ts"]) * 1_000_000)
    held = await booth.flag(DuelId(id_), voter, Side(side), on=what == "on", at=at)
    await ack()
    replies.send(body, cards.paper(held), instead=True)
