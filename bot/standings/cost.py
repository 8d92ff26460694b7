"""What answers really cost: billed sums, and how many of them are unknown."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from bot.standings import balance
from bot.standings.balance import Balance
from bot.standings.record import PICO, Ints, Record

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


def cost(answers: Ints, wins: int, weeks: Decimal | None) -> Cost:
    """The bill of a contender that won so many duels, by its rows in a balance, over so many weeks."""
    many, known, pico = answers[:, balance.ANSWERS :].sum(axis=0).tolist()
    spent = Decimal(pico) / PICO
    return Cost(
        known=known,
        unknown=many - known,
        spent=spent,
        per_answer=spent / known if known else None,
        per_week=spent / weeks if known and weeks else None,
        per_win=spent / wins if wins and known == many else None,
    )


def weeks(record: Record, of: Balance) -> Decimal | None:
    """The length of the record's window, or where that is open, that of what is in the balance."""
    if record.since is not None and record.until is not None:
        return Decimal((record.until - record.since) // timedelta(microseconds=1)) / WEEK_US
    length = of.until - of.since
    return Decimal(length) / WEEK_US if length >= WEEK_US else None
