"""Who answers: a choice that claims no more than the votes support, whatever is known."""

import asyncio
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from bot.briefing import Briefing
from bot.duel import ContenderId, Topic
from bot.knowledge import known
from bot.question import Fate
from bot.routing import CheaperBy, Choice, Finding, Ground, Known, choose
from bot.savings import Routed, savings
from bot.standings import Facet, Record, Series, standings
from tests.worlds.clock import ManualClock
from tests.worlds.records import LEFT, RIGHT, THIRD, Past, Told, record

L, R = ContenderId("left"), ContenderId("right")
PAIR = (L, R)
NOTHING: dict[ContenderId, Decimal | None] = {L: None, R: None}


def finding(
    winner: ContenderId | None = None, *, equal: bool = False, won: tuple[int, int] = (6, 4)
) -> Finding:
    return Finding(winner, equal, won, 1, 3.0 if winner else 0.5, 20.0, 0.05)


def cents(left: str | None, right: str | None) -> dict[ContenderId, Decimal | None]:
    return {L: left and Decimal(left), R: right and Decimal(right)}  # type: ignore[dict-item] # None stays


def chosen(what: Known, **changes: Any) -> Choice:
    given: dict[str, Any] = {"at_most": NOTHING, "paused": (), "share": 0.0, "rng": Random(1)}
    return choose(what, **{**given, **changes})


def test_a_verdict_on_the_topic_goes_before_one_over_all() -> None:
    found = chosen(Known(PAIR, Topic.CODING, overall=finding(L), on_topic=finding(R)))
    assert (found.chosen, found.other, found.ground, found.about) == (R, L, Ground.VOTES, Topic.CODING)
    assert (found.won, found.lost) == (4, 6)  # seen by the chosen one


def test_without_a_verdict_on_the_topic_one_over_all_is_good_enough() -> None:
    found = chosen(Known(PAIR, Topic.CODING, overall=finding(L), on_topic=finding(won=(1, 0))))
    assert (found.chosen, found.ground, found.about, found.on_topic) == (L, Ground.VOTES, None, 2)


def test_it_is_not_where_the_topic_is_shown_to_differ_against_it() -> None:
    differs = Known(PAIR, Topic.CODING, overall=finding(L), on_topic=finding(), better_there=R)
    assert chosen(differs).ground is Ground.UNKNOWN
    agrees = Known(PAIR, Topic.CODING, overall=finding(L), on_topic=finding(), better_there=L)
    assert chosen(agrees).ground is Ground.VOTES


def test_of_two_equal_ones_the_cheaper_answers_by_bills_before_prices() -> None:
    equal = Known(PAIR, overall=finding(equal=True), costs=cents("0.02", "0.01"))
    found = chosen(equal, at_most=cents("0.1", "0.2"))
    assert (found.chosen, found.ground, found.cheaper_by) == (R, Ground.EQUAL, CheaperBy.BILLS)
    assert (found.usual_usd, found.other_usd) == (Decimal("0.01"), Decimal("0.02"))
    found = chosen(Known(PAIR, overall=finding(equal=True)), at_most=cents("0.1", "0.2"))
    assert (found.chosen, found.cheaper_by) == (L, CheaperBy.PRICES)


def test_of_two_equal_ones_without_a_price_the_one_with_the_small_lead_answers() -> None:
    found = chosen(Known(PAIR, overall=finding(R, equal=True)))
    assert (found.chosen, found.ground, found.cheaper_by) == (R, Ground.EQUAL, None)


def test_where_nothing_is_known_and_no_price_is_the_first_of_the_pair_answers() -> None:
    found = chosen(Known(PAIR))
    assert (found.chosen, found.ground, found.cheaper_by, found.in_all) == (L, Ground.UNKNOWN, None, 0)


def test_the_share_of_duels_is_kept_over_many_questions() -> None:
    rng = Random(7)
    duels = sum(chosen(Known(PAIR), share=0.2, rng=rng).chosen is None for _ in range(2_000))
    assert 340 < duels < 460


findings = some.none() | some.builds(
    finding,
    some.sampled_from([None, L, R]),
    equal=some.booleans(),
    won=some.tuples(some.integers(0, 50), some.integers(0, 50)),
)
money = some.none() | some.decimals("0.0001", "9", places=4)
prices = some.fixed_dictionaries({L: money, R: money})


@settings(deadline=None, derandomize=True)
@given(
    overall=findings,
    on_topic=findings,
    topic=some.none() | some.sampled_from(Topic),
    better=some.sampled_from([None, L, R]),
    costs=prices,
    at_most=prices,
    paused=some.sampled_from([(), (L,), (R,)]),
    share=some.floats(0, 1),
    seed=some.integers(0, 99),
)
def test_whatever_is_known(  # noqa: PLR0917 - as hypothesis gives them
    overall: Finding | None,
    on_topic: Finding | None,
    topic: Topic | None,
    better: ContenderId | None,
    costs: dict[ContenderId, Decimal | None],
    at_most: dict[ContenderId, Decimal | None],
    paused: tuple[ContenderId, ...],
    share: float,
    seed: int,
) -> None:
    what = Known(PAIR, topic, overall, on_topic if topic else None, better, costs)

    def turn() -> Choice:
        return choose(what, at_most=at_most, paused=paused, share=share, rng=Random(seed))

    found = turn()
    assert found == turn()  # by nothing but what goes in
    assert found.chosen not in paused
    claims = [at for at in (what.on_topic, what.overall) if at is not None and at.says]
    if found.chosen is None:
        assert found.ground is Ground.UNKNOWN
        assert share > 0
        assert not paused
        return
    assert {found.chosen, found.other} == set(PAIR)
    if not claims:
        assert found.ground in (Ground.UNKNOWN, Ground.PAUSED)
    if found.ground is Ground.VOTES:
        assert found.chosen in [at.winner for at in claims]
    if found.ground is Ground.EQUAL:
        assert any(at.equal for at in claims)
    if found.ground is Ground.PAUSED:
        assert found.other in paused
    for known_costs, by in ((costs, CheaperBy.BILLS), (at_most, CheaperBy.PRICES)):
        mine, others = known_costs[found.chosen], known_costs[found.other or L]
        if found.cheaper_by is by:
            assert mine is not None
            assert others is not None
            assert mine < others


@settings(deadline=None, derandomize=True)
@given(share=some.floats(0, 1), seed=some.integers(0, 99), costs=prices)
def test_at_0_nothing_becomes_a_duel_and_at_1_everything_that_is_not_known(
    share: float, seed: int, costs: dict[ContenderId, Decimal | None]
) -> None:
    what = Known(PAIR, costs=costs)
    assert chosen(what, share=0.0, rng=Random(seed)).chosen is not None
    assert chosen(what, share=1.0, rng=Random(seed)).chosen is None
    assert chosen(Known(PAIR, overall=finding(L)), share=share, rng=Random(seed)).chosen == L


# ── what a record says ──


def past(left: int, right: int, tied: int = 0, **same: Any) -> list[Past]:
    """So many duels of one vote each, over a month, by seven people."""
    letters = "a" * left + "b" * right + "t" * tied
    step = 28 / max(1, len(letters))
    return [
        Past(letter, day=number * step, voters=[number % 7], **same) for number, letter in enumerate(letters)
    ]


def test_it_claims_what_the_standings_claim() -> None:
    held = record([*past(40, 10, topic="coding"), *past(5, 15, topic="writing"), *past(12, 12)])
    (pair,) = standings(held, by=(Facet.TOPIC, Facet.LANGUAGE)).pairs
    found = known(held, PAIR, Topic.CODING)
    assert found.overall is not None
    assert found.on_topic is not None
    verdict = pair.preference.verdict
    assert (found.overall.won, found.overall.log_e) == ((verdict.won, verdict.lost), verdict.log_e)
    (coding,) = [at.preference.verdict for at in pair.categories if at.name == "coding"]
    assert (found.on_topic.winner, coding.winner) == (L, LEFT)
    assert found.on_topic.threshold == coding.threshold == 60
    assert known(held, (R, L), Topic.CODING).on_topic == Finding(
        L, False, (10, 40), 0, coding.log_e, 60, coding.margin
    )
    assert known(held, PAIR, Topic.MATHS).on_topic is None


def test_votes_on_an_older_version_say_nothing_of_the_one_that_answers_now() -> None:
    old, new = (Series(L, name) for name in ("v1", "v2"))
    held = record([*past(40, 10, a=Told(old)), Past("b", a=Told(new), day=40)])
    found = known(held, PAIR, None)
    assert found.overall is not None
    assert (found.overall.winner, found.overall.won) == (None, (0, 1))
    assert found.models == {L: "v2"}


def test_two_that_never_met_are_not_known_by_whom_else_they_met() -> None:
    held = record([*past(40, 10, b=Told(THIRD)), *past(2, 30, a=Told(RIGHT), b=Told(THIRD))])
    found = known(held, PAIR, None)
    assert found.overall is None
    assert found.costs == {L: Decimal("0.001"), R: Decimal("0.001")}


def test_the_mean_cost_is_that_of_the_topic_from_ten_answers_on() -> None:
    dear, cheap = Told(LEFT, pico_usd=4 * 10**9), Told(LEFT, pico_usd=1 * 10**9)
    few = record([*past(9, 0, a=dear, topic="coding"), *past(9, 0, a=cheap)])
    assert (known(few, PAIR, Topic.CODING).costs or {})[L] == Decimal("0.0025")
    enough = record([*past(10, 0, a=dear, topic="coding"), *past(10, 0, a=cheap)])
    assert (known(enough, PAIR, Topic.CODING).costs or {})[L] == Decimal("0.004")
    assert (known(record([]), PAIR, None).costs or {})[L] is None


async def test_a_crowd_that_asks_at_once_has_the_record_read_once_a_minute() -> None:
    class Counted:
        reads = 0

        async def record(self, team: str) -> Record:
            self.reads += 1
            return record(past(40, 10))

    records, clock = Counted(), ManualClock()
    briefing = Briefing(records, clock)
    found = await asyncio.gather(*(briefing.of("T1", PAIR, None) for _ in range(20)))
    assert {at.overall.winner for at in found if at.overall} == {L}
    assert records.reads == 1
    await briefing.of("T2", PAIR, None)
    await briefing.of("T1", PAIR, Topic.CODING)
    assert records.reads == 3
    clock.advance(61)
    await briefing.of("T1", PAIR, None)
    assert records.reads == 4


# ── what it saved and lost ──


def routed(fate: Fate = Fate.ANSWERED, usd: str | None = "0.01", **changes: Any) -> Routed:
    made = chosen(Known(PAIR, overall=finding(L, won=(18, 6)), costs=cents("0.01", "0.05")))
    given = Choice(**{**made.__dict__, **changes})
    return Routed(given, fate, None if usd is None else Decimal(usd))


def test_the_balance_counts_each_thing_once_and_nothing_that_is_not_known() -> None:
    found = savings(
        [
            routed(),
            routed(usd="0.03"),
            routed(usd=None),
            routed(other_usd=None),
            routed(won=3, lost=1, split=0),
            routed(Fate.FAILED, usd="0.002"),
            routed(Fate.DUELED, usd=None, chosen=None, other=None),
            routed(Fate.ASKED, usd=None),
        ]
    )
    assert (found.answered, found.failed, found.dueled, found.asked) == (5, 1, 1, 7)
    assert (found.usd, found.unknown_usd) == (Decimal("0.062"), 1)
    assert (found.compared, found.compared_usd, found.other_usd) == (3, Decimal("0.05"), Decimal("0.15"))
    assert found.saved == Decimal("0.10")
    assert found.weighed == 4
    assert found.worse == pytest.approx(4 * 6 / 25)
    assert found.better == pytest.approx(4 * 18 / 25)
