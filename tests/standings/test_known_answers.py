"""Figures that others have published, or that anybody can work out on paper."""

from math import comb, exp, log

import numpy as np
import pytest

from bot.standings import Refusal, standings
from bot.standings.evidence import PRIOR, log_e, log_gamma, more_needed
from bot.standings.intervals import intraclass_correlation, share, wilson
from bot.standings.rating import POINTS, ratings
from tests.worlds.records import LEFT, RIGHT, THIRD, Past, Told, record, single_votes


def test_deepseek_v2_against_qwen2_in_the_public_arena() -> None:
    """102 wins, 64 losses, 120 ties."""
    (pair,) = standings(record(single_votes(102, 64, 120))).pairs
    assert pair.preference.counts.total == 286
    assert pair.preference.decisive is not None
    assert pair.preference.score is not None
    assert f"{pair.preference.decisive.estimate.value:.1%}" == "61.4%"
    assert f"{pair.preference.score.estimate.value:.1%}" == "56.6%"
    assert pair.preference.decisive.effective == 166  # one vote a duel: each is worth one


@pytest.mark.parametrize(
    ("wins", "votes"), [(9, 10), (15, 20), (21, 30), (32, 50), (60, 100), (114, 200), (272, 500)]
)
def test_so_many_wins_exclude_one_half_and_one_less_does_not(wins: int, votes: int) -> None:
    assert wilson(wins / votes, votes)[0] > 0.5
    assert wilson((wins - 1) / votes, votes)[0] <= 0.5


@pytest.mark.parametrize("letters", ["aaaaa", "tttttt", "bbbbb"])
def test_five_to_nil_and_six_ties_are_wide_and_no_verdict(letters: str) -> None:
    past = [Past(letter, day=3 * at) for at, letter in enumerate(letters)]
    (pair,) = standings(record(past)).pairs
    verdict = pair.preference.verdict
    assert verdict.refusal is Refusal.FEW_DUELS
    assert verdict.winner is None
    assert not verdict.equal
    shares = [pair.preference.decisive, pair.preference.score]
    for estimate in (found.estimate for found in shares if found is not None):
        assert estimate.high - estimate.low > 0.4


@pytest.mark.parametrize("letters", ["aaaaa", "tttttt"])
def test_ratings_of_three_have_wide_intervals_there_too(letters: str) -> None:
    seats = ((LEFT, RIGHT), (RIGHT, THIRD), (LEFT, THIRD))
    past = [Past(letter, Told(one), Told(other)) for one, other in seats for letter in letters]
    rated = standings(record(past)).ratings
    assert rated is not None
    widths = [
        rated.differences[i][j].high - rated.differences[i][j].low
        for i in range(3)
        for j in range(3)
        if i != j
    ]
    assert min(widths) > 200  # rating points: odds of more than three to one


def test_two_contenders_get_no_rating() -> None:
    assert standings(record(single_votes(30, 10))).ratings is None


def test_a_hundred_to_ten_in_odds_are_four_hundred_points() -> None:
    assert POINTS * log(10) == pytest.approx(400)


def test_the_e_value_is_the_exact_integral() -> None:
    """2ⁿ ∫ pˣ (1 − p)ⁿ⁻ˣ Beta(p; 10, 10) dp, by Gauss–Legendre, which is exact for polynomials."""
    nodes, weights = np.polynomial.legendre.leggauss(80)
    p, weights = (nodes + 1) / 2, weights / 2
    prior = 19 * comb(18, 9) * p**9 * (1 - p) ** 9
    assert PRIOR == 10
    for x, n in ((0, 0), (5, 5), (17, 30), (9, 40)):
        exact = 2**n * float((weights * prior * p**x * (1 - p) ** (n - x)).sum())
        assert exp(float(log_e(x, n))) == pytest.approx(exact, rel=1e-9)


def test_log_gamma_is_that_of_the_factorials() -> None:
    for n in (10, 11, 50):
        assert float(log_gamma(np.asarray(float(n)))) == pytest.approx(
            float(np.log(np.arange(1, n, dtype=float)).sum()), rel=1e-12
        )


def test_votes_that_always_agree_count_once_a_duel() -> None:
    votes = np.full(10, 4)
    points = np.array([[4.0, 4.0]] * 6 + [[0.0, 0.0]] * 4)
    assert intraclass_correlation(votes, points) == 1
    found = share(votes, points)
    assert found is not None
    assert found.effective == pytest.approx(10)


def test_votes_without_any_agreement_are_still_taken_to_agree_a_little() -> None:
    votes = np.full(10, 4)
    points = np.array([[2.0, 2.0]] * 10)
    assert intraclass_correlation(votes, points) == 0
    found = share(votes, points)
    assert found is not None
    assert found.effective == pytest.approx(40 / (1 + 3 * 0.3))


def test_about_so_many_more_duels() -> None:
    needed = more_needed(12, 20, 20, 10)
    assert needed is not None
    assert float(log_e(12 * (1 + needed / 20), 20 + needed)) >= log(20)
    assert float(log_e(12 * (1 + (needed - 1) / 20), 20 + needed - 1)) < log(20)
    assert more_needed(10, 20, 20, 10) is None
    assert more_needed(0, 0, 20, 10) is None


def test_who_never_met_the_others_is_not_rated_with_them() -> None:
    seat = np.array([[0, 1], [1, 2], [0, 2], [3, 4]])
    points = np.array([[1, 0, 0]] * 4)
    from_left = tuple(type(LEFT)(LEFT.contender, str(number)) for number in range(5))
    rated = ratings(from_left, seat, points, np.ones(4, int), np.random.default_rng(0))
    assert rated is not None
    assert set(rated.series) == set(from_left[:3])
    assert rated.unlinked == from_left[3:]
