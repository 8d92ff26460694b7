"""A channel's past, written into the database as if its duels had been held."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from bot.duel import Outcome, Side, State
from bot.votes import Choice
from storage.database import Database
from storage.tables import answer, ballot, duel

LETTERS = {
    "l": (Choice.A, Choice.B),
    "r": (Choice.B, Choice.A),
    "t": (Choice.TIE,) * 2,
    "x": (Choice.BOTH_BAD,) * 2,
}
"""A vote: for the left contender, the right one, neither, none; as it reads where left sits at A, or at B."""


CROWD = 7
"""People who vote."""


@dataclass(frozen=True)
class Held:
    """A duel that ended at `at`. Its votes are a letter each, of one person after the other."""

    at: datetime
    votes: str
    topic: str | None = None
    language: str | None = "en"
    prompt: str = "why?"
    left_at: Side = Side.A
    shown_at: str | None = None
    failed: bool = False
    seconds: tuple[float, float] = (2.0, 3.0)
    """Of the left and the right contender's whole answer."""
    cost: tuple[str | None, str | None] = ("0.0006", "0.0001")
    first_voter: int = 0
    names: tuple[str, str] = field(default=("left-id", "right-id"))


async def hold(database_url: str, team: str, room: str, past: Sequence[Held], first: int = 0) -> None:
    """Write them down, as ended. They are numbered, the first one with `first`."""
    database = Database(database_url)
    await database.check()
    async with database.write() as connection:
        ids = [f"past{number:06}" for number in range(first, first + len(past))]
        both = list(zip(ids, past, strict=True))
        await connection.execute(duel.insert(), [_duel(id_, team, room, held) for id_, held in both])
        answers = [_answer(id_, held, side) for id_, held in both for side in Side]
        await connection.execute(answer.insert(), answers)
        votes = [_ballot(id_, team, held, at) for id_, held in both for at in range(len(held.votes))]
        if votes:
            await connection.execute(ballot.insert(), votes)
    await database.close()


def _duel(id_: str, team: str, room: str, held: Held) -> dict[str, Any]:
    left, right = held.names
    sides = (left, right) if held.left_at is Side.A else (right, left)
    return {
        "id": id_,
        "team": team,
        "asker": "U1",
        "room": room,
        "prompt": held.prompt,
        "side_a": sides[0],
        "side_b": sides[1],
        "asked_at": held.at - timedelta(hours=1),
        "vote_for_s": 3600,
        "state": State.VOID if held.failed else State.REVEALED,
        "shown_at": held.shown_at or f"{room}/{id_}",
        "closes_at": held.at,
        "void_reason": "Only one of the two answered, so there is no vote." if held.failed else None,
        "ended_at": held.at,
        "topic": held.topic,
        "language": held.language,
    }


def _answer(id_: str, held: Held, side: Side) -> dict[str, Any]:
    at = 0 if side is held.left_at else 1
    cost = held.cost[at]
    failed = held.failed and at == 1
    return {
        "duel_id": id_,
        "side": side,
        "contender": held.names[at],
        "text": "" if failed else "Because.",
        "reasoning": "",
        "outcome": Outcome.TIMEOUT if failed else Outcome.OK,
        "detail": "no first token within 120 s: try again" if failed else "",
        "ttft_s": None if failed else held.seconds[at] / 4,
        "ttfa_s": None if failed else held.seconds[at] / 3,
        "total_s": 120.0 if failed else held.seconds[at],
        "output_tokens": 100,
        "reasoning_tokens": 0,
        "cost_usd": None if cost is None else Decimal(cost),
        "attempts": 1,
        "reported_model": f"model-of-{held.names[at].removesuffix('-id')}",
    }


def _ballot(id_: str, team: str, held: Held, person: int) -> dict[str, Any]:
    choice = LETTERS[held.votes[person]][0 if held.left_at is Side.A else 1]
    return {
        "duel_id": id_,
        "team": team,
        "voter": f"U{(held.first_voter + person) % CROWD}",
        "choice": choice,
    }


def weeks_of(until: datetime, weeks: int, a_week: Sequence[str], **same: Any) -> list[Held]:
    """The same votes each week, on duels spread over the weeks up to then; who sits at A alternates."""
    found = []
    for week in range(weeks, 0, -1):
        for number, votes in enumerate(a_week):
            at = until - timedelta(weeks=week) + timedelta(days=7) * (number + 0.5) / len(a_week)
            side = Side.A if (number + week) % 2 else Side.B
            found.append(Held(at, votes, left_at=side, first_voter=week + 3 * number, **same))
    return found
