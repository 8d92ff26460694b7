"""What Slack shows and what the database holds, compared with what people did."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bot.duel import DuelId, Outcome, State
from bot.votes import UNTOLD, Choice
from handlers.emoji import Emoji
from playground import Playground
from storage.database import Database
from storage.ledger import DuelLedger
from storage.tables import duel as duel_table
from storage.tables import job
from tests.chaos.digests import Digests
from tests.chaos.models import Model
from tests.chaos.people import VOTERS, Asked, People, prompt_of


@dataclass
class Verdict:
    """Each list should be empty."""

    lost: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    votes: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    """To be told, and no fault: of several choices that somebody left on another than the newest was counted,
    for the event that would have told their order had not come when it had been waited for long enough."""
    money: list[str] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)
    duels: int = 0
    counted_digests: int = 0
    counted_votes: int = 0
    repeated_calls: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    """Why people were told to ask again, and how often."""
    ends: Counter[str] = field(default_factory=Counter)

    @property
    def good(self) -> bool:
        faults = (self.lost, self.unfinished, self.doubled, self.votes, self.money, self.digests)
        return not any(faults)


def roots(slack: Playground, rooms: list[str]) -> list[dict[str, Any]]:
    """Every duel's own message."""
    return [
        message | {"channel": room}
        for room in rooms
        for message in slack.messages(room)
        if message.get("bot_id") and message.get("thread_ts", message["ts"]) == message["ts"]
    ]


def settled(slack: Playground, people: People) -> bool:
    """Whether every duel that must be there has come to an end that people can see."""
    shown = {
        prompt_of(message): str(message["blocks"])
        for message in roots(slack, people.rooms)
        if "blocks" in message
    }
    waiting = [text for text in shown.values() if "⏳" in text or "one is better?" in text]
    return not waiting and all(asked.prompt in shown for asked in people.asked.values() if _must_show(asked))


def _must_show(asked: Asked) -> bool:
    return asked.sure and not asked.deleted


async def compare(
    slack: Playground, people: People, digests: Digests, database: Database, models: list[Model]
) -> Verdict:
    """Read both truths."""
    verdict = Verdict(digests=digests.wrong, counted_digests=len(digests.rooms) - len(digests.wrong))
    ledger = DuelLedger(database)
    messages = roots(slack, people.rooms)
    verdict.duels = len(messages)
    shown = Counter(prompt_of(message) for message in messages if "blocks" in message)
    verdict.lost = [one.prompt for one in people.asked.values() if _must_show(one) and not shown[one.prompt]]
    verdict.refused = Counter(one.told for one in people.asked.values() if one.told)
    verdict.doubled = [prompt for prompt, times in shown.items() if times > 1]
    parts = Counter(
        str(message["metadata"]["event_payload"])
        for room in people.rooms
        for message in slack.messages(room)
        if message.get("metadata")
    )
    verdict.doubled += [part for part, times in parts.items() if times > 1]
    emoji = Emoji(("a", "b", "handshake", "thumbsdown"))
    for message in messages:
        if "blocks" not in message:
            continue
        prompt = prompt_of(message)
        duel = await ledger.duel(DuelId(message["metadata"]["event_payload"]["duel_id"]))
        verdict.ends[duel.state] += 1
        if not duel.state.ended or "one is better?" in str(message["blocks"]):
            async with database.read() as connection:
                work = await connection.execute(select(job).where(job.c.id == duel.id))
                verdict.unfinished.append(f"{prompt}: {dict(work.one()._mapping)}")
        if duel.state is State.REVEALED:
            wrong, right = await _votes(ledger, duel.id, message, slack, emoji)
            closes, ended = await _end_of(database, duel.id)
            for user, (text, is_on) in wrong.items():
                history = _history(slack, message, user, closes.timestamp())
                late = is_on and ended - closes >= UNTOLD and _told_too_late(slack, message, user, ended)
                (verdict.late if late else verdict.votes).append(
                    f"{prompt}: {text}; {history}, ended {(ended - closes).total_seconds():.1f}"
                )
            verdict.counted_votes += right
        for answer in (await ledger.answers(duel.id)).values():
            served = models[answer.contender == "right-id"].served[prompt]
            billed = answer.usage.output_tokens
            if answer.outcome is Outcome.OK and billed not in served:
                verdict.money.append(f"{prompt}: billed {billed}, served {served}")
    for model in models:
        verdict.repeated_calls += sum(times - 1 for times in model.asked.values() if times > 1)
    return verdict


async def _votes(
    ledger: DuelLedger, id_: DuelId, message: dict[str, Any], slack: Playground, emoji: Emoji
) -> tuple[dict[str, tuple[str, bool]], int]:
    """Whose vote was not counted as they cast it, with whether that choice is on; and how many were."""
    counted = {person.user: choice for person, choice in (await ledger.counted(id_)).items()}
    wrong = {}
    for name in VOTERS:
        user = slack.person(name)
        on = {emoji.choice(one["name"]) for one in message.get("reactions", []) if user in one["users"]}
        vote, cast = counted.pop(user, None), _cast(slack, message, user, emoji)
        if vote != cast:
            wrong[user] = f"{name} has {on} on, cast {cast}, counted {vote}", vote in on
    right = len(VOTERS) - len(wrong)
    return wrong | {user: (f"{user} is nobody", False) for user in counted}, right


def _did(slack: Playground, message: dict[str, Any], user: str) -> list[dict[str, Any]]:
    """What somebody did with their reactions on a message, as Slack has it, in order."""
    return [
        payload
        for payload in slack.levers.delivery.sent
        if payload["event"]["type"] in ("reaction_added", "reaction_removed")
        and payload["event"]["user"] == user
        and payload["event"]["item"]["ts"] == message["ts"]
    ]


def _cast(slack: Playground, message: dict[str, Any], user: str, emoji: Emoji) -> Choice | None:
    """A plain reading of what they did: their newest choice that is still on."""
    order: list[Choice | None] = []
    for payload in _did(slack, message, user):
        choice = emoji.choice(payload["event"]["reaction"])
        if payload["event"]["type"] == "reaction_added":
            order.append(choice)
        else:
            order.remove(choice)
    return order[-1] if order else None


def _history(slack: Playground, message: dict[str, Any], user: str, closes: float) -> str:
    """What they did, and when we acknowledged it, in seconds after the vote's close."""
    acknowledged = slack.levers.delivery.acknowledged
    return ", ".join(
        f"{payload['event']['reaction']} {payload['event']['type'][9:]} "
        f"{float(payload['event']['event_ts']) - closes:.1f} "
        f"told {acknowledged.get(payload['event_id'], float('nan')) - closes:.1f}"
        for payload in _did(slack, message, user)
    )


async def _end_of(database: Database, id_: DuelId) -> tuple[datetime, datetime]:
    """When its vote was over, and when it was counted."""
    query = select(duel_table.c.closes_at, duel_table.c.ended_at).where(duel_table.c.id == id_)
    async with database.read() as connection:
        closes, ended = (await connection.execute(query)).one()
    return closes, ended


def _told_too_late(slack: Playground, message: dict[str, Any], user: str, ended: datetime) -> bool:
    """Whether the order of this person's choices could not be known: several are on, and that one of them was
    put on is an event that nobody acknowledged before the end.
    """
    on = {one["name"] for one in message.get("reactions", []) if user in one["users"]}
    delivery = slack.levers.delivery
    newest = {
        payload["event"]["reaction"]: payload["event_id"]
        for payload in _did(slack, message, user)
        if payload["event"]["type"] == "reaction_added"
    }
    end = ended.timestamp()
    return len(on) > 1 and any(delivery.acknowledged.get(newest[name], end) >= end for name in on)
