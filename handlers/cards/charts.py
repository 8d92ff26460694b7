"""The digest's chart, who is preferred on which topic: as Slack's own block, as bars of letters, in words."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.duel import Topic
from bot.standings import Estimate, Facet, PairStanding
from bot.words import noted, say
from handlers.cards import Block
from handlers.cards.standings import Names, interval, seen_by
from handlers.cards.text import mrkdwn, shorten

LEAST_VOTES = 10
"""Decisive ones: of fewer a bar says nothing that its interval does not take back."""
LEAST_TOPICS = 2
CELLS = 20
"""Letters of a whole bar."""
NAME = 40
TITLE, LABEL, AXIS = 50, 20, 50
"""The most characters that Slack takes in a chart's title, its labels, and beside its axes."""

_TOPICS: Mapping[Topic, str] = {
    Topic.CODING: noted("Coding"),
    Topic.MATHS: noted("Maths"),
    Topic.WRITING: noted("Writing"),
    Topic.SERVICE: noted("Service"),
    Topic.TRANSLATION: noted("Translation"),
    Topic.FACTS: noted("Facts"),
    Topic.SAFETY: noted("Safety"),
    Topic.OTHER: noted("Other"),
}
"""Short: an interval has to stand beside it in a label of Slack's."""


@dataclass(frozen=True)
class Bar:
    """The share of one contender in the decisive votes on one topic, or on all."""

    label: str
    share: Estimate
    votes: int


@dataclass(frozen=True)
class Chart:
    """What is drawn, whichever way; all text in the reader's language, and plain."""

    title: str
    who: str
    """Whose share it is."""
    other: str
    """Against whom."""
    bars: tuple[Bar, ...]
    """All topics together first, then the most voted on."""


def by_topic(pair: PairStanding | None, names: Names) -> Chart | None:
    """The chart of a pair; `None` where too few topics have enough votes to be compared."""
    if pair is None or pair.preference.decisive is None:
        return None
    who = pair.preference.verdict.leader or pair.pair[0]
    other = pair.pair[1] if who == pair.pair[0] else pair.pair[0]
    found = [
        (at.preference.decisive, Topic(at.name))
        for at in pair.categories
        if at.facet is Facet.TOPIC
        and at.preference.decisive is not None
        and at.preference.decisive.votes >= LEAST_VOTES
    ]
    if len(found) < LEAST_TOPICS:
        return None
    found.sort(key=lambda at: -at[0].votes)
    shares = [(pair.preference.decisive, say("All")), *((share, say(_TOPICS[at])) for share, at in found)]
    return Chart(
        title=say("Share of votes by topic"),
        who=shorten(names.plain(who), NAME),
        other=shorten(names.plain(other), NAME),
        bars=tuple(Bar(label, seen_by(who, pair, share.estimate), share.votes) for share, label in shares),
    )


def words(chart: Chart) -> str:
    """All that it shows, for whoever does not see it."""
    shares = "; ".join(
        say("{topic} {share} of {votes} votes", topic=bar.label, share=interval(bar.share), votes=bar.votes)
        for bar in chart.bars
    )
    return say(
        "{title}: {who} against {other}, of the decisive votes, in brackets 95 % intervals. {shares}.",
        title=chart.title,
        who=chart.who,
        other=chart.other,
        shares=shares,
    )


def native(chart: Chart) -> list[Block]:
    """Slack's own chart. It draws no intervals, so each stands in the label of its bar."""
    labels = [_label(bar) for bar in chart.bars]
    values = [round(100 * bar.share.value) for bar in chart.bars]
    points = [{"label": label, "value": value} for label, value in zip(labels, values, strict=True)]
    axis = say("% of the decisive votes")
    key = say("Beside each topic stands its 95 % interval.")
    return [
        {
            "type": "data_visualization",
            "title": shorten(chart.title, TITLE),
            "chart": {
                "type": "bar",
                "series": [{"name": shorten(chart.who, LABEL), "data": points}],
                "axis_config": {"categories": labels, "y_label": shorten(axis, AXIS)},
            },
        },
        _context(f"{key} {_left_out(chart)}"),
    ]


def letters(chart: Chart) -> list[Block]:
    """The same in letters of one width. Names come last, for theirs differ."""
    shares = [interval(bar.share) for bar in chart.bars]
    width = max(map(len, shares))
    lines = [
        f"{_strip(bar.share)} {share.rjust(width)}  {bar.label}"
        for bar, share in zip(chart.bars, shares, strict=True)
    ]
    text = {"type": "text", "text": "\n".join(lines)}
    title = say(
        "*{title}:* {who} against {other}",
        title=mrkdwn(chart.title),
        who=mrkdwn(chart.who),
        other=mrkdwn(chart.other),
    )
    key = say("From 0 to 100 % of the decisive votes: █ the share, ▒ its 95 % interval.")
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": title, "verbatim": True}},
        {"type": "rich_text", "elements": [{"type": "rich_text_preformatted", "elements": [text]}]},
        _context(f"{key} {_left_out(chart)}"),
    ]


def _label(bar: Bar) -> str:
    span = f"{100 * bar.share.low:.0f}–{100 * bar.share.high:.0f}"
    return f"{shorten(bar.label, LABEL - 1 - len(span))} {span}"


def _strip(share: Estimate) -> str:
    low, at, high = (min(CELLS - 1, int(value * CELLS)) for value in (share.low, share.value, share.high))
    return "".join("█" if cell == at else "▒" if low <= cell <= high else "░" for cell in range(CELLS))


def _left_out(chart: Chart) -> str:
    return say(
        "Under half, {other} is preferred. Topics with fewer than {least} decisive votes are left out.",
        other=mrkdwn(chart.other),
        least=LEAST_VOTES,
    )


def _context(text: str) -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text, "verbatim": True}]}
