"""A duel in the terminal: streaming, unnamed until the end, or as one JSON object."""

import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from rich.columns import Columns
from rich.console import Console
from rich.live import Live
from rich.markdown import Markdown
from rich.panel import Panel
from rich.table import Table

from bot.contenders import Delta, Lineup
from bot.contenders.said import Exchange
from bot.duel import Answer, ContenderId, Outcome, Side

REFRESH_HZ = 8
Round = tuple[str, Mapping[Side, Answer]]
"""A prompt and what became of it."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""What would move the cursor, or worse, if a model said it."""


async def ask_both(
    prompt: str,
    seats: Mapping[Side, ContenderId],
    lineup: Lineup,
    out: Console,
    before: Mapping[Side, Sequence[Exchange]],
) -> dict[Side, Answer]:
    """Put the prompt to both sides at once, and show both answers as they grow; the names come at the end.

    `before` is the conversation that each side goes on with.
    """
    texts: dict[Side, list[str]] = {side: [] for side in Side}

    async def ask(side: Side) -> Answer:
        def show(delta: Delta) -> None:
            texts[side].append(delta.text)

        return await lineup.answer(seats[side], prompt, show, before=before[side])

    with Live(  # drawn beside, not for each piece: that would be measured as the contenders' time
        get_renderable=lambda: _side_by_side(texts),
        console=out,
        auto_refresh=not out.quiet,
        refresh_per_second=REFRESH_HZ,
        transient=True,
    ):
        async with asyncio.TaskGroup() as group:  # a client never raises: a failure is an answer as well
            tasks = {side: group.create_task(ask(side)) for side in Side}
    out.print(_side_by_side(texts))
    return {side: task.result() for side, task in tasks.items()}


def show_result(answers: Mapping[Side, Answer], labels: Mapping[ContenderId, str], out: Console) -> None:
    """Who was who, how fast, and for how much."""
    table = Table(
        "", "contender", "first words", "total", "tokens", "tokens/s", "cost", box=None, pad_edge=False
    )
    for side, answer in sorted(answers.items()):
        rate = answer.timing.visible_speed(answer.usage)
        table.add_row(
            side.upper(),
            labels[answer.contender],
            _or_unknown(answer.timing.ttfa_s, "{:.2f} s"),
            _or_unknown(answer.timing.total_s, "{:.2f} s"),
            _or_unknown(answer.usage.output_tokens, "{:,}"),
            _or_unknown(rate, "{:.0f}"),
            _or_unknown(answer.bill.usd, "${}"),
        )
    out.print(table)
    for side, answer in sorted(answers.items()):
        if answer.outcome is Outcome.CUT_OFF:
            out.print(f"{side.upper()} was cut off at its token limit.", markup=False)
        elif answer.detail:
            out.print(f"{side.upper()} failed: {answer.detail}", markup=False)


def as_json(rounds: Sequence[Round]) -> str:
    """One JSON object; what is unknown is null. Where there are several rounds, they are a list in it."""
    told = [
        {"prompt": prompt, "answers": [_answer(side, answers[side]) for side in Side]}
        for prompt, answers in rounds
    ]
    return json.dumps(told[0] if len(told) == 1 else {"rounds": told}, ensure_ascii=False, indent=2)


def _answer(side: Side, answer: Answer) -> dict[str, Any]:
    return {
        "contender": answer.contender,
        "side": side,
        "text": answer.text,
        "outcome": answer.outcome,
        "detail": answer.detail,
        "finish_reason": answer.finish_reason,
        "ttft_s": _rounded(answer.timing.ttft_s),
        "ttfa_s": _rounded(answer.timing.ttfa_s),
        "total_s": _rounded(answer.timing.total_s),
        "input_tokens": answer.usage.input_tokens,
        "output_tokens": answer.usage.output_tokens,
        "reasoning_tokens": answer.usage.reasoning_tokens,
        "cost_usd": _number(answer.bill.usd),
        "reported_model": answer.reported_model,
    }


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)


def _number(usd: Decimal | None) -> float | None:
    return None if usd is None else float(usd)


def _or_unknown(value: object, shape: str) -> str:
    return "unknown" if value is None else shape.format(value)


def _side_by_side(texts: Mapping[Side, list[str]]) -> Columns:
    panels = [
        Panel(Markdown(_CONTROL.sub("\ufffd", "".join(text)) or "…"), title=f"Answer {side.upper()}")
        for side, text in texts.items()
    ]
    return Columns(panels, equal=True, expand=True)
