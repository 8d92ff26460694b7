"""The tree of figures that digest, stats, Home and the terminal show."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from bot.duel import DuelId, Outcome
from bot.standings.cost import Cost
from bot.standings.intervals import Estimate, Share
from bot.standings.rating import Ratings
from bot.standings.record import Series
from bot.standings.speed import PairSpeed, Speed


class Facet(StrEnum):
    """By what duels are told apart."""

    TOPIC = "topic"
    LANGUAGE = "language"


class Refusal(StrEnum):
    """Why there is no verdict."""

    FEW_DUELS = "few_duels"
    """Under ten decided ones."""
    ONE_WEEK = "one_week"
    """All of them ended within seven days."""
    EVIDENCE = "evidence"
    """E is under its threshold, and equality is not shown either."""
    ONE_VOTER = "one_voter"
    """Without one of the voters it would not hold."""


@dataclass(frozen=True)
class Counts:
    """Votes, as the first of a pair sees them."""

    won: int = 0
    lost: int = 0
    tied: int = 0
    both_bad: int = 0

    @property
    def total(self) -> int:
        return self.won + self.lost + self.tied + self.both_bad

    @property
    def both_bad_rate(self) -> float | None:
        return self.both_bad / self.total if self.total else None


@dataclass(frozen=True)
class Verdict:
    """What may be claimed of a pair; a winner, equality, or neither and why."""

    winner: Series | None
    equal: bool
    refusal: Refusal | None
    """`None` where there is a winner or equality."""
    leader: Series | None
    """Who has won more duels so far; nothing that could be claimed."""
    margin: float
    """What counts as equal: so much on either side of one half."""
    won: int
    """Duels by majority of their decisive votes, as the first of the pair sees them."""
    lost: int
    split: int
    """Voted on, but decided by nobody: they are left out."""
    log_e: float
    """Natural logarithm of the e-value."""
    threshold: float
    """What E must reach: 20 times the number of comparisons."""
    more_duels: int | None
    """About how many more duels if this lead holds, splits included; `None`: out of sight, or not needed."""
    carried_by: int
    """How many voters there are without each of whom the verdict would not hold."""


@dataclass(frozen=True)
class Preference:
    """What the votes on a pair say, on all prompts or on some."""

    counts: Counts
    decisive: Share | None
    """W / (W + L); `None` without a decisive vote."""
    score: Share | None
    """(W + T/2) / (W + L + T)."""
    verdict: Verdict


@dataclass(frozen=True)
class Category:
    """The prompts of one topic or language."""

    facet: Facet
    name: str
    preference: Preference
    difference: Estimate | None
    """Its decisive share less that of all other prompts, adjusted for the number of categories."""


@dataclass(frozen=True)
class Claims:
    """What may be said of two series, and of them on the prompts of one topic."""

    pair: tuple[Series, Series]
    preference: Preference
    category: Category | None
    """`None` where no duel of theirs that counts was about it."""


@dataclass(frozen=True)
class PairStanding:
    """Two series that have met."""

    pair: tuple[Series, Series]
    duels: int
    """That count for preference, the ones that nobody voted on included."""
    preference: Preference
    categories: tuple[Category, ...]
    side_a: Share | None
    """Of the decisive votes, those for side A: far from one half, position speaks and not quality."""
    speed: PairSpeed
    closest: DuelId | None
    """The duel with the smallest lead among the most votes."""
    clearest: DuelId | None
    """The duel with the largest lead."""


@dataclass(frozen=True)
class ContenderFigures:
    """One series, whoever it met."""

    series: Series
    answers: int
    outcomes: Mapping[Outcome, int]
    retried: int
    """Answers that took more than one call; they are left out of the speed."""
    speed: Speed
    cost: Cost

    @property
    def failed(self) -> int:
        return sum(count for outcome, count in self.outcomes.items() if not outcome.votable)


@dataclass(frozen=True)
class Exclusion:
    """Something that was left out of something, why, and how often."""

    of: str
    """What it was left out of: `preference`, `verdict`, `speed` or `cost`."""
    reason: str
    count: int
    unit: str
    """What was counted: `duels` or `answers`."""


@dataclass(frozen=True)
class Standings:
    """Everything that a record of duels supports."""

    since: datetime | None
    until: datetime | None
    duels: int
    timed: int
    """Of so many of them, the newest, is the speed; all of them but in a long history that was added up."""
    counting: int
    """Duels that count for preference."""
    votes: int
    """Ballots in them."""
    voters: int
    spent: Decimal
    """US dollars, as far as they are known."""
    comparisons: int
    """How many claims were looked at: pairs × categories."""
    pairs: tuple[PairStanding, ...]
    """The most voted on first."""
    contenders: tuple[ContenderFigures, ...]
    ratings: Ratings | None
    """From three contenders up."""
    side_a: Share | None
    exclusions: tuple[Exclusion, ...]
