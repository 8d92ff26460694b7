"""The dated price table: tokens → `Decimal` US dollars, at the price in force when the call was made.

Entries are added, never rewritten. An unknown price, or an unknown number of tokens, is an unknown cost.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from bot.duel import Bill, Usage

MILLION = Decimal(1_000_000)
LOOK_AHEAD = timedelta(days=30)
"""How far `next_change` looks: longer than any run of holidays."""

Usd = Annotated[Decimal, Field(ge=0, description="US dollars a million tokens")]


def _instant(value: Any) -> Any:
    """A bare day is its midnight, UTC."""
    if isinstance(value, str) and len(value) == len("2026-01-01"):
        value = date.fromisoformat(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time(), UTC)
    return value


class Rates(BaseModel):
    """Unit prices, in US dollars a million tokens."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: Usd
    cache_hit: Usd | None = Field(
        None, description="Price of input tokens served from cache; unset: as input"
    )
    output: Usd

    @property
    def free(self) -> bool:
        """Whether nothing is charged."""
        return self.input == self.output == self.hit == 0

    @property
    def hit(self) -> Decimal:
        """What a cache hit really costs."""
        return self.input if self.cache_hit is None else self.cache_hit


class Window(BaseModel):
    """Hours in which other rates hold, by the provider's own wall clock."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=32)
    zone: str = Field(description="IANA time zone of the hours, e.g. Asia/Shanghai")
    weekdays: frozenset[int] = Field(frozenset(range(7)), description="0 is Monday")
    hours: tuple[tuple[time, time], ...] = Field(
        description="From (included) to (excluded); may cross midnight, where a new day's rules begin"
    )
    holidays: str | None = Field(None, description="Calendar of days on which the window stays shut")
    except_on: frozenset[date] = Field(frozenset(), description="Further such days")
    rates: Rates

    @field_validator("zone")
    @classmethod
    def _is_a_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"no time zone “{value}”; write one like Asia/Shanghai") from None
        return value

    def holds(self, at: datetime) -> bool:
        local = at.astimezone(ZoneInfo(self.zone))
        return (
            local.weekday() in self.weekdays
            and local.date() not in self.except_on
            and any(_within(local.time(), start, end) for start, end in self.hours)
        )

    def calendar_knows(self, at: datetime) -> bool:
        """Whether the holidays of that year are known; where not, all its weekdays count as working days."""
        year = at.astimezone(ZoneInfo(self.zone)).year
        return self.holidays is None or any(day.year == year for day in self.except_on)

    def edges(self, since: datetime, days: int) -> Iterator[datetime]:
        """Every moment at which it may open or shut."""
        zone = ZoneInfo(self.zone)
        first = since.astimezone(zone).date()
        for number in range(days + 1):
            day = first + timedelta(days=number)
            for edge in {time(), *(edge for hours in self.hours for edge in hours)}:
                yield datetime.combine(day, edge, zone)


class Price(BaseModel):
    """What a model costs from a moment on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field("", description="The price list it stands in; filled in when the table is read")
    since: Annotated[AwareDatetime, BeforeValidator(_instant)] = Field(
        description="When it came into force: a day (midnight UTC), or a time with its zone"
    )
    checked: date | None = Field(None, description="When it was last compared with the provider's page")
    where: Mapping[str, str] = Field(
        default_factory=dict,
        description="It holds only where these variables begin so, e.g. AWS_REGION = 'us-'",
    )
    rates: Rates
    windows: tuple[Window, ...] = ()

    @property
    def id(self) -> str:
        return f"{self.name}@{self.since.astimezone(UTC):%Y-%m-%d}"

    def rates_at(self, at: datetime) -> tuple[str, Rates]:
        """The rates at that time, and the name by which an answer remembers them.

        A name ends with `?` where that year's holidays are unknown, so that the dearer rates were taken.
        """
        for window in self.windows:
            if window.holds(at):
                doubt = "" if window.calendar_knows(at) else "?"
                return f"{self.id}/{window.name}{doubt}", window.rates
        return self.id, self.rates


class PriceTable(BaseModel):
    """Price lists by name, and the holiday calendars that their windows go by."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    holidays: Mapping[str, frozenset[date]] = Field(default_factory=dict)
    prices: Mapping[str, tuple[Price, ...]] = Field(default_factory=dict)

    def under(self, other: "PriceTable") -> "PriceTable":
        """This table with another one's entries over it: of two from the same moment the other's counts."""
        holidays = dict(self.holidays)
        for name, days in other.holidays.items():
            holidays[name] = holidays.get(name, frozenset()) | days
        prices = dict(self.prices)
        for name, entries in other.prices.items():
            new = {entry.since for entry in entries}
            prices[name] = (*(old for old in prices.get(name, ()) if old.since not in new), *entries)
        return PriceTable(holidays=holidays, prices=prices)

    def list(self, name: str) -> tuple[Price, ...]:
        """One price list, ready to bill by. Raises `ValueError` if there is none, or no such calendar."""
        if name not in self.prices:
            raise ValueError(f"no price list “{name}”; there are {', '.join(self.prices)}")
        return self.ready(name, self.prices[name])

    def ready(self, name: str, entries: Sequence[Price]) -> tuple[Price, ...]:
        """Entries under that name, with the days of their calendars. Raises `ValueError`."""
        return tuple(
            entry.model_copy(
                update={"name": name, "windows": tuple(self._dated(window) for window in entry.windows)}
            )
            for entry in entries
        )

    def _dated(self, window: Window) -> Window:
        if window.holidays is None:
            return window
        if window.holidays not in self.holidays:
            raise ValueError(f"no holidays “{window.holidays}”; there are {', '.join(self.holidays)}")
        return window.model_copy(update={"except_on": window.except_on | self.holidays[window.holidays]})


@cache
def ready_made_prices() -> PriceTable:
    """The table that comes with this version."""
    return PriceTable.model_validate(
        tomllib.loads(Path(__file__).with_name("prices.toml").read_text("utf-8"))
    )


def price_at(prices: Sequence[Price], at: datetime) -> Price | None:
    """The newest price that had come into force by then."""
    in_force = [price for price in prices if price.since <= at]
    return max(in_force, key=lambda price: price.since, default=None)


def rates_at(prices: Sequence[Price], at: datetime) -> tuple[str, Rates] | None:
    """The rates in force at that time under their name, or `None` where they are unknown."""
    price = price_at(prices, at)
    return None if price is None else price.rates_at(at)


def next_change(prices: Sequence[Price], after: datetime) -> datetime | None:
    """When other rates will hold, as far as `LOOK_AHEAD`; `None` if none will."""
    moments = {price.since for price in prices if price.since > after}
    for price in prices:
        for window in price.windows:
            moments |= set(window.edges(after, LOOK_AHEAD.days))
    now = rates_at(prices, after)
    return next((at for at in sorted(moments) if at > after and rates_at(prices, at) != now), None)


def bill(prices: Sequence[Price], usage: Usage, at: datetime) -> Bill:
    """Price one answer: cache misses, cache hits and output apart; reasoning is inside output.

    `at` is when the call was made. Cache hits that are not reported are none. Returns a bill without a sum
    where the price or the usage is unknown.
    """
    found = rates_at(prices, at)
    if found is None:
        return Bill()
    name, rates = found
    return Bill(_sum(rates, usage), name, rates.input, rates.hit, rates.output)


def _sum(rates: Rates, usage: Usage) -> Decimal | None:
    if rates.free:
        return Decimal(0)
    if usage.input_tokens is None or usage.output_tokens is None:
        return None
    hits = min(usage.cached_tokens or 0, usage.input_tokens)
    misses = usage.input_tokens - hits
    return (misses * rates.input + hits * rates.hit + usage.output_tokens * rates.output) / MILLION


def _within(at: time, start: time, end: time) -> bool:
    return start <= at < end if start < end else at >= start or at < end
