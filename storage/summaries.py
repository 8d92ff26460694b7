"""What ended duels come to, packed: a hundred thousand of them and a million ballots are read in a second."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.duel import Outcome, Side, State, Timing, Usage
from bot.standings.record import CHOICES, OUTCOMES, PICO, UNKNOWN
from bot.votes import Choice
from storage.database import Database
from storage.tables import answer, ballot, duel, summary

ANSWER = np.dtype(
    [
        ("outcome", "<i2"),
        ("attempts", "<i2"),
        *((name, "<f4") for name in ("ttft", "ttfa", "total", "visible")),
        ("pico_usd", "<i8"),
    ]
)
"""One side of a duel; two of them, A first, are `summary.answers`."""
BALLOT = np.dtype("<u8")
"""A ballot: 56 bits of a hash that stands for the voter, then 8 for the choice."""
CODES: tuple[Outcome, ...] = (
    *(Outcome.OK, Outcome.CUT_OFF, Outcome.EMPTY, Outcome.REFUSED, Outcome.TRUNCATED, Outcome.TIMEOUT),
    *(Outcome.UNREACHABLE, Outcome.OVERLOADED, Outcome.RATE_LIMITED, Outcome.OUT_OF_CREDIT),
    *(Outcome.AUTHENTICATION, Outcome.CONFIGURATION, Outcome.BAD_RESPONSE),
)
"""The numbers that outcomes are written as. New ones go to the end: what is written stays."""
CHOICE_CODES = (Choice.A, Choice.B, Choice.TIE, Choice.BOTH_BAD)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
BATCH = 500
"""Duels summarised in one transaction."""
_NOBODY = np.array((UNKNOWN, 0, *([np.nan] * 4), UNKNOWN), ANSWER)


async def write(database: Database, connection: AsyncConnection, ids: Collection[str]) -> None:
    """Summarise these ended duels; what has a summary keeps it."""
    duels = (await connection.execute(_DUEL.where(duel.c.id.in_(ids)))).all()
    answers: dict[str, dict[str, Row[Any]]] = defaultdict(dict)
    for row in await connection.execute(_ANSWER.where(answer.c.duel_id.in_(ids))):
        answers[row.duel_id][row.side] = row
    votes: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in await connection.execute(_BALLOT.where(ballot.c.duel_id.in_(ids))):
        votes[row.duel_id].append(row)
    rows = [_summary(row, answers[row.id], votes[row.id]) for row in duels]
    if rows:
        await connection.execute(database.insert(summary).on_conflict_do_nothing(), rows)


_DUEL = select(
    *(duel.c.id, duel.c.ended_at, duel.c.side_a, duel.c.side_b),
    *(duel.c.state, duel.c.void_reason, duel.c.excluded, duel.c.chain),
).where(duel.c.ended_at.is_not(None))
_ANSWER = select(*(column for column in answer.c if column.name not in ("text", "reasoning", "detail")))
_BALLOT = select(ballot)


def _summary(row: Any, answers: Mapping[str, Row[Any]], votes: Iterable[Row[Any]]) -> dict[str, Any]:
    return {
        "duel_id": row.id,
        "ended_at_us": (row.ended_at - EPOCH) // timedelta(microseconds=1),
        "side_a": row.side_a,
        "side_b": row.side_b,
        **{f"model_{side}": answers[side].reported_model if side in answers else None for side in Side},
        "is_void": row.state == State.VOID,
        "reason": row.void_reason or row.excluded,
        "chain": row.chain,
        "answers": np.array([_side(answers.get(side)) for side in Side], ANSWER).tobytes(),
        "ballots": np.array([_ballot(vote) for vote in votes], BALLOT).tobytes(),
    }


def _side(row: Row[Any] | None) -> Any:
    if row is None:
        return _NOBODY
    timing = Timing(row.ttft_s, row.ttfa_s, row.total_s)
    usage = Usage(output_tokens=row.output_tokens, reasoning_tokens=row.reasoning_tokens)
    seconds = (timing.ttft_s, timing.ttfa_s, timing.total_s, timing.visible_speed(usage))
    cost = UNKNOWN if row.cost_usd is None else round(row.cost_usd * PICO)
    return np.array(
        (
            CODES.index(row.outcome),
            row.attempts,
            *(np.nan if value is None else value for value in seconds),
            cost,
        ),
        ANSWER,
    )


def _ballot(vote: Row[Any]) -> int:
    voter = blake2b(f"{vote.team}/{vote.voter}".encode(), digest_size=7).digest()
    return int.from_bytes(voter, "big") << 8 | CHOICE_CODES.index(vote.choice)


def answers_of(packed: Iterable[bytes]) -> NDArray[Any]:
    """(n, 2) of `ANSWER`, its outcomes as numbers into `OUTCOMES`."""
    found = np.frombuffer(b"".join(packed), ANSWER).reshape(-1, 2).copy()
    meaning = np.array([*(OUTCOMES.index(outcome) for outcome in CODES), UNKNOWN], np.int16)
    found["outcome"] = meaning[found["outcome"]]  # the last one is reached by −1
    return found


def ballots_of(packed: Iterable[bytes]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]:
    """(m,) the number of the duel, a number for the voter, and the choice as a number into `CHOICES`.

    And (v,) the hashes that stand for the voters, sorted: the numbers point there.
    """
    pieces = list(packed)
    many = np.array([len(piece) for piece in pieces], np.int64) // BALLOT.itemsize
    found = np.frombuffer(b"".join(pieces), BALLOT)
    meaning = np.array([CHOICES.index(choice) for choice in CHOICE_CODES], np.uint8)
    people, voter = np.unique(found >> 8, return_inverse=True)
    choice = meaning[(found & 0xFF).astype(np.uint8)]
    duel = np.repeat(np.arange(len(pieces), dtype=np.int32), many)
    return duel, voter.astype(np.int32), choice, people
