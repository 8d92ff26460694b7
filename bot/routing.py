"""Which of two contenders answers a question: chosen by what is known of them, and nothing that is not."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from random import Random

from bot.duel import ContenderId, Pair, Topic

Costs = Mapping[ContenderId, Decimal | None]
"""US dollars an answer; `None` is unknown."""


class Ground(StrEnum):
    """Why somebody was chosen."""

    VOTES = "votes"
    """This team's votes prefer it."""
    EQUAL = "equal"
    """The votes show the two to be equal, and it is the cheaper one."""
    UNKNOWN = "unknown"
    """The votes do not say: the default, or both of them, in a duel."""
    PAUSED = "paused"
    """The other one is paused."""


class CheaperBy(StrEnum):
    """How it is known who is cheaper."""

    BILLS = "bills"
    """By what their answers have cost this team."""
    PRICES = "prices"
    """By what this answer costs at the most, at the prices in force."""


@dataclass(frozen=True)
class Finding:
    """What the duels of a pair support, on the prompts of one topic or on all."""

    winner: ContenderId | None
    """Claimed only where the verdict is."""
    equal: bool
    """Shown to be within ½ ± margin; both may be claimed."""
    won: tuple[int, int]
    """Duels that each of the pair has won by majority."""
    split: int
    """Duels that were voted on and that nobody has won."""
    log_e: float
    """Natural logarithm of the e-value."""
    threshold: float
    """What the e-value must reach."""
    margin: float

    @property
    def duels(self) -> int:
        """That anybody voted on."""
        return sum(self.won) + self.split

    @property
    def says(self) -> bool:
        """Whether anything is claimed."""
        return self.winner is not None or self.equal


@dataclass(frozen=True)
class Known:
    """What a team's record says of two contenders, for prompts of one topic."""

    pair: Pair
    topic: Topic | None = None
    """Of the prompt; `None`: unclassified."""
    overall: Finding | None = None
    """`None`, as with the next one: the two have never met there."""
    on_topic: Finding | None = None
    better_there: ContenderId | None = None
    """Who does better on this topic than on all other prompts, where the difference itself says so."""
    costs: Costs | None = None
    """Mean cost of an answer to such prompts, as far as they are known."""
    models: Mapping[ContenderId, str] | None = None
    """The model's version that the duels are about, where the provider said one."""


@dataclass(frozen=True)
class Choice:
    """Who answers, why, and what was known when that was decided. It is stored, and never computed anew."""

    chosen: ContenderId | None
    """`None`: both, in a duel."""
    other: ContenderId | None
    ground: Ground
    about: Topic | None
    """The topic whose duels the next ones are about; `None`: all prompts."""
    won: int
    """Duels won by the chosen one, or by the first of the pair where both answer; the next, by the other."""
    lost: int
    split: int
    log_e: float
    threshold: float
    margin: float
    in_all: int
    """Duels of the two that anybody voted on, over all topics."""
    on_topic: int | None
    """The same on the prompt's topic; `None`: it has none."""
    cheaper_by: CheaperBy | None
    """Where the choice was made by cost; `None` as well if it was to be, and no cost is known."""
    usual_usd: Decimal | None
    """Mean cost of an answer of the chosen one to such prompts."""
    other_usd: Decimal | None
    """The same of the other one: what it would have cost, as an estimate."""
    model: str | None
    """The version of the chosen one that the duels are about, where its provider said one."""


def choose(
    known: Known, *, at_most: Costs, paused: Collection[ContenderId], share: float, rng: Random
) -> Choice:
    """The contender that the votes support for such a prompt.

    A verdict on the prompt's own topic goes first, then one over all topics, unless the topic is shown to
    differ from the rest against it. Where the two are shown to be equal, the cheaper one answers. Where
    nothing is shown, both do, in a duel, in that `share` (0 … 1) of cases; else the cheaper one: of two that
    may be equally good, cost is the one thing that is known. Without any cost it is the first of the pair.

    A lead without a verdict decides nothing. `at_most` is what this answer may cost. Whoever is paused is not
    chosen, and one of the two must not be.
    """
    ready = [name for name in known.pair if name not in paused]
    about, finding = _supported(known)
    cheaper, by = _cheaper(known, at_most)
    ground, wanted = Ground.UNKNOWN, cheaper
    if finding is None:
        if len(ready) == len(known.pair) and rng.random() < share:
            return _choice(known, None, Ground.UNKNOWN)
    elif finding.equal:
        ground, wanted = Ground.EQUAL, cheaper if by or finding.winner is None else finding.winner
    else:
        assert finding.winner is not None
        ground, wanted, by = Ground.VOTES, finding.winner, None
    if wanted in paused:
        ground, wanted, by = Ground.PAUSED, ready[0], None
    return _choice(known, wanted, ground, by=by, about=about, finding=finding)


def _supported(known: Known) -> tuple[Topic | None, Finding | None]:
    """The finding that may be acted on, and what it is about."""
    if known.on_topic is not None and known.on_topic.says:
        return known.topic, known.on_topic
    overall = known.overall
    if overall is None or not overall.says:
        return None, None
    against = known.better_there is not None and known.better_there != overall.winner
    return (None, None) if against else (None, overall)


def _cheaper(known: Known, at_most: Costs) -> tuple[ContenderId, CheaperBy | None]:
    """The one whose answers cost less, by bills before prices; the first of the pair where nobody can say."""
    for costs, by in ((known.costs or {}, CheaperBy.BILLS), (at_most, CheaperBy.PRICES)):
        first, second = (costs.get(name) for name in known.pair)
        if first is not None and second is not None and first != second:
            return known.pair[0 if first < second else 1], by
    return known.pair[0], None


def _choice(
    known: Known,
    chosen: ContenderId | None,
    ground: Ground,
    *,
    by: CheaperBy | None = None,
    about: Topic | None = None,
    finding: Finding | None = None,
) -> Choice:
    if finding is None:  # nothing is claimed: what there is on the topic itself, else over all
        about, finding = (known.topic, known.on_topic) if known.on_topic else (None, known.overall)
    first, second = known.pair
    other = None if chosen is None else second if chosen == first else first
    won = (0, 0) if finding is None else finding.won if chosen != second else finding.won[::-1]
    costs, models = known.costs or {}, known.models or {}
    return Choice(
        chosen=chosen,
        other=other,
        ground=ground,
        about=about,
        won=won[0],
        lost=won[1],
        split=finding.split if finding else 0,
        log_e=finding.log_e if finding else 0.0,
        threshold=finding.threshold if finding else 0.0,
        margin=finding.margin if finding else 0.0,
        in_all=known.overall.duels if known.overall else 0,
        on_topic=None if known.topic is None else known.on_topic.duels if known.on_topic else 0,
        cheaper_by=by,
        usual_usd=None if chosen is None else costs.get(chosen),
        other_usd=None if other is None else costs.get(other),
        model=None if chosen is None else models.get(chosen),
    )
