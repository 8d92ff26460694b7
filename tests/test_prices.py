"""What an answer costs: the windows, the dates, the cache, the unknown."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from bot.duel import Bill, ContenderId, Usage
from bot.prices import Price, PriceTable, Rates, Window, bill, next_change, rates_at, ready_made_prices
from bot.settings import load

BEIJING = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
USAGE = Usage(input_tokens=1_000_000, cached_tokens=0, output_tokens=1_000_000)


def beijing(month: int, day: int, hour: int = 10, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=BEIJING)


def flash(at: datetime, usage: Usage = USAGE) -> Bill:
    return bill(ready_made_prices().list("deepseek-flash"), usage, at)


@pytest.mark.parametrize(
    ("hour", "minute", "peak"),
    [
        (8, 59, False),
        (9, 0, True),
        (11, 59, True),
        (12, 0, False),
        (13, 59, False),
        (14, 0, True),
        (17, 59, True),
        (18, 0, False),
        (0, 0, False),
    ],
)
def test_deepseek_is_dearer_from_09_to_12_and_from_14_to_18_in_beijing(
    hour: int, minute: int, peak: bool
) -> None:
    cost = flash(beijing(11, 24, hour, minute))  # a Tuesday
    assert cost.usd == (Decimal("1.5") if peak else Decimal("0.75"))
    assert cost.price_id == "deepseek-flash@2026-09-10" + ("/peak" if peak else "")


@pytest.mark.parametrize(("day", "peak"), [(27, True), (28, False), (29, False), (30, True)])
def test_the_weekend_is_off_peak_by_the_calendar_of_beijing(day: int, peak: bool) -> None:
    assert flash(beijing(11, day)).usd == (Decimal("1.5") if peak else Decimal("0.75"))


def test_monday_morning_in_beijing_is_peak_while_it_is_still_sunday_in_utc_minus_8() -> None:
    at = datetime(2026, 11, 29, 17, 30, tzinfo=ZoneInfo("America/Los_Angeles"))  # Monday 09:30 in Beijing
    assert flash(at).price_id == "deepseek-flash@2026-09-10/peak"


@pytest.mark.parametrize(
    ("month", "day", "off"),
    [
        (9, 24, False),
        (9, 25, True),
        (9, 28, False),
        (9, 30, False),
        (10, 1, True),
        (10, 7, True),
        (10, 8, False),
    ],
)
def test_chinese_public_holidays_are_off_peak(month: int, day: int, off: bool) -> None:
    assert flash(beijing(month, day)).usd == (Decimal("0.75") if off else Decimal("1.5"))


def test_a_saturday_worked_instead_of_a_holiday_stays_off_peak() -> None:
    assert flash(beijing(10, 10)).usd == Decimal("0.75")


def test_in_a_year_whose_holidays_are_unknown_weekdays_are_dear_and_the_price_says_so() -> None:
    assert flash(beijing(1, 1, year=2027)).price_id == "deepseek-flash@2026-09-10/peak?"
    assert flash(beijing(1, 2, year=2027)).price_id == "deepseek-flash@2026-09-10"  # a Saturday


@pytest.mark.parametrize("month", [3, 7, 11])
def test_summer_time_elsewhere_moves_nothing(month: int) -> None:
    new_york = beijing(month, 30 if month == 3 else 1 if month == 7 else 3, 9).astimezone(
        ZoneInfo("America/New_York")
    )
    prices = [_windowed(since=date(2026, 1, 1))]
    assert rates_at(prices, new_york - timedelta(seconds=1)) == ("@2026-01-01", _rates("1", "2"))
    assert rates_at(prices, new_york) == ("@2026-01-01/dear", _rates("2", "4"))


def test_cache_hits_misses_and_output_are_priced_apart_exactly() -> None:
    usage = Usage(input_tokens=1234, cached_tokens=1000, output_tokens=567, reasoning_tokens=500)
    assert flash(beijing(11, 24, 20), usage).usd == Decimal("0.0003783")  # 234·0.15 + 1000·0.003 + 567·0.6
    assert flash(beijing(11, 24, 10), usage).usd == Decimal("0.0007566")


def test_where_there_is_no_cache_price_a_hit_costs_as_much_as_a_miss() -> None:
    prices = ready_made_prices().list("qwen-max-2025")
    cost = bill(prices, Usage(1_000_000, 400_000, 0), NOW)
    assert cost == Bill(Decimal("1.6"), "qwen-max-2025@2025-01-25", *map(Decimal, ("1.6", "1.6", "6.4")))


def test_more_hits_than_input_make_no_negative_cost() -> None:
    assert flash(beijing(11, 24, 20), Usage(100, 1000, 0)).usd == Decimal("0.0000003")


@pytest.mark.parametrize("usage", [Usage(), Usage(input_tokens=10), Usage(output_tokens=10)])
def test_unknown_usage_is_an_unknown_cost_at_a_known_price(usage: Usage) -> None:
    cost = flash(beijing(11, 24, 20), usage)
    assert cost.usd is None
    assert (cost.input_price, cost.cache_hit_price, cost.output_price) == (
        Decimal("0.15"),
        Decimal("0.003"),
        Decimal("0.6"),
    )


def test_an_unknown_price_is_an_unknown_cost() -> None:
    assert bill((), USAGE, NOW) == Bill()
    assert flash(datetime(2026, 9, 10, 3, 59, tzinfo=UTC)) == Bill()


def test_a_model_that_is_free_costs_nothing_even_where_usage_is_unknown() -> None:
    free = Price(since=date(2026, 1, 1), rates=_rates("0", "0"))
    assert bill([free], Usage(), NOW).usd == 0


def test_a_price_holds_from_the_very_second_it_comes_into_force() -> None:
    old = Price(since=date(2026, 1, 1), rates=_rates("1", "2"))
    new = Price(since="2026-08-16T16:00:00Z", rates=_rates("3", "4"))
    change = datetime(2026, 8, 16, 16, tzinfo=UTC)
    for prices in ([old, new], [new, old]):
        assert bill(prices, USAGE, change - timedelta(seconds=1)).usd == 3
        assert bill(prices, USAGE, change).usd == 7


def test_a_bill_can_be_worked_out_again_from_what_it_stores() -> None:
    usage = Usage(input_tokens=1234, cached_tokens=1000, output_tokens=567)
    cost = flash(beijing(11, 24, 10), usage)
    assert cost.input_price is not None
    assert cost.cache_hit_price is not None
    assert cost.output_price is not None
    again = 234 * cost.input_price + 1000 * cost.cache_hit_price + 567 * cost.output_price
    assert cost.usd == again / 1_000_000


def test_an_operators_entry_goes_over_the_ready_made_one_of_the_same_moment_and_beside_the_others() -> None:
    ours = PriceTable.model_validate(
        {
            "prices": {
                "qwen3-8-max": [
                    {"since": date(2026, 8, 3), "rates": {"input": 1.9, "output": 5}},
                    {"since": date(2026, 12, 1), "rates": {"input": 1, "output": 3}},
                ]
            }
        }
    )
    prices = ready_made_prices().under(ours).list("qwen3-8-max")
    assert bill(prices, USAGE, NOW).usd == Decimal("6.9")
    assert bill(prices, USAGE, NOW + timedelta(days=7)).usd == Decimal("4")


def test_an_operators_holidays_are_added_to_the_known_ones() -> None:
    ours = PriceTable(holidays={"china": frozenset({date(2027, 1, 1)})})
    prices = ready_made_prices().under(ours).list("deepseek-flash")
    assert bill(prices, USAGE, beijing(1, 1, year=2027)).price_id == "deepseek-flash@2026-09-10"
    assert bill(prices, USAGE, beijing(1, 4, year=2027)).price_id == "deepseek-flash@2026-09-10/peak"
    assert bill(prices, USAGE, beijing(10, 1)).price_id == "deepseek-flash@2026-09-10"


def test_a_price_may_hold_in_some_regions_only() -> None:
    settings = load(variables={"AWS_REGION": "us-west-2"}, keys={"AWS_BEARER_TOKEN_BEDROCK": "k"})
    at_home, _ = settings.equip(ContenderId("deepseek-v3.2"))
    assert bill(at_home.prices, USAGE, NOW).usd == Decimal("2.47")
    settings = load(variables={"AWS_REGION": "eu-north-1"}, keys={"AWS_BEARER_TOKEN_BEDROCK": "k"})
    abroad, _ = settings.equip(ContenderId("deepseek-v3.2"))
    assert bill(abroad.prices, USAGE, NOW) == Bill()


def test_a_window_may_cross_midnight() -> None:
    night = Window(name="night", zone="UTC", hours=(("16:30", "00:30"),), rates=_rates("1", "1"))
    held = [
        night.holds(NOW.replace(hour=hour, minute=minute))
        for hour, minute in ((16, 29), (16, 30), (0, 29), (0, 30))
    ]
    assert held == [False, True, True, False]


@pytest.mark.parametrize(
    ("after", "change"),
    [
        (beijing(11, 24, 10), beijing(11, 24, 12)),
        (beijing(11, 24, 12), beijing(11, 24, 14)),
        (beijing(11, 27, 18), beijing(11, 30, 9)),  # over the weekend
        (beijing(9, 30, 18), beijing(10, 8, 9)),  # over the National Day week
    ],
)
def test_the_next_change_is_found_over_weekends_and_holidays(after: datetime, change: datetime) -> None:
    assert next_change(ready_made_prices().list("deepseek-flash"), after) == change


def test_a_price_that_is_to_come_is_the_next_change_and_a_flat_one_has_none() -> None:
    flat = Price(since=date(2026, 1, 1), rates=_rates("1", "2"))
    to_come = Price(since=date(2026, 12, 1), rates=_rates("3", "4"))
    assert next_change([flat], NOW) is None
    assert next_change([flat, to_come], NOW) == datetime(2026, 12, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"rates": {"input": -1, "output": 1}}, "rates.input"),
        ({"since": "2026-08-16T16:00:00"}, "since"),  # no zone
        ({"rate": {}}, "rate"),
        (
            {
                "windows": [
                    {"name": "x", "zone": "Mars/Base", "hours": [], "rates": {"input": 1, "output": 1}}
                ]
            },
            "zone",
        ),
    ],
)
def test_an_entry_that_makes_no_sense_is_refused_by_its_field(wrong: dict[str, object], field: str) -> None:
    entry = {"since": "2026-01-01", "rates": {"input": 1, "output": 1}} | wrong
    with pytest.raises(ValidationError) as error:
        PriceTable.model_validate({"prices": {"x": [entry]}})
    (problem,) = error.value.errors()
    assert ".".join(map(str, problem["loc"])).endswith(field)


def _rates(input_: str, output: str) -> Rates:
    return Rates(input=Decimal(input_), output=Decimal(output))


def _windowed(since: date) -> Price:
    window = Window(name="dear", zone="Asia/Shanghai", hours=(("09:00", "12:00"),), rates=_rates("2", "4"))
    return Price(since=since, rates=_rates("1", "2"), windows=(window,))
