"""Standings in the terminal: a table in honest words, or all the figures as JSON."""

import json as jsons
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol

import click
from rich.console import Console
from rich.table import Table

from bot.contenders.published import Both, Published, side_by_side
from bot.duel import ContenderId, Place, Topic
from bot.errors import UsageError
from bot.standings import PairStanding, Record, Refusal, Series, Standings, Verdict, standings
from bot.standings.intervals import Share
from bot.standings.speed import Quantile

Labels = Mapping[ContenderId, str]
Results = Mapping[ContenderId, Sequence[Published]]
"""What others have published of contenders."""

SHIFTED = (0.45, 0.55)
"""A share of votes for side A that lies wholly outside of this speaks of position, not of quality."""


class Records(Protocol):
    """Where ended duels are read from."""

    async def teams(self) -> list[str]:
        """Every team that has a duel."""

    async def record(
        self,
        team: str,
        *,
        room: Place | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        topic: Topic | None = None,
        language: str | None = None,
    ) -> Record:
        """The duels that ended in that window."""


@dataclass(frozen=True)
class Asked:
    """What somebody wants to see."""

    team: str | None = None
    days: str = "all"
    """`7`, `30` or `all`."""
    topic: str | None = None
    language: str | None = None


async def look(records: Records, asked: Asked, now: datetime) -> Standings:
    """The standings of that team, or of the only one there is. Raises `UsageError`."""
    since = None if asked.days == "all" else now - timedelta(days=int(asked.days))
    record = await records.record(
        asked.team or only(await records.teams()),
        since=since,
        until=now,
        topic=None if asked.topic is None else Topic(asked.topic),
        language=asked.language,
    )
    return standings(record)


def only(teams: list[str]) -> str:
    """The one team there is. Raises `UsageError` where there are none or several."""
    if not teams:
        raise UsageError("Nobody has dueled yet. Ask in Slack: /duel why is the sky blue?")
    if len(teams) > 1:
        raise UsageError(f"Whose? Name one with --team: {', '.join(teams)}.")
    return teams[0]


def show(
    found: Standings, labels: Labels, out: Console, *, json: bool, published: Results | None = None
) -> None:
    """Print the tables, or the JSON object; what is `published` elsewhere stands apart, at the end."""
    elsewhere = _published(found, published or {})
    if json:
        apart = [
            {"pair": names, "results": [plain(at.model_dump()) for at in both]} for names, both in elsewhere
        ]
        click.echo(jsons.dumps({**as_json(found), "published": apart}, indent=2))
        return
    name = _names(found, labels)
    out.print(
        f"{found.duels:,} duels ended; {found.counting:,} count for preference, "
        f"with {found.votes:,} votes by {found.voters:,} people."
    )
    if found.pairs:
        out.print(_pairs(found, name))
    for pair in found.pairs:
        _say(out, f"{name[pair.pair[0]]} against {name[pair.pair[1]]}: {verdict(pair, name)}")
    if found.contenders:
        out.print(_contenders(found, name))
    if found.ratings is not None:
        out.print(_ratings(found, name))
    if found.side_a is not None:
        _say(out, f"Side A got {_share(found.side_a)} of the decisive votes{_position(found.side_a)}.")
    for left in found.exclusions:
        unit = left.unit if left.count > 1 else left.unit.removesuffix("s")
        _say(out, f"Not in {left.of}: {left.count:,} {unit}, {left.reason}")
    if elsewhere:
        _say(out, "\nPublished by others; no votes of this team, and no part of any figure above:")
    for names, both in elsewhere:
        scores = (
            f"{labels.get(name, name)} {at.score} ({at.source}, {at.date}, {at.url})"
            for name, at in zip(names, both, strict=True)
        )
        _say(out, f"{both[0].benchmark}, {both[0].measure}: {', '.join(scores)}")


def _published(found: Standings, results: Results) -> list[tuple[tuple[ContenderId, ContenderId], Both]]:
    """Of the pairs that have met, on the same benchmarks."""
    pairs = dict.fromkeys((at.pair[0].contender, at.pair[1].contender) for at in found.pairs)
    return [
        (pair, both) for pair in pairs for both in side_by_side(*(results.get(name, ()) for name in pair))
    ]


def verdict(pair: PairStanding, name: Mapping[Series, str]) -> str:
    """What may be said of a pair, and no more."""
    found = pair.preference.verdict
    equal = f"equal within ±{found.margin * 100:.0f} points"
    if found.winner is not None:
        by = " But the lead is small: they are " + equal + "." if found.equal else ""
        return f"{name[found.winner]} wins, {_duels(found)} (E = {_e(found)}).{by}"
    if found.equal:
        return f"{equal}, {_duels(found)}."
    so_far = f"{_duels(found)}, E = {_e(found)} of {found.threshold:,.0f}"
    return f"no verdict yet: {_WHY[found.refusal]} ({so_far}).{_outlook(found, name)}"


_WHY: Mapping[Refusal | None, str] = {
    Refusal.FEW_DUELS: "fewer than ten duels were decided",
    Refusal.ONE_WEEK: "all of these duels ended within one week",
    Refusal.EVIDENCE: "so much could be chance",
    Refusal.ONE_VOTER: "it would not hold without the votes of one person",
}


def _outlook(found: Verdict, name: Mapping[Series, str]) -> str:
    if found.leader is None or not found.more_duels:
        return ""
    return f" About {found.more_duels:,} more duels if {name[found.leader]}'s lead holds."


def _duels(found: Verdict) -> str:
    """The leader's first."""
    more, fewer = max(found.won, found.lost), min(found.won, found.lost)
    return f"{more} to {fewer} duels, {found.split} undecided"


def _e(found: Verdict) -> str:
    return f"{2.718281828459045**found.log_e:,.2g}" if found.log_e < 14 else "over a million"


def _names(found: Standings, labels: Labels) -> dict[Series, str]:
    """A contender goes by its label, and by its model as well where it had more than one."""
    every = [at.series for at in found.contenders]
    models = {series.contender: sum(at.contender == series.contender for at in every) for series in every}
    return {
        series: labels.get(series.contender, series.contender)
        + (f" ({series.model or 'model unknown'})" if models[series.contender] > 1 else "")
        for series in every
    }


def _pairs(found: Standings, name: Mapping[Series, str]) -> Table:
    table = _table("Votes", "pair", *("won", "lost", "tie", "both bad", "of decisive", "score", "duels"))
    for pair in found.pairs:
        votes = pair.preference.counts
        table.add_row(
            f"{name[pair.pair[0]]} – {name[pair.pair[1]]}",
            *(f"{count:,}" for count in (votes.won, votes.lost, votes.tied, votes.both_bad)),
            _share(pair.preference.decisive),
            _share(pair.preference.score),
            f"{pair.duels:,}",
        )
    return table


def _contenders(found: Standings, name: Mapping[Series, str]) -> Table:
    heads = ("answers", "failed", "first words", "whole answer", "9 of 10 within", "an answer", "a week")
    table = _table("Speed and cost", "contender", *heads)
    for at in found.contenders:
        first, total = at.speed.ttfa, at.speed.total
        table.add_row(
            name[at.series],
            f"{at.answers:,}",
            "–" if at.speed.failures is None else f"{at.speed.failures:.0%}",
            _seconds(None if first is None else first.median),
            _seconds(None if total is None else total.median),
            _seconds(None if total is None else total.p90),
            _dollars(at.cost.per_answer),
            _dollars(at.cost.per_week),
        )
    return table


def _ratings(found: Standings, name: Mapping[Series, str]) -> Table:
    assert found.ratings is not None
    table = _table("Ratings (only differences mean something)", "contender", "points", "behind the first")
    for series, points, gaps in zip(
        found.ratings.series, found.ratings.points, found.ratings.differences, strict=True
    ):
        gap = gaps[0]
        behind = f"{gap.value:.0f} ({gap.low:.0f} to {gap.high:.0f})"
        table.add_row(name[series], f"{points:.0f}", behind if series != found.ratings.series[0] else "")
    return table


def _table(title: str, first: str, *rest: str) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(first)
    for column in rest:
        table.add_column(column, justify="right")
    return table


def _say(out: Console, text: str) -> None:
    out.print(text, markup=False, highlight=False)


def _share(found: Share | None) -> str:
    if found is None:
        return "–"
    at = found.estimate
    return f"{at.value * 100:.1f} % ({at.low * 100:.0f}–{at.high * 100:.0f})"


def _position(found: Share) -> str:
    at = found.estimate
    apart = at.low > SHIFTED[1] or at.high < SHIFTED[0]
    return ": position may matter more than it should" if apart else ""


def _seconds(found: Quantile | None) -> str:
    return "–" if found is None else f"{'≥ ' if found.at_least else ''}{found.value:.1f} s"


def _dollars(value: Decimal | None) -> str:
    return "unknown" if value is None else f"${value:.2g}" if value < 1 else f"${value:.2f}"


def as_json(found: Standings) -> dict[str, Any]:
    """All the figures, by the names they have in `bot.standings`; sums of money as strings."""
    tree: dict[str, Any] = plain(asdict(found))
    return tree


def plain(value: Any) -> Any:
    """As JSON takes it."""
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, datetime) else value
