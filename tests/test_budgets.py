"""Limits a day and a month: what they count, what a refusal says, and that no crowd slips past them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from bot.budgets import Budgets, Estimate, Limit, Per, Spent, Whose, charge, money
from bot.contenders.roster import Contender
from bot.contenders.said import Said
from bot.contenders.spending import at_most
from bot.duel import Answer, Bill, ContenderId, Duel, Outcome, Person, Place, Side, Usage, duel_id
from bot.errors import UsageError
from bot.prices import bill
from bot.settings import load
from tests.worlds.books import Books, books_at

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
FREE: Estimate = {Side.A: Decimal(0), Side.B: Decimal(0)}


def duel(
    key: str = "1", *, user: str = "U1", team: str = "T1", room: str = "C1", at: datetime = NOON
) -> Duel:
    seats = {Side.A: ContenderId("left"), Side.B: ContenderId("right")}
    return Duel(duel_id(key), Person(team, user), Place(room), "why?", seats, at, timedelta(hours=1))


def costs(*usd: str | None) -> Estimate:
    return {side: None if each is None else Decimal(each) for side, each in zip(Side, usd, strict=True)}


# ── the rules ──


@pytest.mark.parametrize(
    ("zone", "at", "start", "end"),
    [
        ("UTC", "2026-11-24T12:00Z", "2026-11-24T00:00Z", "2026-11-25T00:00Z"),
        ("Europe/Berlin", "2026-11-24T23:30Z", "2026-11-24T23:00Z", "2026-11-25T23:00Z"),
        ("Europe/Berlin", "2026-10-25T12:00Z", "2026-10-24T22:00Z", "2026-10-25T23:00Z"),  # 25 hours
        ("Europe/Berlin", "2026-03-29T12:00Z", "2026-03-28T23:00Z", "2026-03-29T22:00Z"),  # 23 hours
        ("Pacific/Kiritimati", "2026-12-31T09:59Z", "2026-12-30T10:00Z", "2026-12-31T10:00Z"),
    ],
)
def test_a_day_goes_from_midnight_to_midnight_in_the_operators_zone(
    zone: str, at: str, start: str, end: str
) -> None:
    period = Budgets(zone=ZoneInfo(zone)).period(Per.DAY, datetime.fromisoformat(at))
    assert (period.start, period.end) == (datetime.fromisoformat(start), datetime.fromisoformat(end))


@pytest.mark.parametrize(
    ("at", "start", "end"),
    [
        ("2026-02-10T00:00Z", "2026-01-31T23:00Z", "2026-02-28T23:00Z"),
        ("2026-03-31T21:59Z", "2026-02-28T23:00Z", "2026-03-31T22:00Z"),
        ("2026-12-31T23:30Z", "2026-12-31T23:00Z", "2027-01-31T23:00Z"),
    ],
)
def test_a_month_goes_from_the_first_to_the_first(at: str, start: str, end: str) -> None:
    period = Budgets(zone=BERLIN).period(Per.MONTH, datetime.fromisoformat(at))
    assert (period.start, period.end) == (datetime.fromisoformat(start), datetime.fromisoformat(end))


@pytest.mark.parametrize(
    ("limit", "spent", "said"),
    [
        (
            Limit(Whose.PERSON, Per.DAY, duels=3),
            Spent(3),
            "You have had 3 duels today; the limit is 3. "
            "It resets at 2026-11-25 00:00 Europe/Berlin, in 11h.",
        ),
        (
            Limit(Whose.ROOM, Per.DAY, duels=1),
            Spent(1),
            "This channel has had 1 duel today; the limit is 1. "
            "It resets at 2026-11-25 00:00 Europe/Berlin, in 11h.",
        ),
        (
            Limit(Whose.ROOM, Per.DAY, usd=Decimal(5)),
            Spent(40, Decimal("4.978")),
            "This channel has spent $4.98 today; the limit is $5.00, and this duel may cost up to $0.03. "
            "It resets at 2026-11-25 00:00 Europe/Berlin, in 11h.",
        ),
        (
            Limit(Whose.TEAM, Per.MONTH, duels=500, usd=Decimal(1000)),
            Spent(20, Decimal("999.99")),
            "Your team has spent $999.99 this month; the limit is $1,000.00, and this duel may cost up to "
            "$0.03. It resets at 2026-12-01 00:00 Europe/Berlin, in 6d11h.",
        ),
    ],
)
def test_a_refusal_tells_the_figure_the_limit_and_when_it_resets(
    limit: Limit, spent: Spent, said: str
) -> None:
    with pytest.raises(UsageError) as refused:
        Budgets((limit,), BERLIN).admit(limit, spent, duel(), costs("0.01", "0.02"))
    assert str(refused.value) == said


def test_what_just_fits_is_let_in() -> None:
    limit = Limit(Whose.ROOM, Per.DAY, duels=3, usd=Decimal("1.00"))
    Budgets((limit,)).admit(limit, Spent(2, Decimal("0.97")), duel(), costs("0.01", "0.02"))


def test_where_money_is_limited_a_contender_without_a_price_is_refused_by_name() -> None:
    limit = Limit(Whose.TEAM, Per.MONTH, usd=Decimal(5))
    with pytest.raises(UsageError, match=r"the price of “right” is unknown.*contenders\.toml"):
        Budgets((limit,)).admit(limit, Spent(), duel(), costs("0.01", None))
    duels_only = Limit(Whose.TEAM, Per.MONTH, duels=5)
    Budgets((duels_only,)).admit(duels_only, Spent(), duel(), costs("0.01", None))


@pytest.mark.parametrize(
    ("usd", "shown"),
    [
        ("0", "$0.00"),
        ("12", "$12.00"),
        ("1234.561", "$1,234.57"),
        ("0.5", "$0.50"),
        ("0.02816", "$0.0282"),
        ("0.0075", "$0.0075"),
        ("0.00000123", "$0.0000013"),
    ],
)
def test_money_is_shown_as_fine_as_it_takes_and_never_too_low(usd: str, shown: str) -> None:
    assert money(Decimal(usd)) == shown


@pytest.mark.parametrize(
    ("answer", "counts"),
    [
        (Answer(ContenderId("a"), "Blue.", Outcome.OK, bill=Bill(Decimal("0.2"))), Decimal("0.2")),
        (Answer(ContenderId("a"), "Blu", Outcome.TRUNCATED, bill=Bill(Decimal("0.1"))), Decimal("0.1")),
        (Answer(ContenderId("a"), "Blue.", Outcome.OK), None),
        (Answer(ContenderId("a"), "", Outcome.TIMEOUT), None),
        (Answer(ContenderId("a"), "", Outcome.AUTHENTICATION), Decimal(0)),
        (Answer(ContenderId("a"), "", Outcome.RATE_LIMITED, attempts=1), Decimal(0)),
        (Answer(ContenderId("a"), "", Outcome.RATE_LIMITED, attempts=3), None),
        (Answer(ContenderId("a"), "Bl", Outcome.OUT_OF_CREDIT), None),
    ],
)
def test_an_answer_counts_for_its_cost_and_where_that_is_unknown_for_what_was_reserved(
    answer: Answer, counts: Decimal | None
) -> None:
    assert charge(answer) == counts


RATES = {"input": "2", "cache_hit": "0.5", "output": "6"}


@given(
    prompt=some.text(max_size=300),
    share=some.floats(0, 1),
    output=some.integers(0, 700),
    cached=some.integers(0, 300),
    thinking=some.sampled_from([None, False, True]),
)
def test_no_answer_within_its_limits_costs_more_than_was_reserved(
    prompt: str, share: float, output: int, cached: int, thinking: bool | None
) -> None:
    contender = Contender.model_validate(
        {
            "label": "x",
            "base_url": "http://x",
            "model": "m",
            "thinking": thinking,
            "thinking_budget": 200,
            "limits": {"max_tokens": 500},
            "prices": [{"since": "2026-01-01", "rates": RATES}],
        }
    )
    tokens = int(share * len(prompt.encode("utf-8", "surrogatepass"))) + 40  # and a chat template
    limit = 700 if thinking else 500
    usage = Usage(tokens, min(cached, tokens), min(output, limit))
    reserved = at_most(contender, Said(prompt), NOON)
    cost = bill(contender.prices, usage, NOON).usd
    assert reserved is not None
    assert cost is not None
    assert cost <= reserved


def test_an_unknown_price_reserves_nothing() -> None:
    contender = Contender(label="x", base_url="http://x", model="m")
    assert at_most(contender, Said("why?"), NOON) is None


# ── many at once ──


@pytest.fixture
async def processes(database_url: str) -> AsyncIterator[list[Books]]:
    """Three processes' views of one database."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(books_at(database_url)) for _ in range(3)]


async def admitted(
    processes: list[Books], asked: Sequence[tuple[Duel, Estimate]], budgets: Budgets
) -> list[Duel]:
    """Let all of these ask at the same moment; those that are let in."""

    async def ask(number: int, one: Duel, estimate: Estimate) -> Duel | None:
        try:
            await processes[number % len(processes)].ledger.ask(one, estimate, budgets)
        except UsageError:
            return None
        return one

    asking = (ask(number, one, estimate) for number, (one, estimate) in enumerate(asked))
    return [one for one in await asyncio.gather(*asking) if one is not None]


@pytest.mark.parametrize(
    ("limit", "estimate"),
    [
        (Limit(Whose.PERSON, Per.DAY, duels=10), FREE),
        (Limit(Whose.ROOM, Per.DAY, duels=10), FREE),
        (Limit(Whose.TEAM, Per.MONTH, duels=10), FREE),
        (Limit(Whose.ROOM, Per.DAY, usd=Decimal("0.351")), costs("0.03", "0.002")),
        (Limit(Whose.TEAM, Per.MONTH, usd=Decimal("0.32")), costs("0.03", "0.002")),
    ],
)
async def test_of_50_who_ask_at_the_same_moment_in_three_processes_exactly_10_are_let_in(
    processes: list[Books], limit: Limit, estimate: Estimate
) -> None:
    asked = [(duel(str(number)), estimate) for number in range(50)]
    found = await admitted(processes, asked, Budgets((limit,)))
    assert len(found) == 10
    jobs = await processes[0].jobs.claim("one", 100)
    assert {job.id for job in jobs} == {one.id for one in found}
    for number, (one, _) in enumerate(asked):
        if one not in found:
            with pytest.raises(UsageError):  # nothing of it was written
                await processes[number % 3].ledger.duel(one.id)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=some.data())
async def test_whoever_asks_for_whatever_no_limit_is_ever_passed(
    data: some.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    cents = some.integers(0, 40).map(lambda number: Decimal(number) / 1000)
    limits = (
        Limit(Whose.PERSON, Per.DAY, data.draw(some.none() | some.integers(0, 6))),
        Limit(
            Whose.ROOM, Per.DAY, data.draw(some.none() | some.integers(0, 8)), data.draw(some.none() | cents)
        ),
        Limit(Whose.TEAM, Per.MONTH, data.draw(some.none() | some.integers(0, 12)), Decimal("0.2")),
    )
    budgets = Budgets(limits, BERLIN)
    who = some.builds(
        duel,
        key=some.uuids().map(str),
        user=some.sampled_from(["U1", "U2"]),
        team=some.sampled_from(["T1", "T2"]),
        room=some.sampled_from(["C1", "C2"]),
        at=some.sampled_from([NOON, NOON + timedelta(hours=11), NOON + timedelta(days=9)]),
    )
    asked = data.draw(
        some.lists(some.tuples(who, some.fixed_dictionaries({Side.A: cents, Side.B: cents})), max_size=25)
    )
    folder = tmp_path_factory.mktemp("budgets")
    async with AsyncExitStack() as stack:
        url = f"sqlite:///{folder / 'duel.db'}"
        processes = [await stack.enter_async_context(books_at(url)) for _ in range(2)]
        found = await admitted(processes, asked, budgets)
    spent: dict[Any, Spent] = {}
    cost = {one.id: sum(estimate.values()) for one, estimate in asked}
    for one in found:
        for limit in limits:
            subject = {
                Whose.PERSON: one.asker.user,
                Whose.ROOM: one.room,
                Whose.TEAM: "",
            }[limit.whose]
            key = (limit, one.asker.team, subject, budgets.period(limit.per, one.asked_at).start)
            before = spent.get(key, Spent())
            spent[key] = Spent(before.duels + 1, before.usd + cost[one.id])
    for (limit, *_), total in spent.items():
        assert limit.duels is None or total.duels <= limit.duels
        assert limit.usd is None or total.usd <= limit.usd


async def test_the_same_request_delivered_twice_counts_once(books: Books) -> None:
    budgets = Budgets((Limit(Whose.PERSON, Per.DAY, duels=1),))
    assert await books.ledger.ask(duel(), FREE, budgets)
    assert not await books.ledger.ask(duel(), FREE, budgets)
    with pytest.raises(UsageError):
        await books.ledger.ask(duel("2"), FREE, budgets)


@pytest.mark.parametrize(
    ("service", "extra", "tokens"),
    [
        ("model-studio", {}, 2048),
        ("model-studio", {"enable_thinking": True, "thinking_budget": 30_000}, 32_048),
        ("deepseek", {"max_tokens": 9000}, 9000),
        ("bedrock-converse", {"inferenceConfig": {"maxTokens": 8000}}, 8000),
        ("bedrock-converse", {"inferenceConfig": {"temperature": 0}}, 2048),
    ],
)
def test_what_is_reserved_goes_by_the_limits_that_are_sent(
    service: str, extra: dict[str, Any], tokens: int
) -> None:
    price = {"since": "2026-01-01", "rates": {"input": 0, "output": 1_000_000}}
    made = {"service": service, "label": "x", "model": "m", "prices": [price], "extra_body": extra}
    contender = load(contenders={"x": made}).roster[ContenderId("x")]
    assert at_most(contender, Said("why?"), NOON) == tokens
