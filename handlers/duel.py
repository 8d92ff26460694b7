"""`/duel`, and what can be pressed and chosen under a duel."""

from typing import Any

from slack_bolt.async_app import AsyncAck

from bot.arena import Arena
from bot.duel import DuelId, Person, Place, Topic
from handlers.command import Help, parse


async def start(ack: AsyncAck, command: dict[str, Any], *, arena: Arena, help_text: str) -> None:
    """`/duel <prompt>`: written down, then acknowledged; all the rest is a job."""
    asked = parse(command.get("text") or "")
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
        topic=asked.topic,
        reply_to=command.get("response_url"),
    )
    await ack()


async def reveal(ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], *, arena: Arena) -> None:
    """The asker's button *Reveal now*."""
    await arena.reveal(DuelId(action["value"]), Person(body["team"]["id"], body["user"]["id"]))
    await ack()


async def topic(ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], *, arena: Arena) -> None:
    """The asker's choice in *Topic*."""
    id_, _, name = action["selected_option"]["value"].partition(":")
    await arena.say_topic(DuelId(id_), Topic(name), Person(body["team"]["id"], body["user"]["id"]))
    await ack()
