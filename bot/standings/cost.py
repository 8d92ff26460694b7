"""What answers really cost: billed sums, and how many of them are unknown."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import numpy as np

from bot.standings.record import PICO, UNKNOWN, Ints, Record

WEEK_US = timedelta(weeks=1) // timedelta(microseconds=1)


@dataclass(frozen=True)
class Cost:
    """US dollars that one contender was billed; retries and failures included."""

    known: int
    """Answers whose cost is known: only these are in the sums."""
    unknown: int
    spent: Decimal
    per_answer: Decimal | None
    per_week: Decimal | None
    """Over the length of the window; `None` where that is open and the duels lie within a week."""
    per_win: Decimal | None
    """For each duel won by majority; `None` without one, or where a cost is unknown."""


def cost(record: Record, rows: Ints, sides: Ints, wins: int) -> Cost:
    """The bill of the answers at these duels and sides, of a contender that won so many duels."""
    pico = record.pico_usd[rows, sides]
    known = int((pico != UNKNOWN).sum())
    spent = dollars(pico)
    weeks = _weeks(record)
    return Cost(
        known=known,
        unknown=len(pico) - known,
        spent=spent,
        per_answer=spent / known if known else None,
        per_week=spent / weeks if known and weeks else None,
        per_win=spent / wins if wins and known == len(pico) else None,
    )


def dollars(pico: Ints) -> Decimal:
    """The sum of the known ones, exactly."""
    return Decimal(int(pico[pico != UNKNOWN].sum(dtype=np.int64))) / PICO


def _weeks(record: Record) -> Decimal | None:
    if record.since is not None and record.until is not None:
        return Decimal((record.until - record.since) // timedelta(microseconds=1)) / WEEK_US
    length = int(np.ptp(record.ended_at)) if record.duels else 0
    return Decimal(length) / WEEK_US if length >= WEEK_US else None
