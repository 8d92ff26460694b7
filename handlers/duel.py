"""`/duel`, and what can be pressed and chosen under a duel."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncRespond

from bot.arena import Arena
from bot.duel import DuelId, Person, Place, Topic
from bot.exchange.delivery import Delivery
from bot.privacy import Privacy
from bot.words import say
from handlers.cards.help import Pages
from handlers.cards.privacy import ASKED_FOR, confirm
from handlers.command import Ask, ForgetMe, Help, Mine, Settle, Votes, parse
from handlers.digest import Desk
from handlers.form import Forms
from handlers.replies import Replies
from handlers.settings import SettingsDesk


async def start(
    ack: AsyncAck,
    respond: AsyncRespond,
    command: dict[str, Any],
    *,
    arena: Arena,
    desk: Desk,
    delivery: Delivery,
    settings: SettingsDesk,
    privacy: Privacy,
    forms: Forms,
    help_pages: Pages,
) -> None:
    """`/duel <prompt>`: written down, then acknowledged; all the rest is a job. Alone it opens the form."""
    text = command.get("text") or ""
    if not text.strip():
        await forms.open(command["team_id"], command["trigger_id"], command["channel_id"])
        await ack()
        return
    if (aside := desk.read(text)) is not None:
        await desk.answer(aside, ack, respond, command)
        return
    asker, room = Person(command["team_id"], command["user_id"]), Place(command["channel_id"])
    key = f"{asker.team}:{command['trigger_id']}"
    match parse(text):
        case Help(topic=name):
            await ack(help_pages[name])
        case ForgetMe():
            await ack(**confirm())
        case Settle():
            await settings.open(asker, room, command["trigger_id"])
            await ack()
        case Votes():
            await delivery.ask(asker, room, key=key)
            await ack(say("The votes of this channel come to you as a file, in a direct message."))
        case Mine():
            await privacy.export(asker, key=key)
            await ack(say(ASKED_FOR))
        case Ask() as asked:
            await arena.challenge(
                asked.prompt,
                key=key,
                asked_by=asker,
                room=room,
                pair=asked.pair,
                vote_for=asked.vote_for,
                topic=asked.topic,
                reply_to=command.get("response_url"),
            )
            await ack()


async def reveal(
    ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], *, arena: Arena, replies: Replies
) -> None:
    """The button *Reveal now*."""
    waits = await arena.reveal(DuelId(action["value"]), Person(body["team"]["id"], body["user"]["id"]))
    await ack()
    if waits is not None:
        replies.send(body, {"text": waits})


async def why(
    ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], *, desk: Desk, replies: Replies
) -> None:
    """*Why* under a result: what `/duel why` says, to whoever pressed it."""
    account = await desk.account(body["team"]["id"], Place(body["channel"]["id"]), DuelId(action["value"]))
    await ack()
    replies.send(body, account)


async def rematch(ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], *, arena: Arena) -> None:
    """*Rematch*: a new duel; a double click is one of them."""
    person = Person(body["team"]["id"], body["user"]["id"])
    await arena.rematch(DuelId(action["value"]), asked_by=person, reply_to=body.get("response_url"))
    await ack()


async def cancel(ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], *, arena: Arena) -> None:
    """The asker's button *Cancel*."""
    await arena.cancel(DuelId(action["value"]), Person(body["team"]["id"], body["user"]["id"]))
    await ack()


async def ask_again(ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], *, arena: Arena) -> None:
    """The asker's button *Ask again*, where an answer has failed."""
    person = Person(body["team"]["id"], body["user"]["id"])
    await arena.ask_again(DuelId(action["value"]), person, reply_to=body.get("response_url"))
    await ack()


async def topic(ack: AsyncAck, action: dict[str, Any], body: dict[str, Any], *, arena: Arena) -> None:
    """The asker's choice in *Topic*."""
    id_, _, name = action["selected_option"]["value"].partition(":")
    await arena.say_topic(DuelId(id_), Topic(name), Person(body["team"]["id"], body["user"]["id"]))
    await ack()
