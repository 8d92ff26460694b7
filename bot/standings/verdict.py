"""What may be claimed of a pair, and what not yet."""

from dataclasses import dataclass
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.standings import balance
from bot.standings.evidence import log_e, more_needed, within
from bot.standings.figures import Refusal, Verdict
from bot.standings.record import Flags, Floats, Ints, Series

LEAST_DUELS = 10
ODDS = 20.0
"""What E must reach for a single comparison: a false claim ever in at most one of 20 teams."""
MARGIN = 0.05
"""What counts as equal, on either side of one half."""
WEEK_US = 7 * 24 * 3600 * 10**6


@dataclass(frozen=True)
class Sums:
    """What claims are made from; one number each, or an array with one for each voter left out."""

    won: NDArray[Any]
    decided: NDArray[Any]
    score: NDArray[Any]
    scored: NDArray[Any]


@dataclass(frozen=True, eq=False)
class Evidence:
    """The duels of one pair, as its first contender sees them, added up."""

    duels: int
    """Those that nobody voted on included."""
    sums: Sums
    since: int
    """When the earliest of those that were decided ended, in microseconds."""
    until: int
    without: Sums
    """The same sums with each voter left out in turn."""


def evidence(kinds: Ints, voters: Ints) -> Evidence:
    """Out of the rows of a balance that are of one pair."""
    tally, many = kinds[:, balance.WON : balance.BOTH_BAD + 1], kinds[:, balance.MANY]
    lead = np.sign(tally[:, 0] - tally[:, 1])
    scored = tally[:, :3].sum(axis=1) > 0
    won, decided = many @ (lead > 0), many @ (lead != 0)
    score = many[scored] @ (lead[scored] + 1) / 2
    sums = Sums(*(np.asarray(at) for at in (won, decided, score, many @ scored)))
    ended = kinds[lead != 0]
    who, place = np.unique(voters[:, balance.VOTER], return_inverse=True)
    ballots, *changes = (
        np.bincount(place, weights=column, minlength=len(who))
        for column in voters[:, balance.SCORED : balance.LEFT_OUT.stop].T
    )
    cast = ballots > 0
    won, decided, score, counted = (change[cast] for change in changes)
    return Evidence(
        duels=int(many.sum()),
        sums=sums,
        since=int(ended[:, balance.SINCE].min(initial=2**62)),
        until=int(ended[:, balance.UNTIL].max(initial=0)),
        without=Sums(sums.won + won, sums.decided + decided, sums.score + score / 2, sums.scored + counted),
    )


def verdict(
    pair: tuple[Series, Series], told: Evidence, comparisons: int = 1, margin: float = MARGIN
) -> Verdict:
    """Judge a pair by its duels: won by the majority of decisive votes, and split duels dropped.

    A winner is claimed at E ≥ 20 × comparisons, equality where the confidence sequence of the duels' score (a
    split one gives ½) lies within ½ ± margin; both may be. Nothing is claimed from under ten duels, from one
    week alone, or if it would fall without any one of the voters.
    """
    sums = told.sums
    won, decided, scored = int(sums.won), int(sums.decided), int(sums.scored)
    threshold = ODDS * comparisons
    side, equal = _claims(sums, threshold, margin)
    refusal = _too_early(told) or (None if side or equal else Refusal.EVIDENCE)
    carried = 0
    if refusal is None:
        sides, equals = _claims(told.without, threshold, margin)
        falls = ((sides != side) & bool(side)) | (~equals & bool(equal))
        carried = int(falls.sum())
        refusal = Refusal.ONE_VOTER if carried else None
    needed = None if refusal is None else more_needed(won, decided, threshold, LEAST_DUELS)
    leader = None if won * 2 == decided else pair[0] if won * 2 > decided else pair[1]
    return Verdict(
        winner=leader if side and refusal is None else None,
        equal=bool(equal) and refusal is None,
        refusal=refusal,
        leader=leader,
        margin=margin,
        won=won,
        lost=decided - won,
        split=scored - decided,
        log_e=float(log_e(won, decided)),
        threshold=threshold,
        more_duels=None if needed is None else -(-needed * told.duels // decided),
        carried_by=carried,
    )


def _too_early(told: Evidence) -> Refusal | None:
    if told.sums.decided < LEAST_DUELS:
        return Refusal.FEW_DUELS
    return Refusal.ONE_WEEK if told.until - told.since < WEEK_US else None


def _claims(sums: Sums, threshold: float, margin: float) -> tuple[Floats, Flags]:
    """Who is ahead by enough (1 the first, −1 the second, 0 nobody), and whether the two are equal."""
    enough = log_e(sums.won, sums.decided) >= log(threshold)
    side: Floats = np.where(enough, np.sign(2.0 * sums.won - sums.decided), 0.0)
    return side, within(sums.score, sums.scored, margin, threshold)
