"""The rounds of a conversation weigh as one duel: the same people judge the same words."""

from dataclasses import replace

import numpy as np

from bot.standings import Facet, standings, weigh
from bot.standings.balance import BOTH_BAD, MANY, SCORED, WON
from bot.standings.record import UNKNOWN
from tests.worlds.records import Past, record

BY = (Facet.TOPIC,)


def test_rounds_are_one_duel_in_the_evidence_and_all_of_their_votes_are_there() -> None:
    past = [Past("aab"), Past("ab"), Past("aa", reason="names out"), Past("bb")]
    whole = replace(record(past), chain=np.array([0, 0, 0, UNKNOWN]))
    assert whole.unit.tolist() == [0, 0, 2, 3]
    kinds = weigh(whole).kinds
    assert kinds[:, MANY].sum() == 2
    assert sorted(kinds[:, WON : BOTH_BAD + 1].tolist()) == [[0, 2, 0, 0], [3, 2, 0, 0]]
    left_out = {(at.of, at.reason): at.count for at in standings(whole, by=BY).exclusions}
    assert left_out["verdict", "weighed in one with an earlier round"] == 1


def test_whoever_is_left_out_is_left_out_of_every_round() -> None:
    """With voter 0 it is 3 to 2; without both of their votes 1 to 2: the duel is lost, not drawn."""
    past = [Past("aab", voters=[0, 1, 2]), Past("ab", voters=[0, 3])]
    voters = weigh(replace(record(past), chain=np.array([0, 0]))).voters
    changes = {voter: row.tolist() for voter, row in zip(voters[:, 4], voters[:, SCORED + 1 :], strict=True)}
    assert changes[0] == [-1, 0, -2, 0]
    assert changes[2] == [0, 0, 0, 0]


def test_a_model_that_changes_between_rounds_is_another_series() -> None:
    past = [Past("aa"), Past("aa"), Past("aa")]
    whole = record(past)
    seat = whole.seat.copy()
    seat[1] = seat[1, ::-1]
    assert replace(whole, seat=seat, chain=np.array([0, 0, 0])).unit.tolist() == [0, 1, 0]
