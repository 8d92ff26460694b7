"""`/duel`, and the buttons under a duel."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncRespond

from bot.arena import Arena
from bot.duel import DuelId, Person, Place
from handlers.command import Help, parse
from handlers.digest import Desk


async def start(
    ack: AsyncAck,
    respond: AsyncRespond,
    command: dict[str, Any],
    *,
    arena: Arena,
    desk: Desk,
    help_text: str,
) -> None:
    """`/duel <prompt>`: written down, then acknowledged; all the rest is a job."""
    text = command.get("text") or ""
    if (aside := desk.read(text)) is not None:
        await desk.answer(aside, ack, respond, command)
        return
    asked = parse(text)
    if isinstance(asked, Help):
        await ack(help_text)
        return
    team = command["team_id"]
    await arena.challenge(
        asked.prompt,
        key=f"{team}:{command['trigger_id']}",
        asked_by=Person(team, command["user_id"]),
        room=Place(command["channel_id"]),
        pair=asked.pair,
        vote_for=asked.vote_for,
        reply_to=command.get("response_url"),
    )
    await ack()


async def reveal(ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], *, arena: Arena) -> None:
    """The asker's button *Reveal now*."""
    await arena.reveal(DuelId(action["value"]), Person(body["team"]["id"], body["user"]["id"]))
    await ack()
