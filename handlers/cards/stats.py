"""What is answered to `/duel stats` and `/duel why`, to whoever asked and to nobody else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from bot.bulletin import Account, Counted
from bot.duel import ContenderId, Duel, Side, State
from bot.savings import Savings
from bot.standings import Standings
from bot.votes import Tally, tally
from bot.words import figure, listed, noted, say, say_many, sentences
from handlers.asides import Stats
from handlers.cards import Block, Message
from handlers.cards.duel import Labels
from handlers.cards.figures import answers, dollars, duels, people, speed, votes
from handlers.cards.published import Figures, published
from handlers.cards.routed import routed
from handlers.cards.standings import (
    Names,
    categories,
    claim,
    draws,
    left_out,
    legend,
    pair_rows,
    position,
    quicker,
    rated,
    table,
    tongue,
)
from handlers.cards.text import mrkdwn, shorten
from handlers.cards.topics import BY_NAME

MOST_PAIRS = 3
MOST_TEXT = 4_000
"""Characters of the text that is read aloud, or shown where cards are not."""
ROUNDS = 2
"""In one section: however long the reasons are why they do not count, they fit."""


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
    title = " · ".join([say("Standings"), *_scope(asked)])
    if not told.duels:
        none = say("No duel has ended there yet. Ask one: `/duel why is the sky blue?`")
        text = f"{title}\n{none}"
        return {"text": text, "blocks": [_section(text)]}
    happened = " · ".join(
        [
            say("{duels}, {number} of them count", duels=duels(told.duels), number=told.counting),
            say("{votes} of {people}", votes=votes(told.votes), people=people(told.voters)),
            say("{amount} spent", amount=dollars(told.spent)),
        ]
    )
    blocks: list[Block] = [
        {"type": "header", "text": {"type": "plain_text", "text": title}},
        _context(happened),
    ]
    for pair in told.pairs[:MOST_PAIRS]:
        lines = [claim(pair, names), quicker(pair, names), *(f"• {at}" for at in categories(pair, names))]
        blocks += [
            _section("\n".join(line for line in lines if line)),
            table(pair_rows(pair, names, told.contenders, say("So far")), native=native),
            _context(f"{draws(pair)} · {legend(pair)}"),
        ]
    if (more := len(told.pairs) - MOST_PAIRS) > 0:
        met = say_many(
            "{count} more pair has met, on fewer votes.",
            "{count} more pairs have met, on fewer votes.",
            more,
        )
        blocks.append(_context(met))
    if rows := rated(told, names):
        blocks.append(table(rows, native=False))
    if beside.unsafe:
        called = {mrkdwn(labels.get(name, name)): answers(at) for name, at in beside.unsafe.items()}
        each = listed(f"{name} {many}" for name, many in sorted(called.items()))
        blocks.append(_context(say(":rotating_light: Called unsafe: {each}.", each=each)))
    if asked.topic is None and asked.language is None and (line := routed(beside.routed)):
        blocks.append(_section(line))
    pairs = ((at.pair[0].contender, at.pair[1].contender) for at in told.pairs[:MOST_PAIRS])
    if line := published(pairs, beside.published, labels):
        blocks += [{"type": "divider"}, _section(line)]
    small = (position(told.side_a), left_out(told.exclusions), _newest(told), say("Only you see this."))
    blocks.append(_context(sentences(*small)))
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
    head = say("“{prompt}” ({duel})", prompt=_prompt(duel, 80), duel=duel.id)
    lines = [_verdict(told, names, alone=len(told.rounds) == 1), *_left_out(told), _about(told)]
    for side, answer in sorted(told.answers.items()):
        failed = say("failed: {why}", why=mrkdwn(say(answer.detail)))
        figures = speed(answer) if answer.outcome.votable else failed
        was = say("{side} was *{name}*: {figures}", side=side.upper(), name=names[side], figures=figures)
        lines.append(f"{was}{_unfit(told, side)}")
    body = "\n".join(f"• {line}" for line in lines)
    conversation = _conversation(told, names)
    read_aloud = "\n".join([head, body, *conversation])
    return {
        "text": (read_aloud if len(read_aloud) <= MOST_TEXT else f"{head}\n{body}").replace("*", ""),
        "blocks": [
            _section("\n".join([say("*How this duel was counted:* {duel}", duel=head), body])),
            *(_section("\n".join(some)) for some in _by(ROUNDS, conversation)),
            _context(say("Only you see this.")),
        ],
    }


def _conversation(told: Account, names: dict[Side, str]) -> list[str]:
    """How each round was counted, and what they come to in the figures, where they make one duel there.

    As long as the names are not out the sides stay who they are: one's names are those of all.
    """
    if len(told.rounds) == 1:
        return []
    first, last = told.rounds[0].duel.round, told.rounds[-1].duel.round
    head = say(
        "*Round {number} of a conversation.* The names of rounds {first} to {last} came out together. In the "
        "figures those of them that count are one duel, with all their votes, for the same people judged the "
        "same words; speed and cost count round by round.",
        number=told.duel.round,
        first=first,
        last=last,
    )
    others = [
        say(
            "Round {number}, “{prompt}” · {how}",
            number=one.duel.round,
            prompt=_prompt(one.duel, 40),
            how=_verdict(one, names, alone=False),
        )
        for one in told.rounds
        if one.duel.id != told.duel.id
    ]
    return [head, *(f"• {line}" for line in [*others, _together(told.rounds, names)])]


def _together(rounds: Sequence[Counted], names: dict[Side, str]) -> str:
    counting = [one for one in rounds if one.duel.void_reason is None and one.duel.excluded is None]
    cast = sum((tally(one.counted) for one in counting), Tally())
    if not cast.total:
        return say("Together: no vote that counts for preference.")
    if cast.ahead is None:
        return say(
            "Together: {votes}. Neither has a majority, so the conversation is a draw.",
            votes=_votes(cast, names),
        )
    return say(
        "Together: {votes}. One duel won by {name}.", votes=_votes(cast, names), name=names[cast.ahead]
    )


def _prompt(duel: Duel, most: int) -> str:
    return mrkdwn(shorten(duel.prompt or say("(erased)"), most))


def _scope(asked: Stats) -> list[str]:
    days = None if asked.window is None else asked.window // timedelta(days=1)
    window = say("all time") if days is None else say("the last {number} days", number=days)
    where = say("this channel") if asked.here else say("all channels")
    about = [say(BY_NAME[asked.topic])] if asked.topic else []
    if asked.language:
        about.append(tongue(asked.language))
    return [window, where, *about]


def _verdict(told: Counted, names: dict[Side, str], *, alone: bool) -> str:
    """How its votes were counted; where it is not alone, what they decide is said of all rounds at once."""
    cast = tally(told.counted)
    if told.duel.state is State.VOID:
        reason = told.duel.void_reason or noted("it ended without a vote")
        return say("It does not count for preference: {why}", why=mrkdwn(say(reason)))
    said = _votes(cast, names)
    if told.duel.excluded is not None:
        why = mrkdwn(say(told.duel.excluded))
        return say("Its votes ({votes}) do not count for preference: {why}", votes=said, why=why)
    if not cast.total:
        return say("Nobody voted: it counts for speed and cost only.")
    if not alone:
        return say("Counted: {votes}.", votes=said)
    if cast.ahead is None:
        return say(
            "Counted: {votes}. Neither has a majority, so it is a draw, and no part of the verdict.",
            votes=said,
        )
    return say("Counted: {votes}. One duel won by {name}.", votes=said, name=names[cast.ahead])


def _votes(cast: Tally, names: dict[Side, str]) -> str:
    return say(
        "{a} for {first}, {b} for {second}, {ties}, {bad} both bad",
        a=cast.a,
        first=names[Side.A],
        b=cast.b,
        second=names[Side.B],
        ties=say("{number} equally good", number=cast.tie),
        bad=cast.both_bad,
    )


def _left_out(told: Account) -> list[str]:
    lines = []
    if told.too_late:
        late = say_many(
            "{count} person voted, changed or withdrew after the end: that is stored and not counted.",
            "{count} people voted, changed or withdrew after the end: that is stored and not counted.",
            told.too_late,
        )
        lines.append(late)
    if told.replaced:
        older = say_many(
            "{count} older emoji of people who put on a newer one: one vote a person.",
            "{count} older emoji of people who put on a newer one: one vote a person.",
            told.replaced,
        )
        lines.append(older)
    if told.withdrawn:
        lines.append(
            say_many("{count} emoji taken off again.", "{count} emoji taken off again.", told.withdrawn)
        )
    return lines


def _about(told: Account) -> str:
    duel = told.duel
    if duel.topic is None:
        topic = say("Topic: {topic}", topic=say("unclassified"))
    elif duel.topic_by == "person":
        topic = say("Topic: {topic} (said by a person)", topic=say(BY_NAME[duel.topic]))
    else:
        topic = say("Topic: {topic} (said by the classifier)", topic=say(BY_NAME[duel.topic]))
    language = tongue(duel.language) if duel.language else say("unknown")
    return " · ".join([topic, say("language: {language}", language=language)])


def _unfit(told: Account, side: Side) -> str:
    answer = told.answers[side]
    parts = [say("not in the speed figures: more than one call")] if answer.attempts > 1 else []
    if answer.bill.usd is None:
        parts.append(say("not in the cost figures: unknown"))
    elif answer.bill.price_id:
        parts.append(say("priced by {price}", price=mrkdwn(answer.bill.price_id)))
    return f" ({'; '.join(parts)})" if parts else ""


def _by(number: int, lines: Sequence[str]) -> list[Sequence[str]]:
    return [lines[at : at + number] for at in range(0, len(lines), number)]


def _section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text[:2900], "verbatim": True}}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text[:2900], "verbatim": True}]}
