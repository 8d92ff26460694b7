"""What Slack shows and what the database holds, compared with what people did."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from bot.duel import DuelId, Outcome, State
from bot.votes import ballots
from handlers.emoji import Emoji
from playground import Playground
from storage.database import Database
from storage.ledger import DuelLedger
from storage.tables import duel as duel_table
from storage.tables import job
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
    for the event that would have told their order was acknowledged only after the end."""
    money: list[str] = field(default_factory=list)
    duels: int = 0
    counted_votes: int = 0
    repeated_calls: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    """Why people were told to ask again, and how often."""
    ends: Counter[str] = field(default_factory=Counter)

    @property
    def good(self) -> bool:
        return not (self.lost or self.unfinished or self.doubled or self.votes or self.money)


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
    waiting = [text for text in shown.values() if "answering" in text or "one is better?" in text]
    return not waiting and all(asked.prompt in shown for asked in people.asked.values() if _must_show(asked))


def _must_show(asked: Asked) -> bool:
    return asked.sure and not asked.deleted


async def compare(slack: Playground, people: People, database: Database, models: list[Model]) -> Verdict:
    """Read both truths."""
    verdict = Verdict()
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
            ended = await _ended_at(database, duel.id)
            for user, (text, is_on) in wrong.items():
                late = is_on and _told_too_late(slack, message, user, ended)
                (verdict.late if late else verdict.votes).append(f"{prompt}: {text}")
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
    """Whose vote was not counted as they cast it, with whether that choice is on; and how many were.

    Of several choices that somebody has on the newest counts; Slack itself tells only which are on.
    """
    counted = {person.user: choice for person, choice in (await ledger.counted(id_)).items()}
    newest = {person.user: choice for person, choice in ballots(await ledger.move(id_, ())).items()}
    wrong = {}
    for name in VOTERS:
        user = slack.person(name)
        on = {emoji.choice(one["name"]) for one in message.get("reactions", []) if user in one["users"]}
        vote = counted.pop(user, None)
        if (vote is None) != (not on) or (vote is not None and vote not in on) or vote != newest.get(user):
            wrong[user] = f"{name} has {on} on, counted {vote}, newest {newest.get(user)}", vote in on
    right = len(VOTERS) - len(wrong)
    return wrong | {user: (f"{user} is nobody", False) for user in counted}, right


async def _ended_at(database: Database, id_: DuelId) -> float:
    async with database.read() as connection:
        found = await connection.scalar(select(duel_table.c.ended_at).where(duel_table.c.id == id_))
    assert found is not None
    return float(found.timestamp())


def _told_too_late(slack: Playground, message: dict[str, Any], user: str, ended: float) -> bool:
    """Whether the order of this person's choices could not be known: several are on, and that one of them was
    put on is an event that nobody acknowledged before the end.
    """
    on = {one["name"] for one in message.get("reactions", []) if user in one["users"]}
    delivery = slack.levers.delivery
    newest = {
        payload["event"]["reaction"]: payload["event_id"]
        for payload in delivery.sent
        if payload["event"]["type"] == "reaction_added"
        and payload["event"]["user"] == user
        and payload["event"]["item"]["ts"] == message["ts"]
    }
    return len(on) > 1 and any(delivery.acknowledged.get(newest[name], ended) >= ended for name in on)
