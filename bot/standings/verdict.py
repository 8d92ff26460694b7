"""What may be claimed of a pair, and what not yet."""

from dataclasses import dataclass
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.standings.evidence import log_e, more_needed, within
from bot.standings.figures import Refusal, Verdict
from bot.standings.record import Flags, Floats, Ints, Series

LEAST_DUELS = 10
ODDS = 20.0
"""What E must reach for a single comparison: a false claim ever in at most one of 20 teams."""
MARGIN = 0.05
"""What counts as equal, on either side of one half."""
WEEK_US = 7 * 24 * 3600 * 10**6


@dataclass(frozen=True, eq=False)
class Votes:
    """The ballots on duels of one pair, as its first contender sees them."""

    tally: Ints
    """(k, 4) votes won, lost, tied, and for both bad, in each duel."""
    ended_at: Ints
    """(k,) microseconds."""
    duel: Ints
    """(m,) the row of each ballot."""
    voter: Ints
    """(m,) whose it is."""
    kind: Ints
    """(m,) 0 won, 1 lost, 2 tied, 3 both bad."""

    def only(self, inside: Flags) -> "Votes":
        """Those on some of the duels, (k,)."""
        ballots = np.flatnonzero(inside[self.duel])
        place = inside.cumsum(dtype=np.int32) - 1
        return Votes(
            tally=self.tally[inside],
            ended_at=self.ended_at[inside],
            duel=place[self.duel[ballots]],
            voter=self.voter[ballots],
            kind=self.kind[ballots],
        )


@dataclass(frozen=True)
class _Sums:
    """What claims are made from; one number each, or an array with one for each voter left out."""

    won: NDArray[Any]
    decided: NDArray[Any]
    score: NDArray[Any]
    scored: NDArray[Any]


def verdict(
    pair: tuple[Series, Series], votes: Votes, comparisons: int = 1, margin: float = MARGIN
) -> Verdict:
    """Judge a pair by its duels: won by the majority of decisive votes, and split duels dropped.

    A winner is claimed at E ≥ 20 × comparisons, equality where the confidence sequence of the duels' score (a
    split one gives ½) lies within ½ ± margin; both may be. Nothing is claimed from under ten duels, from one
    week alone, or if it would fall without any one of the voters.
    """
    lead = votes.tally[:, 0] - votes.tally[:, 1]
    sums = _sums(votes.tally)
    won, decided, scored = int(sums.won), int(sums.decided), int(sums.scored)
    threshold = ODDS * comparisons
    evidence = float(log_e(won, decided))
    side, equal = _claims(sums, threshold, margin)
    refusal = _too_early(votes.ended_at[lead != 0]) or (None if side or equal else Refusal.EVIDENCE)
    carried = 0
    if refusal is None:
        sides, equals = _claims(_without_each(votes, sums), threshold, margin)
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
        log_e=evidence,
        threshold=threshold,
        more_duels=None if needed is None else -(-needed * len(lead) // decided),
        carried_by=carried,
    )


def _too_early(ended_at: Ints) -> Refusal | None:
    if len(ended_at) < LEAST_DUELS:
        return Refusal.FEW_DUELS
    return Refusal.ONE_WEEK if int(np.ptp(ended_at)) < WEEK_US else None


def _sums(tally: Ints) -> _Sums:
    lead = np.sign(tally[:, 0] - tally[:, 1])
    scored = tally[:, :3].sum(axis=1) > 0
    return _Sums(
        *(
            np.asarray(at)
            for at in ((lead > 0).sum(), (lead != 0).sum(), (lead[scored] + 1).sum() / 2, scored.sum())
        )
    )


def _without_each(votes: Votes, sums: _Sums) -> _Sums:
    """The same sums with each voter left out in turn: what their ballots change, added up by voter."""
    counts = votes.kind < 3
    tally = votes.tally[votes.duel[counts]]
    less = tally.copy()
    less[np.arange(len(less)), votes.kind[counts]] -= 1
    before, after = (np.sign(at[:, 0] - at[:, 1]) for at in (tally, less))
    left = less[:, :3].sum(axis=1) > 0
    who = votes.voter[counts]
    voted = np.bincount(who) > 0

    def added(change: NDArray[Any]) -> Floats:
        return np.bincount(who, weights=change)[voted].astype(float)

    return _Sums(
        won=sums.won + added((after > 0) * 1.0 - (before > 0)),
        decided=sums.decided + added((after != 0) * 1.0 - (before != 0)),
        score=sums.score + added(np.where(left, (after + 1) / 2, 0) - (before + 1) / 2),
        scored=sums.scored + added(left * 1.0 - 1),
    )


def _claims(sums: _Sums, threshold: float, margin: float) -> tuple[Floats, Flags]:
    """Who is ahead by enough (1 the first, −1 the second, 0 nobody), and whether the two are equal."""
    enough = log_e(sums.won, sums.decided) >= log(threshold)
    side: Floats = np.where(enough, np.sign(2.0 * sums.won - sums.decided), 0.0)
    return side, within(sums.score, sums.scored, margin, threshold)
