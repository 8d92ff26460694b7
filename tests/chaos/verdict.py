"""What Slack shows and what the database holds, compared with what people did."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bot.duel import DuelId, Outcome, State
from playground import Playground
from storage.database import Database
from storage.ledger import DuelLedger
from storage.tables import duel as duel_table
from storage.tables import job
from tests.chaos.digests import Digests
from tests.chaos.models import Model
from tests.chaos.people import VOTERS, Asked, People, prompt_of
from tests.chaos.votes import Ended


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
            vote = Ended(slack, message, *await _end_of(database, duel.id))
            await _compare_votes(ledger, duel.id, vote, prompt, verdict)
        for answer in (await ledger.answers(duel.id)).values():
            served = models[answer.contender == "right-id"].served[prompt]
            billed = answer.usage.output_tokens
            if answer.outcome is Outcome.OK and billed not in served:
                verdict.money.append(f"{prompt}: billed {billed}, served {served}")
    for model in models:
        verdict.repeated_calls += sum(times - 1 for times in model.asked.values() if times > 1)
    return verdict


async def _compare_votes(ledger: DuelLedger, id_: DuelId, vote: Ended, prompt: str, verdict: Verdict) -> None:
    counted = {person.user: choice for person, choice in (await ledger.counted(id_)).items()}
    for name in VOTERS:
        user = vote.slack.person(name)
        found, cast = counted.pop(user, None), vote.cast(user)
        if found in cast:
            verdict.counted_votes += 1
            continue
        text = f"{prompt}: {name} cast {cast}, counted {found}: {vote.told(user)}"
        (verdict.late if vote.is_unknowable(user, found) else verdict.votes).append(text)
    verdict.votes += [f"{prompt}: {user} is nobody" for user in counted]


async def _end_of(database: Database, id_: DuelId) -> tuple[datetime, datetime]:
    """When its vote was over, and when it was counted."""
    query = select(duel_table.c.closes_at, duel_table.c.ended_at).where(duel_table.c.id == id_)
    async with database.read() as connection:
        closes, ended = (await connection.execute(query)).one()
    return closes, ended
