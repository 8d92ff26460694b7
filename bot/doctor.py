"""`python -m bot doctor`: what is found where, in a table with the cure for each fault, or as JSON."""

import asyncio
import json as jsons
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from bot.classifier import classifier
from bot.clock import Clock
from bot.contenders import Lineup
from bot.contenders.probe import served
from bot.duel import Answer, ContenderId
from bot.durations import say_duration
from bot.errors import SettingsError
from bot.extras import install
from bot.pausing import Pause
from bot.settings import Settings


class Verdict(StrEnum):
    """What a check came to."""

    FINE = "fine"
    DOUBT = "doubt"
    """A duel works, but something about it does not."""
    FAULT = "fault"


MARKS: Mapping[Verdict, tuple[str, str]] = {
    Verdict.FINE: ("✓", "green"),
    Verdict.DOUBT: ("!", "yellow"),
    Verdict.FAULT: ("✗", "red"),
}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    what: str
    verdict: Verdict
    says: str
    cure: str = ""
    """What to do about it; empty where there is nothing to do."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """Figures for programs."""


LookAtDatabase = Callable[[], Awaitable[tuple[Finding, Sequence[Pause]]]]
LookAtStage = Callable[[], Awaitable[list[Finding]]]


def unreadable(error: SettingsError) -> list[Finding]:
    """All there is to say where the settings are wrong."""
    return [Finding("settings", Verdict.FAULT, "cannot be used", str(error))]


async def examine(
    settings: Settings,
    lineup: Lineup,
    *,
    everyone: bool,
    database: LookAtDatabase,
    stage: LookAtStage,
    clock: Clock,
) -> list[Finding]:
    """Look at everything that a duel needs. `everyone`: call each contender that is ready."""
    found, pauses = await database()
    findings = [Finding("settings", Verdict.FINE, "can be read"), found, _reading(settings), *await stage()]
    paused = {pause.contender: pause for pause in pauses}
    names = dict.fromkeys((*settings.duel_pair, *(lineup.names if everyone else ())))
    calls = [_call(name, settings, lineup) for name in names]
    for name, finding in zip(names, await asyncio.gather(*calls), strict=True):
        pause = paused.get(name)
        findings.append(finding if pause is None else _paused(finding, pause, clock))
    return findings


def would_work(findings: Iterable[Finding]) -> bool:
    """Whether a duel would work, as far as was looked."""
    return all(finding.verdict is not Verdict.FAULT for finding in findings)


def show(findings: Sequence[Finding], out: Console, *, json: bool) -> None:
    """Print the table, or the JSON object."""
    if json:
        click.echo(_as_json(findings))
        return
    table = Table("", "", "found", "what to do", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for finding in findings:
        mark, colour = MARKS[finding.verdict]
        cells = (_plain(text) for text in (finding.what, finding.says, finding.cure))
        table.add_row(f"[{colour}]{mark}[/]", *cells)
    out.print(table)
    out.print("\nA duel would work." if would_work(findings) else "\nA duel would not work: see each ✗.")


def _reading(settings: Settings) -> Finding:
    """Whether prompts get a language and a topic. Without the extra, nothing is amiss: people say topics."""
    try:
        found = classifier(settings)("Write a function in Python that merges two lists.")
    except SettingsError as error:
        return Finding("topics", Verdict.FAULT, "prompts cannot be read", str(error))
    says = f"languages are told ({len(settings.languages)} looked for)"
    if found.topic is not None:
        return Finding("topics", Verdict.FINE, f"{says}, topics are classified on this machine")
    if not settings.classify_topics:
        return Finding("topics", Verdict.FINE, f"{says}, topics are what people say (CLASSIFY_TOPICS=false)")
    cure = f"For topics by themselves: {install('topics')} (without it people say them: /duel as:coding …)"
    return Finding("topics", Verdict.FINE, f"{says}, topics are what people say", cure)


async def _call(name: ContenderId, settings: Settings, lineup: Lineup) -> Finding:
    """Ask one contender for a word. Its time includes the connection, which a duel often finds open."""
    try:
        answer = await lineup.probe(name)
    except SettingsError as error:
        return Finding(name, Verdict.FAULT, "not ready", str(error))
    facts = _facts(answer)
    if not served(answer):
        failed = answer.outcome.replace("_", " ")
        return Finding(name, Verdict.FAULT, f"the call failed: {failed}", f"{answer.detail}.", facts)
    says = f"{_name(answer)} answers: first token after {_seconds(answer)}, {_price(answer)}"
    verdict, cures = Verdict.FINE, []
    if answer.bill.price_id is None:
        limited = any(limit.usd is not None for limit in settings.budgets.limits)
        verdict = Verdict.FAULT if limited else Verdict.DOUBT
        lost = "money is limited, so no duel is let in with it" if limited else "its costs stay unknown"
        cures.append(f"Without a price {lost}: add one to contenders.toml, as [[contenders.{name}.prices]].")
    elif answer.bill.usd is None:
        verdict = Verdict.DOUBT
        cures.append("It reports no usage, so its costs stay unknown: see whether its server can.")
    if answer.other_model is not None:
        verdict = max(verdict, Verdict.DOUBT, key=list(Verdict).index)
        cures.append(f"It was asked for {answer.asked_model}: correct its model id, if that is not meant.")
    return Finding(name, verdict, says, " ".join(cures), facts)


def _paused(finding: Finding, pause: Pause, clock: Clock) -> Finding:
    """A contender that is paused is let into no duel, even if it answers by now."""
    if finding.verdict is Verdict.FAULT:
        return finding
    wait = max(pause.probe_at - clock.now(), timedelta())
    cure = f"It is paused since {pause.since:%Y-%m-%d %H:%M} UTC, and probed in {say_duration(wait)}."
    return replace(finding, verdict=Verdict.FAULT, cure=f"{cure} Start Duel anew to have it probed at once.")


def _name(answer: Answer) -> str:
    return answer.reported_model or "a model that does not name itself"


def _seconds(answer: Answer) -> str:
    return "an unknown time" if answer.timing.ttft_s is None else f"{answer.timing.ttft_s:.2f} s"


def _price(answer: Answer) -> str:
    bill = answer.bill
    if bill.price_id is None:
        return "price unknown"
    cost = "cost unknown" if bill.usd is None else f"${bill.usd.normalize():f}"
    return f"{cost} at {bill.price_id} (${bill.input_price} in, ${bill.output_price} out a million tokens)"


def _facts(answer: Answer) -> dict[str, Any]:
    bill = answer.bill
    return {
        "outcome": answer.outcome,
        "asked_model": answer.asked_model,
        "reported_model": answer.reported_model,
        "ttft_s": None if answer.timing.ttft_s is None else round(answer.timing.ttft_s, 3),
        "price_id": bill.price_id,
        "input_price": None if bill.input_price is None else format(bill.input_price, "f"),
        "output_price": None if bill.output_price is None else format(bill.output_price, "f"),
        "cost_usd": None if bill.usd is None else format(bill.usd, "f"),
    }


def _as_json(findings: Sequence[Finding]) -> str:
    """Money as strings, so that no reader makes floats of it."""
    shown = [
        {
            "what": finding.what,
            "verdict": finding.verdict,
            "found": finding.says,
            "cure": finding.cure,
            **({"facts": dict(finding.facts)} if finding.facts else {}),
        }
        for finding in findings
    ]
    return jsons.dumps({"would_work": would_work(findings), "findings": shown}, ensure_ascii=False, indent=2)


def _plain(text: str) -> str:
    """As it is: what others wrote is no markup."""
    return text.replace("[", r"\[")
