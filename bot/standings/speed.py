"""How fast contenders answer: medians and tails, differences on the same duels, failures beside them."""

from dataclasses import dataclass

import numpy as np

from bot.duel import Outcome
from bot.standings.intervals import Estimate
from bot.standings.record import OUTCOMES, Flags, Floats, Ints, Record

LEAST = 10
"""Duels from which on a difference gets an interval: fewer resampled say nothing of what was not seen."""
DRAWS = 400
MOST = 300
"""Duels in one draw; see `_interval`."""
_TIMEOUT = OUTCOMES.index(Outcome.TIMEOUT)
_CLEAN = [OUTCOMES.index(outcome) for outcome in Outcome if outcome.votable]


@dataclass(frozen=True)
class Quantile:
    """A point of a distribution."""

    value: float
    at_least: bool = False
    """A time-out stands at or below it: how long it would have taken, nobody knows."""


@dataclass(frozen=True)
class Spread:
    """How some measure is distributed; seconds or tokens a second."""

    count: int
    median: Quantile
    p90: Quantile
    """For speeds in tokens a second the slow end: the speed that nine of ten answers reach."""


@dataclass(frozen=True)
class Speed:
    """One contender's clock. `None` where nothing was measured."""

    ttft: Spread | None
    """Seconds to the first reasoning or content."""
    ttfa: Spread | None
    """Seconds to the first content."""
    total: Spread | None
    """Seconds to the last content."""
    visible: Spread | None
    """Tokens of visible text a second: (completion − reasoning) / (total − TTFA)."""
    failures: float | None
    """The share of answers that failed, time-outs included."""
    timeouts: float | None


@dataclass(frozen=True)
class Paired:
    """One measure of two contenders on the same duels."""

    first: Spread
    second: Spread
    median: Estimate | None
    """Of the first less that of the second; `None` on fewer than `LEAST` duels."""
    p90: Estimate | None


@dataclass(frozen=True)
class PairSpeed:
    """Two contenders on the prompts that both answered at the first call, or let time out."""

    duels: int
    ttft: Paired | None
    ttfa: Paired | None
    total: Paired | None
    visible: Paired | None


def usable(record: Record) -> Flags:
    """(n, 2) answers that speed may be judged by: one call made, and whole or run into the limit."""
    return np.isin(record.outcome, [*_CLEAN, _TIMEOUT]) & (record.attempts <= 1)


def speed(record: Record, rows: Ints, sides: Ints) -> Speed:
    """The clock of the answers at these duels and sides."""
    outcome = record.outcome[rows, sides]
    fit = usable(record)[rows, sides]
    late = outcome[fit] == _TIMEOUT
    total = record.total[rows, sides][fit]
    asked = len(outcome)
    return Speed(
        ttft=spread(*_censored(record.ttft[rows, sides][fit], total, late)),
        ttfa=spread(*_censored(record.ttfa[rows, sides][fit], total, late)),
        total=spread(total, late),
        visible=_speeds(record.visible[rows, sides][fit & (outcome != _TIMEOUT)]),
        failures=float((~np.isin(outcome, _CLEAN)).mean()) if asked else None,
        timeouts=float((outcome == _TIMEOUT).mean()) if asked else None,
    )


def pair_speed(record: Record, rows: Ints, first: Ints, rng: np.random.Generator) -> PairSpeed:
    """Two contenders on these duels; `first` is the side on which the first of them sat in each."""
    sides = np.stack([first, 1 - first], axis=1)
    both = usable(record)[rows].all(axis=1)
    rows, sides = rows[both], sides[both]
    late = np.take_along_axis(record.outcome[rows], sides, 1) == _TIMEOUT
    total = np.take_along_axis(record.total[rows], sides, 1)

    def seconds(column: Floats) -> Paired | None:
        return _paired(*_censored(np.take_along_axis(column[rows], sides, 1), total, late), rng)

    rate = np.take_along_axis(record.visible[rows], sides, 1)
    return PairSpeed(
        duels=len(rows),
        ttft=seconds(record.ttft),
        ttfa=seconds(record.ttfa),
        total=seconds(record.total),
        visible=_paired(np.where(late, np.nan, rate), np.zeros_like(late), rng, tail=0.1),
    )


def spread(values: Floats, late: Flags, tail: float = 0.9) -> Spread | None:
    """Median and tail of what is known. A time-out counts as a value at its limit: censored, not missing.

    Kaplan and Meier (1958): a quantile below every censored value is the true one; above, it is a bound.
    """
    known = ~np.isnan(values)
    values, late = values[known], late[known]
    if not len(values):
        return None
    limit = float(values[late].min()) if late.any() else np.inf
    median, end = (Quantile(float(at), bool(at >= limit)) for at in np.quantile(values, (0.5, tail)))
    return Spread(len(values), median, end)


def _speeds(values: Floats) -> Spread | None:
    return spread(values, np.zeros(len(values), bool), tail=0.1)


def _censored(values: Floats, total: Floats, late: Flags) -> tuple[Floats, Flags]:
    """A time-out before the first token has waited for it until the end; one after it has its true time."""
    waiting = late & np.isnan(values)
    return np.where(waiting, total, values), late & (waiting | (values >= total))


def _paired(values: Floats, late: Flags, rng: np.random.Generator, tail: float = 0.9) -> Paired | None:
    known = ~np.isnan(values).any(axis=1)
    values, late = values[known], late[known]
    first, second = (spread(values[:, side], late[:, side], tail) for side in (0, 1))
    if first is None or second is None:
        return None
    middle = first.median.value - second.median.value
    end = first.p90.value - second.p90.value
    if len(values) < LEAST:
        return Paired(first, second, None, None)
    return Paired(first, second, *_intervals(values, (middle, end), tail, rng))


def _intervals(
    values: Floats, found: tuple[float, float], tail: float, rng: np.random.Generator
) -> list[Estimate]:
    """95 % intervals of the differences of medians and of tails, by resampling duels, both answers together.

    The percentile bootstrap: Efron, Ann. Statist. 7 (1979) 1. Of many duels only `MOST` are drawn, and the
    interval is narrowed by √(MOST/n): the m out of n bootstrap of Bickel, Götze and van Zwet, Statistica
    Sinica 7 (1997) 1; its cost does not grow with the history.
    """
    many = len(values)
    size = min(many, MOST)
    narrower = (size / many) ** 0.5
    places = [_beside(share, size) for share in (0.5, tail)]
    at = [place for both in places for place in both]
    drawn = rng.integers(many, size=(DRAWS, size))
    first, second = (np.partition(values[:, side][drawn], at) for side in (0, 1))
    intervals = []
    for value, share, (below, above) in zip(found, (0.5, tail), places, strict=True):
        part = share * (size - 1) - below
        gap = (first[:, [below, above]] - second[:, [below, above]]) @ (1 - part, part)
        low, high = np.quantile(gap - value, (0.025, 0.975)) * narrower + value
        intervals.append(Estimate(value, min(float(low), value), max(float(high), value)))
    return intervals


def _beside(share: float, size: int) -> tuple[int, int]:
    """The places of the two sorted values between which that quantile lies."""
    below = int(share * (size - 1))
    return below, min(below + 1, size - 1)
