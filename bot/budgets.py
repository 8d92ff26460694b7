"""What may be asked and spent: limits a day or a month, and what a duel is let in for. No I/O, no clock.

Money is reserved before anything is paid, by an estimate that the true cost stays under, and settled when
the answers are stored. Days and months begin at midnight in the zone that the operator names.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta, tzinfo
from decimal import ROUND_UP, Decimal
from enum import StrEnum
from typing import TypeVar

from bot.duel import Answer, ContenderId, Duel, Outcome, Side
from bot.durations import say_duration
from bot.errors import NotNow, UsageError
from bot.words import figure, noted, say, say_many, stamp

T = TypeVar("T", int, Decimal)
Estimate = Mapping[Side, Decimal | None]
"""US dollars that an answer costs at the most; `None` where the price is unknown."""
NOTHING: Estimate = {}

UNPAID = frozenset(
    {Outcome.AUTHENTICATION, Outcome.OUT_OF_CREDIT, Outcome.CONFIGURATION, Outcome.RATE_LIMITED}
)
"""Refusals before any work was done; no provider bills them."""


class Whose(StrEnum):
    """Who shares a limit."""

    PERSON = "person"
    ROOM = "channel"
    TEAM = "team"


class Per(StrEnum):
    """How often it begins anew."""

    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True)
class Period:
    """From (included) to (excluded)."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Spent:
    """What somebody has had in a period: duels and questions, and US dollars paid or reserved."""

    duels: int = 0
    usd: Decimal = Decimal(0)
    questions: int = 0
    """Answered by one contender; each counts as a duel does."""


@dataclass(frozen=True)
class Request:
    """What wants to be let in beside what is spent."""

    at: datetime
    costs: Mapping[ContenderId, Decimal | None]
    """US dollars that each contender's answer costs at the most; `None` where the price is unknown."""
    one: bool = False
    """Whether only one of them answers, and nobody knows yet which: a question. Otherwise it is a duel."""

    def usd(self) -> Decimal:
        """What it costs at the most. Raises `UsageError` where a price is unknown."""
        known = []
        for name, usd in self.costs.items():
            if usd is None:
                raise UsageError(
                    say(
                        "Money is limited here, and the price of “{name}” is unknown. Pick another, or ask "
                        "your operator to add its price to contenders.toml (0 where it costs nothing).",
                        name=name,
                    )
                )
            known.append(usd)
        return max(known, default=Decimal(0)) if self.one else sum(known, Decimal(0))


@dataclass(frozen=True)
class Limit:
    """No more than this; `None` is no limit."""

    whose: Whose
    per: Per
    duels: int | None = None
    usd: Decimal | None = None


@dataclass(frozen=True)
class Budgets:
    """All limits that hold here."""

    limits: tuple[Limit, ...] = ()
    zone: tzinfo = UTC

    @property
    def of_room(self) -> Limit | None:
        """What one channel may have in a day; `None` is no limit."""
        return next((at for at in self.limits if (at.whose, at.per) == _ROOM), None)

    def within(self, duels: int | None, usd: Decimal | None) -> "Budgets":
        """The same with so much for a channel a day, where that is less: a channel can only tighten it."""
        if duels is None and usd is None:
            return self
        held = self.of_room or Limit(*_ROOM)
        tight = replace(held, duels=_least(held.duels, duels), usd=_least(held.usd, usd))
        return replace(self, limits=(*(at for at in self.limits if at != held), tight))

    def period(self, per: Per, at: datetime) -> Period:
        """The day or month that `at` lies in, from midnight to midnight by the zone's own clock."""
        first = at.astimezone(self.zone).date()
        if per is Per.MONTH:
            first = first.replace(day=1)
            after = (first + timedelta(days=31)).replace(day=1)
        else:
            after = first + timedelta(days=1)
        return Period(*(datetime.combine(day, time(), self.zone).astimezone(UTC) for day in (first, after)))

    def admit(self, limit: Limit, spent: Spent, duel: Duel, estimate: Estimate) -> None:
        """Let this duel in beside what is spent already.

        Raises `UsageError`, which tells the figure, the limit and when it resets: `NotNow`, where it would
        be let in then. Where money is limited, a contender whose price is unknown is not let in: no limit
        could hold it.
        """
        costs = {duel.seats[side]: usd for side, usd in estimate.items()}
        self.let_in(limit, spent, Request(duel.asked_at, costs))

    def let_in(self, limit: Limit, spent: Spent, request: Request) -> None:
        """The same for any request."""
        had = spent.duels + spent.questions
        if limit.duels is not None and had + 1 > limit.duels:
            raise self._refused(
                say(_HAD[limit.whose, limit.per], had=_had(spent), limit=limit.duels),
                *(limit.per, request.at),
                ever=limit.duels > 0,
            )
        if limit.usd is None:
            return
        cost = request.usd()
        if spent.usd + cost > limit.usd:
            had_usd = say(_SPENT[limit.whose, limit.per], spent=money(spent.usd), limit=money(limit.usd))
            why = (
                say("{spent}, and this question may cost up to {cost}.", spent=had_usd, cost=money(cost))
                if request.one
                else say("{spent}, and this duel may cost up to {cost}.", spent=had_usd, cost=money(cost))
            )
            raise self._refused(why, limit.per, request.at, ever=cost <= limit.usd)

    def without(self, whose: Whose) -> "Budgets":
        """The same but for the limits of these."""
        return replace(self, limits=tuple(limit for limit in self.limits if limit.whose is not whose))

    def _refused(self, why: str, per: Per, at: datetime, *, ever: bool) -> UsageError:
        """`ever`: whether it would be let in where nothing is spent yet."""
        end = self.period(per, at).end
        left = timedelta(minutes=-(-(end - at) // timedelta(minutes=1)))
        text = say(
            "{why} It resets at {when}, in {left}.",
            why=why,
            when=f"{stamp(end.astimezone(self.zone))} {self.zone}",
            left=say_duration(left),
        )
        return NotNow(text, until=end) if ever else UsageError(text)


_ROOM = (Whose.ROOM, Per.DAY)
NO_BUDGETS = Budgets()
_HAD = {
    (Whose.PERSON, Per.DAY): noted("You have had {had} today; the limit is {limit}."),
    (Whose.PERSON, Per.MONTH): noted("You have had {had} this month; the limit is {limit}."),
    (Whose.ROOM, Per.DAY): noted("This channel has had {had} today; the limit is {limit}."),
    (Whose.ROOM, Per.MONTH): noted("This channel has had {had} this month; the limit is {limit}."),
    (Whose.TEAM, Per.DAY): noted("Your team has had {had} today; the limit is {limit}."),
    (Whose.TEAM, Per.MONTH): noted("Your team has had {had} this month; the limit is {limit}."),
}
_SPENT = {
    (Whose.PERSON, Per.DAY): noted("You have spent {spent} today; the limit is {limit}"),
    (Whose.PERSON, Per.MONTH): noted("You have spent {spent} this month; the limit is {limit}"),
    (Whose.ROOM, Per.DAY): noted("This channel has spent {spent} today; the limit is {limit}"),
    (Whose.ROOM, Per.MONTH): noted("This channel has spent {spent} this month; the limit is {limit}"),
    (Whose.TEAM, Per.DAY): noted("Your team has spent {spent} today; the limit is {limit}"),
    (Whose.TEAM, Per.MONTH): noted("Your team has spent {spent} this month; the limit is {limit}"),
}


def _had(spent: Spent) -> str:
    duels = say_many("{count} duel", "{count} duels", spent.duels)
    if not spent.questions:
        return duels
    questions = say_many("{count} question", "{count} questions", spent.questions)
    return say("{duels} and {questions}", duels=duels, questions=questions) if spent.duels else questions


def _least(one: T | None, other: T | None) -> T | None:
    known = [at for at in (one, other) if at is not None]
    return min(known) if known else None


def charge(answer: Answer) -> Decimal | None:
    """What an answer counts for once it is stored, in US dollars; `None`: what was reserved for it.

    Where the cost is unknown the estimate stays, for the provider may well have billed it; but a call that
    was refused at once has cost nothing.
    """
    if answer.bill.usd is not None:
        return answer.bill.usd
    refused = answer.outcome in UNPAID and answer.attempts == 1 and not (answer.text or answer.reasoning)
    return Decimal(0) if refused else None


def money(usd: Decimal) -> str:
    """Dollars for people: to the cent, below a dollar as fine as it takes. Never rounded down."""
    digits = 2 if usd >= 1 or usd == 0 else max(4, 1 - usd.adjusted())
    shown = f"{usd.quantize(Decimal(1).scaleb(-digits), ROUND_UP):,f}"
    while shown[-3] != "." and shown.endswith("0"):
        shown = shown[:-1]
    places = len(shown.partition(".")[2])
    return say("${amount}", amount=figure(Decimal(shown.replace(",", "")), f",.{places}f"))
