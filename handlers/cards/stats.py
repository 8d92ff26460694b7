"""What is answered to `/duel stats` and `/duel why`, to whoever asked and to nobody else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from bot.bulletin import Account
from bot.duel import ContenderId, Side, State
from bot.savings import Savings
from bot.standings import Standings
from bot.votes import tally
from bot.words import figure, say
from handlers.asides import Stats
from handlers.cards import Block, Message
from handlers.cards.duel import Labels
from handlers.cards.figures import dollars, speed
from handlers.cards.published import Figures, published
from handlers.cards.routed import routed
from handlers.cards.standings import (
    LANGUAGES,
    Names,
    categories,
    claim,
    count,
    draws,
    left_out,
    pair_rows,
    position,
    quicker,
    rated,
    table,
)
from handlers.cards.text import mrkdwn, shorten

MOST_PAIRS = 3


@dataclass(frozen=True)
class Beside:
    """What is shown under the standings and is no part of them."""

    routed: Savings
    published: Figures
    unsafe: Mapping[ContenderId, int] = field(default_factory=dict)
    """Answers that somebody called unsafe, by who gave them."""


def stats(told: Standings, asked: Stats, labels: Labels, beside: Beside, *, native: bool = True) -> Message:
    """How things stand: what may be claimed of each pair, its figures, and what was left out."""
    names = Names(labels, (at.series for at in told.contenders))
    title = f"Standings · {_scope(asked)}"
    if not told.duels:
        text = f"{title}\nNo duel has ended there yet. Ask one: `/duel why is the sky blue?`"
        return {"text": text, "blocks": [_section(text)]}
    happened = (
        f"{count(told.duels, 'duel')}, {told.counting} of them count · {count(told.votes, 'vote')} of "
        f"{'1 person' if told.voters == 1 else f'{told.voters} people'} · {dollars(told.spent)} spent"
    )
    blocks: list[Block] = [
        {"type": "header", "text": {"type": "plain_text", "text": title}},
        _context(happened),
    ]
    for pair in told.pairs[:MOST_PAIRS]:
        lines = [claim(pair, names), quicker(pair, names), *(f"• {at}" for at in categories(pair, names))]
        blocks += [
            _section("\n".join(line for line in lines if line)),
            table(pair_rows(pair, names, told.contenders, "So far"), native=native),
            _context(f"{draws(pair)} · in brackets 95 % intervals"),
        ]
    if len(told.pairs) > MOST_PAIRS:
        blocks.append(_context(f"{len(told.pairs) - MOST_PAIRS} more pairs have met, on fewer votes."))
    if rows := rated(told, names):
        blocks.append(table(rows, native=False))
    if beside.unsafe:
        called = {mrkdwn(labels.get(name, name)): count(at, "answer") for name, at in beside.unsafe.items()}
        each = ", ".join(f"{name} {many}" for name, many in sorted(called.items()))
        blocks.append(_context(f":rotating_light: Called unsafe: {each}."))
    if asked.topic is None and asked.language is None and (line := routed(beside.routed)):
        blocks.append(_section(line))
    met = ((at.pair[0].contender, at.pair[1].contender) for at in told.pairs[:MOST_PAIRS])
    if line := published(met, beside.published, labels):
        blocks += [{"type": "divider"}, _section(line)]
    small = (position(told.side_a), left_out(told.exclusions), _newest(told), "Only you see this.")
    blocks.append(_context(" ".join(part for part in small if part)))
    plain = "\n".join([title, happened, *(claim(pair, names) for pair in told.pairs[:MOST_PAIRS])])
    return {"text": plain.replace("*", ""), "blocks": blocks}


def _newest(told: Standings) -> str:
    """What the figures are of that are not kept added up, where that is not all."""
    if told.timed == told.duels:
        return ""
    newest = figure(told.timed, ",")
    return say(
        "Speed, and what was left out, are of the newest {newest} duels; all else is of all.", newest=newest
    )


def why(told: Account, labels: Labels) -> Message:
    """How one duel was counted."""
    duel = told.duel
    names = {side: mrkdwn(labels.get(duel.seats[side], duel.seats[side])) for side in Side}
    head = f"“{mrkdwn(shorten(duel.prompt or '(erased)', 80))}” ({duel.id})"
    lines = [_verdict(told, names), *_left_out(told), _about(told)]
    for side, answer in sorted(told.answers.items()):
        figures = speed(answer) if answer.outcome.votable else f"failed: {mrkdwn(answer.detail)}"
        lines.append(f"{side.upper()} was *{names[side]}*: {figures}{_unfit(told, side)}")
    body = "\n".join(f"• {line}" for line in lines)
    return {
        "text": f"{head}\n{body}".replace("*", ""),
        "blocks": [
            _section(f"*How this duel was counted:* {head}\n{body}"[:2900]),
            _context("Only you see this."),
        ],
    }


def _scope(asked: Stats) -> str:
    window = "all time" if asked.window is None else f"the last {asked.window // timedelta(days=1)} days"
    where = "this channel" if asked.here else "all channels"
    about = [str(asked.topic)] if asked.topic else []
    if asked.language:
        about.append(LANGUAGES.get(asked.language, asked.language))
    return " · ".join([window, where, *about])


def _verdict(told: Account, names: dict[Side, str]) -> str:
    votes = tally(told.counted)
    if told.duel.state is State.VOID:
        return (
            f"It does not count for preference: {mrkdwn(told.duel.void_reason or 'it ended without a vote')}"
        )
    sides = f"{votes.a} for {names[Side.A]}, {votes.b} for {names[Side.B]}"
    cast = f"{sides}, {count(votes.tie, 'tie')}, {votes.both_bad} both bad"
    if told.duel.excluded is not None:
        return f"Its votes ({cast}) do not count for preference: {mrkdwn(told.duel.excluded)}"
    if not votes.total:
        return "Nobody voted: it counts for speed and cost only."
    if votes.ahead is None:
        return f"Counted: {cast}. Neither has a majority, so it is a draw, and no part of the verdict."
    return f"Counted: {cast}. One duel won by {names[votes.ahead]}."


def _left_out(told: Account) -> list[str]:
    lines = []
    if told.too_late:
        people = "1 person" if told.too_late == 1 else f"{told.too_late} people"
        lines.append(f"{people} voted, changed or withdrew after the end: that is stored and not counted.")
    if told.replaced:
        lines.append(
            f"{count(told.replaced, 'older emoji')} of people who put on a newer one: one vote a person."
        )
    if told.withdrawn:
        lines.append(f"{count(told.withdrawn, 'emoji')} taken off again.".replace("emojis", "emoji"))
    return lines


def _about(told: Account) -> str:
    topic = told.duel.topic or "unclassified"
    by = (
        f" (said by {'a person' if told.duel.topic_by == 'person' else 'the classifier'})"
        if told.duel.topic
        else ""
    )
    language = told.duel.language
    return f"Topic: {topic}{by} · language: {LANGUAGES.get(language, language) if language else 'unknown'}"


def _unfit(told: Account, side: Side) -> str:
    answer = told.answers[side]
    parts = ["not in the speed figures: more than one call"] if answer.attempts > 1 else []
    if answer.bill.usd is None:
        parts.append("not in the cost figures: unknown")
    elif answer.bill.price_id:
        parts.append(f"priced by {mrkdwn(answer.bill.price_id)}")
    return f" ({'; '.join(parts)})" if parts else ""


def _section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text[:2900], "verbatim": True}}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text[:2900], "verbatim": True}]}
