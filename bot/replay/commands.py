"""`python -m bot replay`: the command, and how its progress is shown."""

import asyncio
import json as jsons
import sys
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from bot.budgets import money
from bot.duel import LONGEST_VOTE, SHORTEST_VOTE, Place
from bot.durations import parse_duration, say_duration
from bot.errors import UsageError
from bot.replay.prompts import read
from bot.replay.replay import Hold, Order, Outcome, Replay, Show, Standing
from bot.settings import Settings

Replaying = Callable[[Settings, Order, str | None, Show], AbstractAsyncContextManager[Replay]]
"""A replay of that order in that workspace, for as long as the block lasts."""


class Display:
    """A bar on a terminal; elsewhere a line whenever something has changed."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[note]}", markup=False),
            console=console,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("Asked", total=None, note="")
        self._said = ""

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def show(self, standing: Standing, hold: Hold | None) -> None:
        """As `bot.replay.replay.Show`."""
        asked, note = len(standing.asked), f"{standing.ended} ended"
        if hold is not None and hold.why is None:
            note += f" · the next one at {hold.until.astimezone():%H:%M:%S}"
        self._bar.update(self._task, total=standing.total, completed=asked, note=note)
        said = hold.why if hold and hold.why else f"{asked} of {standing.total} asked."
        if said != self._said and (not self._console.is_terminal or (hold and hold.why)):
            self._console.print(said, markup=False, highlight=False, soft_wrap=True)
            self._said = said


def commands(
    replaying: Replaying,
    settings: Callable[[], Settings],
    start: Callable[[Awaitable[Any]], Any],
    err: Console,
) -> list[click.Command]:
    """The command, over that way to replay."""

    @click.command("replay")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--channel", required=True, metavar="ID", help="Where, C…; Duel must be a member.")
    @click.option("--pair", metavar="A,B", help="The two contenders; by default the usual ones.")
    @click.option("--every", default="10m", show_default=True, metavar="LENGTH", help="From one to the next.")
    @click.option("--vote-for", metavar="LENGTH", help="How long each vote stays open, e.g. 24h.")
    @click.option("--team", metavar="ID", help="The workspace that is meant, T…: another one is refused.")
    @click.option("--run", default="", metavar="NAME", help="A name for this run: asks all of it once more.")
    @click.option("--no-wait", is_flag=True, help="Stop where a limit is reached or nothing is running.")
    @click.option("--dry-run", is_flag=True, help="Ask nothing: how many are left, and what they may cost.")
    @click.option("--json", is_flag=True, help="One JSON object on standard output, and nothing else there.")
    def replay(
        *,
        file: Path,
        channel: str,
        pair: str | None,
        every: str,
        vote_for: str | None,
        team: str | None,
        run: str,
        no_wait: bool,
        dry_run: bool,
        json: bool,
    ) -> None:
        """Ask the prompts in FILE as duels in a channel, one after the other, for a team to vote through.

        Each line of FILE is {"prompt": …}, with a topic, a language and an id where you like. Started
        again, it goes on where it was. The duels are carried out by `python -m bot run`.
        """

        async def work() -> bool:
            known = settings()
            order = Order(
                prompts=read(file, known.max_prompt),
                room=Place(channel),
                every=_length(every, "--every"),
                pair=None if pair is None else tuple(name.strip() for name in pair.split(",")),
                vote_for=None if vote_for is None else _vote(vote_for),
                run=run,
                patient=not no_wait,
            )
            with Display(err) as display:
                async with replaying(known, order, team, display.show) as made:
                    if dry_run:
                        told = await _planned(made, order)
                    else:
                        told = _ended(await _gone(made, err))
            if json:
                click.echo(jsons.dumps(told | {"file": str(file), "channel": channel}, indent=2))
            else:
                _say(told, err)
            return told["stopped"] is None

        sys.exit(0 if start(work()) else 1)

    return [replay]


async def _gone(made: Replay, err: Console) -> Outcome:
    try:
        return await made.go()
    except asyncio.CancelledError:
        err.print("Stopped. Nothing is lost: the same command goes on from here.", highlight=False)
        raise


async def _planned(made: Replay, order: Order) -> dict[str, Any]:
    standing = await made.look()
    cost = made.cost(standing)
    return {
        **_counts(standing),
        "asked_now": 0,
        "takes_s": (order.every * max(0, len(standing.left) - 1)).total_seconds(),
        "usd_at_most": None if cost.unknown else format(cost.at_most, "f"),
        "price_unknown": list(cost.unknown),
        "stopped": None,
    }


def _ended(outcome: Outcome) -> dict[str, Any]:
    standing = outcome.standing
    return {
        **_counts(standing),
        "asked_now": len(standing.asked) - outcome.before,
        "stopped": outcome.stopped,
    }


def _counts(standing: Standing) -> dict[str, Any]:
    return {
        "prompts": standing.total,
        "asked": len(standing.asked),
        "left": len(standing.left),
        "ended": standing.ended,
        "void": standing.void,
    }


def _say(told: dict[str, Any], err: Console) -> None:
    lines = [
        f"{told['asked']:,} of {told['prompts']:,} prompts are asked, {told['asked_now']:,} of them now; "
        f"{told['ended']:,} duels have ended, {told['void']:,} of them void."
    ]
    if "takes_s" in told:
        unknown = ", ".join(told["price_unknown"])
        cost = (
            f"what nobody knows: the price of {unknown} is unknown"
            if unknown
            else f"{money(Decimal(told['usd_at_most']))} at the most"
        )
        length = say_duration(timedelta(seconds=told["takes_s"]))
        lines = [
            f"{told['prompts']:,} prompts, {told['asked']:,} asked already, {told['left']:,} left. "
            f"They take {length}, and cost {cost}. Nothing was asked."
        ]
    if told["stopped"] is not None:
        lines += [str(told["stopped"]), f"Left: {told['left']:,}. The same command goes on from here."]
    for line in lines:
        err.print(line, markup=False, highlight=False, soft_wrap=True)


def _length(text: str, option: str) -> timedelta:
    try:
        return parse_duration(text)
    except ValueError as error:
        raise UsageError(f"{option} takes a length of time. {error}.") from None


def _vote(text: str) -> timedelta:
    length = _length(text, "--vote-for")
    if not SHORTEST_VOTE <= length <= LONGEST_VOTE:
        shortest, longest = say_duration(SHORTEST_VOTE), say_duration(LONGEST_VOTE)
        raise UsageError(
            f"A vote can stay open from {shortest} to {longest}: write for example --vote-for 24h."
        )
    return length
