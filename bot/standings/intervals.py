"""Shares with their intervals, on as many votes as the clustered ones are worth."""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np

from bot.standings.record import Floats, Ints

LEAST_ICC = 0.3
"""Votes on one duel are taken to agree at least so much: few duels say nothing of it."""
Z95 = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True)
class Estimate:
    """A figure and its 95 % interval, or a wider one where several are compared."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Share:
    """A share of votes."""

    estimate: Estimate
    votes: int
    effective: float
    """How many independent votes they are worth."""
    icc: float
    """How much the votes on one duel agree, as estimated; the interval takes at least `LEAST_ICC`."""


def share(
    votes: Ints | Floats, points: Ints | Floats, many: Ints | None = None, z: float = Z95
) -> Share | None:
    """The mean point of clustered votes, its Wilson interval on n_eff; `None` without a vote.

    `votes` (k,) is the number of votes m in each duel, `points` (k, 2) the sum and the sum of squares of what
    they gave: 1 for a win, 0 for a loss, ½ for a tie where ties are among them. `many` (k,) is how many duels
    are alike in this; by default each is one.

    n_eff = n / (1 + (m* − 1) · max(ICC, 0.3)), m* = Σm² / Σm. The design effect with unequal clusters: Kish,
    Survey Sampling (1965). A mean of points between 0 and 1 varies no more than a share of ones and zeros
    would, so the interval is on the safe side for a score with ties.
    """
    cast = votes > 0
    many = np.ones(len(votes), np.int64) if many is None else many
    votes, points, many = votes[cast], points[cast], many[cast]
    total = float((many * votes).sum())
    if not total:
        return None
    mean = float((many * points[:, 0]).sum()) / total
    icc = intraclass_correlation(votes, points, many)
    size = float((many * votes.astype(float) ** 2).sum()) / total
    effective = total / (1 + (size - 1) * max(icc, LEAST_ICC))
    return Share(Estimate(mean, *wilson(mean, effective, z)), int(total), effective, icc)


def wilson(p: float, n: float, z: float = Z95) -> tuple[float, float]:
    """The interval for a share p of n votes: Wilson, J. Amer. Statist. Assoc. 22 (1927) 209.

    (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n). It has a width at 0 and at 1 too.
    """
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, min(p, middle - half)), min(1.0, max(p, middle + half))


def intraclass_correlation(votes: Ints | Floats, points: Ints | Floats, many: Ints | None = None) -> float:
    """How much more alike the votes on one duel are than any two votes: 0 not at all, 1 all the same.

    The estimator of the one-way analysis of variance, (MSB − MSW) / (MSB + (m₀ − 1) MSW), held between 0 and
    1: Donner, Int. Statist. Rev. 54 (1986) 67. 0 where no duel has two votes. Arguments as of `share`.
    """
    many = np.ones(len(votes), np.int64) if many is None else many
    duels, total = int(many.sum()), float((many * votes).sum())
    if duels < 2 or total <= duels:
        return 0.0
    sums, squares = points[:, 0], points[:, 1]
    within = float((many * (squares - sums**2 / votes)).sum()) / (total - duels)
    between = (float((many * (sums**2 / votes)).sum()) - float((many * sums).sum()) ** 2 / total) / (
        duels - 1
    )
    size = (total - float((many * votes.astype(float) ** 2).sum()) / total) / (duels - 1)
    whole = between + (size - 1) * within
    return float(np.clip((between - within) / whole, 0.0, 1.0)) if whole > 0 else 0.0


def difference(one: Share, other: Share, comparisons: int = 1) -> Estimate:
    """One share less another one of independent votes, with an interval adjusted for so many comparisons.

    The square-and-add interval from the two Wilson ones: Newcombe, Statistics in Medicine 17 (1998) 873,
    method 10; z by Bonferroni.
    """
    z = NormalDist().inv_cdf(1 - 0.025 / comparisons)
    p, q = one.estimate.value, other.estimate.value
    (p_low, p_high), (q_low, q_high) = wilson(p, one.effective, z), wilson(q, other.effective, z)
    low = p - q - sqrt((p - p_low) ** 2 + (q_high - q) ** 2)
    high = p - q + sqrt((p_high - p) ** 2 + (q - q_low) ** 2)
    return Estimate(p - q, low, high)
