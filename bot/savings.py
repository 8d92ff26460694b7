"""What routing saved beside what it lost, by what was known when each question was routed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from bot.duel import Place
from bot.question import Fate
from bot.routing import Choice
from bot.standings.verdict import LEAST_DUELS


@dataclass(frozen=True)
class Routed:
    """A question that was routed, and what became of it."""

    choice: Choice
    fate: Fate
    usd: Decimal | None = None
    """What its answer cost; `None` is unknown."""


class Routes(Protocol):
    """Where routed questions are remembered."""

    async def routed(
        self, team: str, *, room: Place | None = None, since: datetime | None = None, until: datetime
    ) -> Sequence[Routed]:
        """Those that were asked in that window."""


@dataclass(frozen=True)
class Savings:
    """The sum of some routed questions.

    Saved: for each question whose cost is known, and for which the other contender's mean cost of an answer
    was known when it was routed, that mean less this cost; a plug-in estimate that supposes the other one's
    answer would have been an average one. Lost: for each question that rests on at least `LEAST_DUELS`
    decided duels, the relative frequency with which those duels were won by the other one, lost / (won +
    lost + split); summed, the expected number of questions whose other answer this team would have preferred.
    """

    answered: int
    failed: int
    dueled: int
    """Became duels, for nothing was known."""
    usd: Decimal
    """US dollars that the answers cost, as far as that is known; failed ones included."""
    unknown_usd: int
    """Answers whose cost is unknown."""
    compared: int
    """Answers for which both costs are known; the next two are about these."""
    compared_usd: Decimal
    other_usd: Decimal
    """What the other contenders would have cost, as an estimate."""
    weighed: int
    """Answers that rest on enough duels; the next two are about these."""
    worse: float
    """Of them, those for which the other answer would have been preferred; expected."""
    better: float
    """Of them, those for which this one would have been; expected. The rest would have been draws."""

    @property
    def asked(self) -> int:
        return self.answered + self.failed + self.dueled

    @property
    def saved(self) -> Decimal:
        """US dollars; below 0 where the chosen ones cost more."""
        return self.other_usd - self.compared_usd


def savings(routed: Iterable[Routed]) -> Savings:
    """Add them up; what is still under way counts for nothing."""
    ended = [at for at in routed if at.fate is not Fate.ASKED]
    called = [at for at in ended if at.fate is not Fate.DUELED]
    answered = [at for at in called if at.fate is Fate.ANSWERED]
    compared = [
        (at.usd, at.choice.other_usd)
        for at in answered
        if at.usd is not None and at.choice.other_usd is not None
    ]
    weighed = [at.choice for at in answered if at.choice.won + at.choice.lost >= LEAST_DUELS]
    duels = [at.won + at.lost + at.split for at in weighed]
    return Savings(
        answered=len(answered),
        failed=len(called) - len(answered),
        dueled=len(ended) - len(called),
        usd=sum((at.usd for at in called if at.usd is not None), Decimal(0)),
        unknown_usd=sum(at.usd is None for at in answered),
        compared=len(compared),
        compared_usd=sum((usd for usd, _ in compared), Decimal(0)),
        other_usd=sum((other for _, other in compared), Decimal(0)),
        weighed=len(weighed),
        worse=sum(at.lost / of for at, of in zip(weighed, duels, strict=True)),
        better=sum(at.won / of for at, of in zip(weighed, duels, strict=True)),
    )
