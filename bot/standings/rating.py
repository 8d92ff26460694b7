"""Three contenders and more on one scale, with intervals of their differences. Two need no scale."""

from dataclasses import dataclass
from math import log

import numpy as np

from bot.standings.intervals import LEAST_ICC, Z95, Estimate
from bot.standings.record import Floats, Ints, Series

POINTS = 400 / log(10)
"""Rating points for a factor e in the odds: 400 points are odds of ten to one, as in chess."""
CENTRE = 1000.0
PSEUDO_WINS = 0.5
"""Each way, for each pair that has met: without them a contender that never lost has no finite rating."""
DRAWS = 400
STEPS = 100


@dataclass(frozen=True)
class Ratings:
    """Ratings of the contenders that are linked by duels; the largest such group, of three or more."""

    series: tuple[Series, ...]
    """The best first."""
    points: tuple[float, ...]
    """Their mean is `CENTRE`: only differences mean something."""
    differences: tuple[tuple[Estimate, ...], ...]
    """[i][j]: points of i less those of j, with a 95 % interval."""
    unlinked: tuple[Series, ...]
    """Those that no chain of duels links with the others."""


def bradley_terry(wins: Floats) -> Floats:
    """Log-strengths of k contenders, their mean 0, for each of many tables of wins at once.

    `wins` (…, k, k): how often the row won against the column, a tie as half to either; the pairs that have
    met must link all k, and nobody may have won or lost everything. Gives (…, k). The maximum of Σ wᵢⱼ ln
    σ(θᵢ − θⱼ) by Newton's method: Bradley and Terry, Biometrika 39 (1952) 324.
    """
    games = wins + np.swapaxes(wins, -1, -2)
    won = wins.sum(-1)
    size = wins.shape[-1]
    theta = np.zeros(wins.shape[:-1])
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(theta[..., None, :] - theta[..., :, None]))
        gradient = won - (games * chance).sum(-1)
        step = np.linalg.solve(_information(games, chance) + 1 / size, gradient[..., None])[..., 0]
        theta = theta + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-10:
            break
    result: Floats = theta - theta.mean(-1, keepdims=True)
    return result


def ratings(
    series: tuple[Series, ...], seat: Ints, points: Ints, many: Ints, rng: np.random.Generator
) -> Ratings | None:
    """Rate everybody who met somebody; `None` for fewer than three.

    `seat` (n, 2) who met, `points` (n, 3) votes for the first, for the second, and ties, of duels that count,
    and `many` (n,) how many of them are alike in this.
    """
    if len(series) < 3:
        return None
    voted = points.sum(axis=1) > 0
    seat, points, many = seat[voted], points[voted], many[voted]
    group = _linked(len(series), seat)
    if len(group) < 3:
        return None
    place = np.full(len(series), -1)
    place[group] = np.arange(len(group))
    inside = place[seat[:, 0]] >= 0
    met = np.unique(seat)
    seat, points, many = place[seat[inside]], points[inside], many[inside]
    wins, drawn = _tables(seat, points, many, len(group), rng)
    theta = bradley_terry(wins)
    low, high = _around(theta, bradley_terry(drawn), wins, _worth(points, many))
    order = np.argsort(-theta, kind="stable")
    gap = theta[:, None] - theta[None, :]
    return Ratings(
        series=tuple(series[group[i]] for i in order),
        points=tuple(CENTRE + POINTS * float(theta[i]) for i in order),
        differences=tuple(
            tuple(Estimate(*(POINTS * float(at[i, j]) for at in (gap, low, high))) for j in order)
            for i in order
        ),
        unlinked=tuple(series[i] for i in met if place[i] < 0),
    )


def _tables(
    seat: Ints, points: Ints, many: Ints, size: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """The table of wins (k, k), pseudo-wins included, and `DRAWS` more of it with the duels drawn anew.

    The duels of a pair are drawn from that pair's. Those with the same votes are alike, so that one draw is a
    multinomial one among the kinds there are: exact, and as cheap for a million votes as for a hundred.
    """
    swap = seat[:, 0] > seat[:, 1]
    low, high = np.where(swap[:, None], seat[:, ::-1], seat).T
    won, lost = np.where(swap[:, None], points[:, 1::-1], points[:, :2]).T
    shape = (size, size, *(int(points.max()) + 1 for _ in range(3)))
    codes = np.ravel_multi_index((low, high, won, lost, points[:, 2]), shape)
    found, alike = np.unique(codes, return_inverse=True)
    counts = np.bincount(alike, weights=many).astype(np.int64)
    kinds = np.stack(np.unravel_index(found, shape), axis=1)
    table, drawn = np.zeros((size, size)), np.zeros((DRAWS, size, size))
    for i, j in np.unique(kinds[:, :2], axis=0):
        of = (kinds[:, 0] == i) & (kinds[:, 1] == j)
        votes, held = kinds[of, 2:], counts[of]
        each = np.stack([votes[:, 0] + votes[:, 2] / 2, votes[:, 1] + votes[:, 2] / 2], 1)
        table[[i, j], [j, i]] = held @ each + PSEUDO_WINS
        drawn[:, [i, j], [j, i]] = rng.multinomial(held.sum(), held / held.sum(), DRAWS) @ each + PSEUDO_WINS
    return table, drawn


def _around(theta: Floats, drawn: Floats, wins: Floats, worth: float) -> tuple[Floats, Floats]:
    """Bounds (k, k) of the differences: the wider of the bootstrap's and of the likelihood's own.

    Resampling cannot see what never happened: from 5–0, or six ties of six, every draw is the same, and the
    interval would have no width. The curvature of the likelihood, with the pseudo-wins and with the votes
    taken for what they are `worth`, has one there: the Wald interval from the Fisher information.
    """
    gaps = drawn[:, :, None] - drawn[:, None, :]
    low, high = np.quantile(gaps, (0.025, 0.975), axis=0)
    games = wins + wins.T
    chance = 1 / (1 + np.exp(theta[None, :] - theta[:, None]))
    spread = np.linalg.pinv(_information(games, chance) * worth)
    variance = np.diag(spread)[:, None] + np.diag(spread)[None, :] - 2 * spread
    half = Z95 * np.sqrt(np.maximum(variance, 0))
    gap = theta[:, None] - theta[None, :]
    return np.minimum(low, gap - half), np.maximum(high, gap + half)


def _worth(points: Ints, many: Ints) -> float:
    """What part of an independent vote one of these is worth: the design effect of `intervals.share`."""
    votes = points.sum(axis=1).astype(float)
    return float(1 / (1 + ((many @ votes**2) / (many @ votes) - 1) * LEAST_ICC))


def _information(games: Floats, chance: Floats) -> Floats:
    weight = games * chance * (1 - chance)
    eye = np.eye(games.shape[-1])
    result: Floats = eye * weight.sum(-1)[..., None] - weight
    return result


def _linked(size: int, seat: Ints) -> Ints:
    """The largest group in which a chain of duels leads from each to each."""
    label = np.arange(size)
    edges = np.unique(seat, axis=0) if len(seat) else np.empty((0, 2), int)
    for _ in range(size):
        for a, b in edges:
            label[[a, b]] = min(label[a], label[b])
    return np.flatnonzero(label == np.bincount(label, minlength=size).argmax())
