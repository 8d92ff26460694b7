"""Half a year of weekly looks, thousands of times over: how often the figures are wrong."""

from dataclasses import dataclass
from math import log

import numpy as np
import pytest

from bot.standings.evidence import log_e
from bot.standings.intervals import share
from bot.standings.record import Flags, Ints
from bot.standings.verdict import LEAST_DUELS, ODDS, WEEK_US, Evidence, verdict
from tests.worlds.evidence import told
from tests.worlds.records import LEFT, RIGHT

RUNS, WEEKS, A_WEEK = 2_000, 26, 40
MOST_VOTERS = 7


def half_years(p: float, runs: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Decisive votes and wins in each duel, (runs, weeks × 40): 1 to 7 voters who agree by 0.1 to 0.4."""
    alike = rng.uniform(0.1, 0.4, (runs, 1))
    rest = (1 - alike) / alike
    size = (runs, WEEKS * A_WEEK)
    votes = rng.integers(1, MOST_VOTERS + 1, size)
    return votes, rng.binomial(votes, rng.beta(p * rest, (1 - p) * rest, size))


def looks(votes: Ints, won: Ints) -> tuple[Ints, Ints]:
    """Duels won and duels decided up to the end of each week, (runs, weeks)."""
    lead = np.sign(2 * won - votes)

    def by_week(flags: Ints) -> Ints:
        summed: Ints = flags.cumsum(axis=1)[:, A_WEEK - 1 :: A_WEEK]
        return summed

    return by_week((lead > 0).astype(int)), by_week((lead != 0).astype(int))


def claimed(x: Ints, n: Ints) -> Flags:
    """At which looks a winner may be claimed: not at the first, which is from one week alone."""
    found: Flags = (log_e(x, n) >= log(ODDS)) & (n >= LEAST_DUELS)
    found[:, 0] = False
    return found


@pytest.mark.slow
def test_of_equal_contenders_at_most_one_half_year_in_twenty_ends_with_a_winner() -> None:
    x, n = looks(*half_years(0.5, RUNS, np.random.default_rng(20261124)))
    ever = claimed(x, n).any(axis=1).mean()
    assert ever <= 0.05


@pytest.mark.slow
def test_at_sixty_percent_half_of_the_verdicts_are_there_by_three_hundred_duels() -> None:
    x, n = looks(*half_years(0.6, RUNS, np.random.default_rng(1)))
    claims = claimed(x, n)
    first = np.where(claims.any(axis=1), (claims.argmax(axis=1) + 1) * A_WEEK, np.inf)
    assert np.median(first) <= 300
    wrong = claims.any(axis=1) & (2 * x < n)[np.arange(RUNS), claims.argmax(axis=1)]
    assert wrong.mean() < 0.005


@pytest.mark.slow
@pytest.mark.parametrize("p", [0.5, 0.6, 0.75])
@pytest.mark.parametrize("duels", [40, 120, 1040])
def test_the_interval_covers_the_true_share_as_often_as_it_says(p: float, duels: int) -> None:
    votes, won = half_years(p, RUNS, np.random.default_rng(duels))
    inside = 0
    for run in range(RUNS):
        points = np.repeat(won[run, :duels, None], 2, axis=1)
        found = share(votes[run, :duels], points)
        assert found is not None
        inside += found.estimate.low <= p <= found.estimate.high
    assert 0.93 <= inside / RUNS <= 0.99


@pytest.mark.slow
def test_with_every_rule_the_verdict_at_sixty_percent_still_comes_by_three_hundred_duels() -> None:
    """Fewer runs, but through `verdict` itself: nine people, of whom one to seven vote on a duel."""
    rng = np.random.default_rng(2)
    runs, people = 200, 9
    votes, won = half_years(0.6, runs, rng)
    first = []
    for run in range(runs):
        cast = _cast(votes[run], won[run], people, rng)
        found = (week for week in range(1, WEEKS + 1) if verdict((LEFT, RIGHT), _until(cast, week)).winner)
        first.append(next(found, np.inf) * A_WEEK)
    assert np.median(first) <= 300


@dataclass
class Cast:
    """Votes on duels of one pair, and who cast them."""

    tally: Ints
    ended_at: Ints
    duel: Ints
    voter: Ints
    kind: Ints


def _cast(votes: Ints, won: Ints, people: int, rng: np.random.Generator) -> Cast:
    duel = np.repeat(np.arange(len(votes)), votes)
    order = np.argsort(rng.random((len(votes), people)), axis=1)
    place = np.arange(len(duel)) - np.repeat(votes.cumsum() - votes, votes)
    return Cast(
        tally=np.stack([won, votes - won, *[np.zeros_like(won)] * 2], axis=1),
        ended_at=np.arange(len(votes)) * WEEK_US // A_WEEK,
        duel=duel,
        voter=order[duel, place],
        kind=(place >= won[duel]).astype(int),
    )


def _until(cast: Cast, week: int) -> Evidence:
    rows, ballots = week * A_WEEK, cast.duel < week * A_WEEK
    return told(
        *(cast.tally[:rows], cast.ended_at[:rows]),
        *(cast.duel[ballots], cast.voter[ballots], cast.kind[ballots]),
    )
