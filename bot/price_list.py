"""The price table for people: what applies now, when that changes, and what should be looked up again."""

import json as jsons
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from bot.contenders.roster import Contender
from bot.duel import ContenderId
from bot.prices import Price, Rates, next_change, price_at, rates_at
from bot.settings import Settings

OLD = timedelta(days=90)
"""Since an entry was last compared with the provider's page."""
YEAR_AHEAD = timedelta(days=45)
"""How long before a new year its holidays should be known."""


@dataclass(frozen=True)
class Line:
    """One price list, as it stands at one moment."""

    name: str
    """`unknown` gathers the contenders that no list is known for."""
    contenders: tuple[ContenderId, ...]
    retired: bool
    """Whether all of these are."""
    price_id: str | None = None
    now: Rates | None = None
    windows: Mapping[str, Rates] | None = None
    """The rates in each window of the entry in force, and outside all of them."""
    changes_at: datetime | None = None
    then: Rates | None = None
    checked: date | None = None
    warnings: tuple[str, ...] = ()


def lines(settings: Settings, now: datetime) -> list[Line]:
    """The price lists of everybody on the roster, in the roster's order; the unknown ones last."""
    lists: dict[str, tuple[Sequence[Price], dict[ContenderId, Contender]]] = {}
    for name in settings.roster:
        contender = _there(settings, name)
        key = contender.prices[0].name if contender.prices else ""
        lists.setdefault(key, (contender.prices, {}))[1][name] = contender
    return sorted((_line(name, *found, now) for name, found in lists.items()), key=lambda at: at.now is None)


def show(settings: Settings, now: datetime, out: Console, *, json: bool) -> None:
    """Print the table, or the JSON array."""
    found = lines(settings, now)
    if json:
        click.echo(jsons.dumps([_as_json(line) for line in found], indent=2))
        return
    out.print(_table(found, now))
    for line in found:
        if line.now is None:
            out.print(f"\nPrice unknown: {', '.join(line.contenders)}", markup=False, highlight=False)
    said: dict[str, list[str]] = {}
    for line in found:
        for warning in line.warnings:
            said.setdefault(warning, []).append(line.name)
    for warning, names in said.items():
        out.print(f"\n{', '.join(names)}: {warning}", style="yellow", markup=False, highlight=False)


def _there(settings: Settings, name: ContenderId) -> Contender:
    """With the prices that hold at its address; where that is not known yet, with all there are."""
    contender = settings.roster[name]
    try:
        return contender.at(settings.variables)
    except (KeyError, ValueError):
        return contender


def _line(name: str, prices: Sequence[Price], who: Mapping[ContenderId, Contender], now: datetime) -> Line:
    retired = all(contender.retired for contender in who.values())
    found, price = rates_at(prices, now), price_at(prices, now)
    if found is None or price is None:
        return Line(name or "unknown", tuple(who), retired)
    changes_at = next_change(prices, now)
    then = None if changes_at is None else rates_at(prices, changes_at)
    return Line(
        name,
        tuple(who),
        retired,
        price_id=found[0],
        now=found[1],
        windows={"": price.rates, **{window.name: window.rates for window in price.windows}},
        changes_at=changes_at,
        then=then and then[1],
        checked=_checked(price),
        warnings=() if retired else tuple(_warnings(price, now)),
    )


def _checked(price: Price) -> date:
    return price.checked or price.since.astimezone(UTC).date()


def _warnings(price: Price, now: datetime) -> Iterator[str]:
    age = now.astimezone(UTC).date() - _checked(price)
    free = price.rates.free and not price.windows  # a server of one's own has no page to compare with
    if age > OLD and not free:
        yield (
            f"last checked {age.days} days ago: compare it with the provider's page, "
            "and add what it says now to contenders.toml"
        )
    for window in price.windows:
        for at in (now, now + YEAR_AHEAD):
            if not window.calendar_knows(at):
                yield (
                    f"the holidays of {at.year} are not known, and its weekdays count as working days: "
                    f"list them as {window.holidays} under [holidays] in contenders.toml"
                )
                break


def _table(found: Sequence[Line], now: datetime) -> Table:
    table = Table(
        title=f"US dollars a million tokens, at {now.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
        title_justify="left",
        box=None,
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )
    for column in ("price list", "when"):
        table.add_column(column)
    for column in ("input", "cache hit", "output"):
        table.add_column(column, justify="right")
    table.add_column("changes at")
    table.add_column("checked")
    for line in found:
        if line.now is None or line.checked is None:
            continue
        change = "" if line.changes_at is None else f"{line.changes_at.astimezone(UTC):%m-%d %H:%M}"
        style = "yellow" if line.warnings else "dim" if line.retired else None
        table.add_row(line.name, "now", *_cells(line.now), change, line.checked.isoformat(), style=style)
        for name, rates in (line.windows or {}).items():
            if rates != line.now:
                table.add_row("", name or "otherwise", *_cells(rates), "", "", style=style)
    return table


def _cells(rates: Rates) -> tuple[str, str, str]:
    return (
        _plain(rates.input),
        "–" if rates.cache_hit is None else _plain(rates.cache_hit),
        _plain(rates.output),
    )


def _plain(value: Decimal) -> str:
    return format(value, "f")


def _as_json(line: Line) -> dict[str, Any]:
    """Prices as strings, so that no reader makes floats of them."""
    return {
        "price_list": line.name,
        "contenders": list(line.contenders),
        "retired": line.retired,
        "price_id": line.price_id,
        "now": _rates_json(line.now),
        "windows": {name: _rates_json(rates) for name, rates in (line.windows or {}).items() if name},
        "otherwise": _rates_json((line.windows or {}).get("")),
        "changes_at": None if line.changes_at is None else line.changes_at.astimezone(UTC).isoformat(),
        "then": _rates_json(line.then),
        "checked": None if line.checked is None else line.checked.isoformat(),
        "warnings": list(line.warnings),
    }


def _rates_json(rates: Rates | None) -> dict[str, str | None] | None:
    if rates is None:
        return None
    hit = None if rates.cache_hit is None else _plain(rates.cache_hit)
    return {"input": _plain(rates.input), "cache_hit": hit, "output": _plain(rates.output)}
