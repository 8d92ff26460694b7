"""A week's digest in the terminal: what changed, the week's figures and all so far, or all of it as JSON."""

import json as jsons
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import click
from rich.console import Console

from bot import standings_list
from bot.digest import Schedule, Week, week_before, week_named
from bot.duel import Place
from bot.errors import UsageError
from bot.savings import Routes, Savings, savings
from bot.standings import Facet, Standings, standings
from bot.standings_list import Labels


class Schedules(Protocol):
    """What channels said of their digest."""

    async def schedule(self, team: str, room: Place) -> Schedule | None: ...


@dataclass(frozen=True)
class Asked:
    """What somebody wants to see."""

    week: str
    team: str | None
    channel: str | None
    zone: ZoneInfo
    """Where the channel has none of its own."""


@dataclass(frozen=True)
class Told:
    """A week, the week before it, and all up to its end; of one channel or of all."""

    week: Week
    now: Standings
    before: Standings
    ever: Standings
    routed: Savings
    """What the week's questions saved and lost that one contender was chosen to answer."""


async def look(records: standings_list.Records, schedules: Schedules, routes: Routes, asked: Asked) -> Told:
    """What that week's digest is made of. Raises `UsageError` where there is no such week or team."""
    team = asked.team or standings_list.only(await records.teams())
    room = None if asked.channel is None else Place(asked.channel)
    schedule = None if room is None else await schedules.schedule(team, room)
    zone = schedule.slot.zone if schedule else asked.zone
    try:
        wanted = week_named(asked.week, zone)
    except ValueError as error:
        raise UsageError(f"{error}.") from None
    last = week_before(wanted.since, zone)
    return Told(
        week=wanted,
        now=standings(await records.record(team, room=room, since=wanted.since, until=wanted.until)),
        before=standings(await records.record(team, room=room, since=last.since, until=last.until)),
        ever=standings(
            await records.record(team, room=room, until=wanted.until), by=(Facet.TOPIC, Facet.LANGUAGE)
        ),
        routed=savings(await routes.routed(team, room=room, since=wanted.since, until=wanted.until)),
    )


def show(told: Told, labels: Labels, out: Console, *, json: bool) -> None:
    """Print it."""
    if json:
        click.echo(jsons.dumps(as_json(told), indent=2, ensure_ascii=False))
        return
    now, before = told.now, told.before
    window = f"{told.week.since:%Y-%m-%d %H:%M} – {told.week.until:%Y-%m-%d %H:%M} UTC"
    out.print(f"[bold]{told.week.key}[/bold], {window}")
    out.print(
        f"{now.duels} duels ended, {now.votes} votes of {now.voters} people, ${now.spent} spent; the week "
        f"before {before.duels}, {before.votes} of {before.voters}, ${before.spent}."
    )
    if told.routed.asked:
        out.print(_routed(told.routed), highlight=False)
    out.print("\nThis week alone, which decides nothing:")
    standings_list.show(now, labels, out, json=False)
    out.print("\nAll so far:")
    standings_list.show(replace(told.ever, exclusions=()), labels, out, json=False)


def _routed(told: Savings) -> str:
    return (
        f"Routed by /ask: {told.answered} questions answered by one model, {told.failed} failed, "
        f"{told.dueled} became duels; ${told.usd:f} spent. Estimated: for {told.compared} of them the other "
        f"model would have cost ${told.other_usd:.6f} instead of ${told.compared_usd:.6f}; of "
        f"{told.weighed}, its answer would have been preferred for {told.worse:.1f}, and the one given for "
        f"{told.better:.1f}."
    )


def as_json(told: Told) -> dict[str, Any]:
    return {
        "week": told.week.key,
        "since": told.week.since.isoformat(),
        "until": told.week.until.isoformat(),
        "this_week": standings_list.as_json(told.now),
        "week_before": standings_list.as_json(told.before),
        "all_so_far": standings_list.as_json(told.ever),
        "routed": standings_list.plain(asdict(told.routed)),
    }
