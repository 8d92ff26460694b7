"""The dated price table: tokens → `Decimal` US dollars, at the price in force when the call was made.

Entries are added, never rewritten. An unknown price, or an unknown number of tokens, is an unknown cost.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from bot.duel import Bill, Usage

MILLION = Decimal(1_000_000)
Usd = Annotated[Decimal, Field(ge=0, description="US dollars a million tokens")]


class Rates(BaseModel):
    """Unit prices, in US dollars a million tokens."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: Usd
    cache_hit: Usd | None = Field(
        None, description="Price of input tokens served from cache; unset: as input"
    )
    output: Usd


class Window(BaseModel):
    """Hours in which other rates hold, by the provider's own wall clock."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    zone: str = Field(description="IANA time zone of the hours, e.g. Asia/Shanghai")
    weekdays: frozenset[int] = Field(frozenset(range(7)), description="0 is Monday")
    hours: tuple[tuple[time, time], ...] = Field(description="From (included) to (excluded)")
    except_on: frozenset[date] = Field(frozenset(), description="Days on which the window does not open")
    rates: Rates

    def holds(self, at: datetime) -> bool:
        local = at.astimezone(ZoneInfo(self.zone))
        return (
            local.weekday() in self.weekdays
            and local.date() not in self.except_on
            and any(start <= local.time() < end for start, end in self.hours)
        )


class Price(BaseModel):
    """What a model costs from a day on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    since: date = Field(description="First day, UTC, on which it holds")
    rates: Rates
    windows: tuple[Window, ...] = ()

    def rates_at(self, at: datetime) -> tuple[str, Rates]:
        """The rates at that time, and the name by which an answer remembers them."""
        for window in self.windows:
            if window.holds(at):
                return f"{self.since}/{window.name}", window.rates
        return str(self.since), self.rates


def price_at(prices: Sequence[Price], at: datetime) -> Price | None:
    """The newest price that had come into force by then."""
    in_force = [price for price in prices if price.since <= at.astimezone(UTC).date()]
    return max(in_force, key=lambda price: price.since, default=None)


def bill(prices: Sequence[Price], usage: Usage, at: datetime) -> Bill:
    """Price one answer: cache misses, cache hits and output apart; reasoning is inside output.

    `at` is when the call was made. Returns a bill without a sum where the price or the usage is unknown.
    """
    price = price_at(prices, at)
    if price is None:
        return Bill()
    name, rates = price.rates_at(at)
    if rates.input == rates.output == 0:
        return Bill(Decimal(0), name)
    if usage.input_tokens is None or usage.output_tokens is None:
        return Bill(None, name)
    hits = usage.cached_tokens or 0
    misses = max(usage.input_tokens - hits, 0)
    hit_rate = rates.input if rates.cache_hit is None else rates.cache_hit
    usd = (misses * rates.input + hits * hit_rate + usage.output_tokens * rates.output) / MILLION
    return Bill(usd, name)
