"""What holds for any votes whatever."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.standings import Facet, Standings, standings
from bot.standings.intervals import share
from bot.standings.rating import POINTS, bradley_terry
from tests.worlds.evidence import told
from tests.worlds.records import LEFT, RIGHT, THIRD, Past, Told, record

TOLD = st.sampled_from([LEFT, RIGHT, THIRD])


@st.composite
def duels(draw: st.DrawFn) -> list[Past]:
    """A few weeks of three contenders, with everything that can happen."""
    past = []
    for _ in range(draw(st.integers(0, 25))):
        one, other = draw(st.lists(TOLD, min_size=2, max_size=2, unique=True))
        votes = draw(st.text("abtx", max_size=6))
        void = draw(st.integers(0, 9)) == 0
        past.append(
            Past(
                "" if void else votes,
                Told(one, total=draw(st.floats(0.5, 60)), attempts=draw(st.sampled_from([1, 1, 2]))),
                Told(other, total=draw(st.floats(0.5, 60))),
                day=draw(st.floats(0, 40)),
                topic=draw(st.sampled_from([None, "coding", "facts"])),
                void=void,
                reason=draw(st.sampled_from([None, None, "Answer A says who wrote it."])),
            )
        )
    return past


@settings(max_examples=25, deadline=None)
@given(duels())
def test_every_ended_duel_is_counted_once_or_left_out_with_a_reason(past: list[Past]) -> None:
    found = standings(record(past), by=(Facet.TOPIC,))
    preference = sum(x.count for x in found.exclusions if x.of == "preference" and x.reason != "nobody voted")
    assert found.counting + preference == found.duels
    for pair in found.pairs:
        verdict = pair.preference.verdict
        voted = pair.duels - verdict.won - verdict.lost - verdict.split
        assert voted >= 0
        assert verdict.winner is None or verdict.refusal is None
        assert sum(category.preference.counts.total for category in pair.categories) <= (
            pair.preference.counts.total
        )


@settings(max_examples=25, deadline=None)
@given(duels())
def test_nothing_depends_on_which_side_anybody_sat(past: list[Past]) -> None:
    turned = [replace(at, a=at.b, b=at.a, votes=at.votes.translate(str.maketrans("ab", "ba"))) for at in past]
    assert [_told(standings(record(past)))] == [_told(standings(record(turned)))]


def _told(found: Standings) -> object:
    said = [(pair.pair, pair.preference) for pair in found.pairs]
    return [(pair, what.counts, what.decisive, what.verdict) for pair, what in said]


@settings(max_examples=25, deadline=None)
@given(duels())
def test_leaving_a_voter_out_is_what_counting_without_them_gives(past: list[Past]) -> None:
    past = [at for at in past if at.votes]
    tally = np.array([[at.votes.count(letter) for letter in "abtx"] for at in past], int).reshape(-1, 4)
    cast = [(row, voter, letter) for row, at in enumerate(past) for voter, letter in enumerate(at.votes)]
    ballots = [(row, voter, "abt".index(letter)) for row, voter, letter in cast if letter != "x"]
    if not ballots:
        return
    duel, voter, kind = np.array(ballots).T
    ended_at = np.zeros(len(past), int)
    without = told(tally, ended_at, duel, voter, kind).without
    for place, who in enumerate(np.unique(voter)):
        left = tally.copy()
        np.subtract.at(left, (duel[voter == who], kind[voter == who]), 1)
        none = np.empty(0, int)
        anew = told(left, ended_at, none, none, none).sums
        for name in ("won", "decided", "score", "scored"):
            assert getattr(without, name)[place] == getattr(anew, name), name


@given(st.lists(st.tuples(st.integers(1, 9), st.floats(0, 1)), min_size=1, max_size=30))
def test_the_interval_holds_the_share_and_stays_between_none_and_all(cast: list[tuple[int, float]]) -> None:
    votes = np.array([m for m, _ in cast])
    won = np.array([round(m * part) for m, part in cast], float)
    found = share(votes, np.stack([won, won], axis=1))
    assert found is not None
    assert 0 <= found.estimate.low <= found.estimate.value <= found.estimate.high <= 1
    assert found.estimate.low < found.estimate.high
    assert 1 <= found.effective <= found.votes
    assert 0 <= found.icc <= 1


@pytest.mark.parametrize("seed", range(10))
def test_ratings_agree_with_those_of_another_implementation(seed: int) -> None:
    """To 0.01 points, without pseudo-wins, on tables in which everybody has won and lost."""
    import choix  # noqa: PLC0415 # it loads all of SciPy, and each process of the stories would wait for that

    rng = np.random.default_rng(seed)
    size = int(rng.integers(3, 12))
    wins = rng.integers(1, 60, (size, size)).astype(float)
    np.fill_diagonal(wins, 0)
    ours = bradley_terry(wins) * POINTS
    pairs = [(i, j) for i in range(size) for j in range(size) for _ in range(int(wins[i, j]))]
    theirs = choix.opt_pairwise(size, pairs, method="Newton-CG", tol=1e-12)
    assert np.abs(ours - (theirs - theirs.mean()) * POINTS).max() < 0.01


def test_many_tables_at_once_are_rated_as_one_by_one() -> None:
    wins = np.random.default_rng(0).integers(1, 20, (5, 4, 4)).astype(float)
    assert np.allclose(bradley_terry(wins), [bradley_terry(table) for table in wins])
