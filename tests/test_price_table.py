"""The price table that comes with Duel, beside what others publish."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bot.prices import rates_at, ready_made_prices

TUESDAY = datetime(2026, 11, 24, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
SATURDAY = datetime(2026, 11, 28, 10, tzinfo=ZoneInfo("Asia/Shanghai"))

LITELLM = {
    "qwen3-8-max": ("2e-06", "2.5e-07", "6e-06"),  # dashscope/qwen3.8-max
    "qwen-max-2025": ("1.6e-06", None, "6.4e-06"),  # dashscope/qwen-max
    "deepseek-v3-2025": ("2.7e-07", "7e-08", "1.1e-06"),  # deepseek/deepseek-v3
    "deepseek-r1-2025": ("5.5e-07", "1.4e-07", "2.19e-06"),  # deepseek/deepseek-r1
    "bedrock-deepseek-r1": ("1.35e-06", None, "5.4e-06"),  # us.deepseek.r1-v1:0
    "bedrock-deepseek-v3-1": ("5.8e-07", None, "1.68e-06"),  # deepseek.v3-v1:0
    "bedrock-deepseek-v3-2": ("6.2e-07", None, "1.85e-06"),  # bedrock/us-east-1/deepseek.v3.2
    "azure-deepseek-v3-2": ("5.8e-07", None, "1.68e-06"),  # azure_ai/deepseek-v3.2
    "azure-deepseek-r1": ("1.35e-06", None, "5.4e-06"),  # azure_ai/deepseek-r1
}
"""USD a token: input, cache hit, output; from LiteLLM 1.110.2, `model_prices_and_context_window.json`."""

LITELLM_AT_PEAK = {
    "deepseek-flash": ("3e-07", "6e-09", "1.2e-06"),  # deepseek/deepseek-flash
    "deepseek-v4-pro": ("1.32e-06", "4.4e-08", "3.96e-06"),  # deepseek/deepseek-v4-pro
}
"""LiteLLM knows no hours, and lists the dearer rates. Ours has both, as DeepSeek's own page does."""

# Left out on purpose: LiteLLM's `deepseek-chat` and `deepseek-reasoner` (0.28 / 0.028 / 0.42) are the last
# prices before these names were retired, of V3.2; ours are those of the V3 and R1 that bore them in 2025.


@pytest.mark.parametrize(
    ("name", "theirs", "at"),
    [
        *((name, theirs, SATURDAY) for name, theirs in LITELLM.items()),
        *((name, theirs, TUESDAY) for name, theirs in LITELLM_AT_PEAK.items()),
    ],
)
def test_the_table_agrees_with_litellms(name: str, theirs: tuple[str, str | None, str], at: datetime) -> None:
    found = rates_at(ready_made_prices().list(name), at)
    assert found is not None
    _, ours = found
    million = [None if value is None else Decimal(value) * 1_000_000 for value in theirs]
    assert [ours.input, ours.cache_hit, ours.output] == million


def test_off_peak_is_half_of_peak() -> None:
    for name in LITELLM_AT_PEAK:
        (price,) = ready_made_prices().list(name)
        (window,) = price.windows
        for field in ("input", "cache_hit", "output"):
            assert getattr(window.rates, field) == 2 * getattr(price.rates, field)


def test_the_listed_holidays_are_the_days_off_on_the_state_councils_calendar() -> None:
    """As published, and as the packages `holidays` 0.108 and `chinesecalendar` 1.11 have them."""
    weekdays = sorted(day for day in ready_made_prices().holidays["china"] if day.weekday() < 5)
    assert [f"{day:%m-%d}" for day in weekdays] == [
        *("01-01", "01-02"),
        *("02-16", "02-17", "02-18", "02-19", "02-20", "02-23"),
        *("04-06", "05-01", "05-04", "05-05", "06-19", "09-25"),
        *("10-01", "10-02", "10-05", "10-06", "10-07"),
    ]
