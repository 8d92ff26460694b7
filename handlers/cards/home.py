"""App Home: what Duel is, one's own duels and votes, how things stand, what is left, a channel's settings."""

import json
from datetime import datetime

from bot.budgets import Per, Whose, money
from bot.duel import Side, State, Topic
from bot.home import WINDOWS, Left, Mine, Page
from bot.votes import Choice
from bot.words import figure, noted, say, say_many
from handlers.asides import Stats
from handlers.cards import Block
from handlers.cards import stats as stats_cards
from handlers.cards.duel import Labels
from handlers.cards.published import Figures
from handlers.cards.text import mrkdwn, shorten
from handlers.cards.topics import TOPIC_LABELS

TRY, WINDOW, TOPIC, SETTLE = "home_try", "home_window", "home_topic", "home_settle"
"""Action ids."""
ALL_TOPICS = "all"
SAID = {
    Choice.A: "A",
    Choice.B: "B",
    Choice.TIE: noted("equally good"),
    Choice.BOTH_BAD: noted("both bad"),
}
WINDOW_LABELS = {
    "7d": noted("The last 7 days"),
    "30d": noted("The last 30 days"),
    "all": noted("All time"),
}
WHOSE = {
    (True, Per.DAY): noted("You, today"),
    (True, Per.MONTH): noted("You, this month"),
    (False, Per.DAY): noted("Your team, today"),
    (False, Per.MONTH): noted("Your team, this month"),
}
"""Whose limit, the person's own or all their team's, in which window."""


def home(page: Page, labels: Labels, published: Figures) -> Block:
    """One person's page. Of a duel whose vote is open it tells neither names nor how it stands."""
    asked = Stats(window=WINDOWS[page.view.window], topic=page.view.topic)
    beside = stats_cards.Beside(page.routed, published)
    standings = stats_cards.stats(page.standings, asked, labels, beside, native=False)["blocks"]
    blocks = [
        _header("Duel"),
        _text(
            say(
                "One prompt, two models, unnamed: your team votes for the better answer, and learns which "
                "model serves its own work better. Try it in any channel: `/duel why is the sky blue? Answer "
                "in one sentence.`"
            )
        ),
        _actions(
            "try",
            {"type": "button", "action_id": TRY, "text": _plain(say("Try a duel")), "style": "primary"},
        ),
        {"type": "divider"},
        *standings,
        _actions("standings", _windows(page.view.window), _topics(page.view.topic)),
        {"type": "divider"},
        _header(say("Your duels and votes")),
        *_mine(page, labels),
        *([{"type": "divider"}, _header(say("What is left")), _left(page)] if page.left else []),
        {"type": "divider"},
        _header(say("A channel's settings")),
        _text(
            say(
                "For administrators and whoever made the channel: pair, emoji, votes, limits, language, "
                "digest."
            )
        ),
        _actions(
            "settle",
            {
                "type": "conversations_select",
                "action_id": SETTLE,
                "placeholder": _plain(say("Choose a channel")),
                "filter": {"include": ["public", "private"], "exclude_bot_users": True},
            },
        ),
        _context(say("`/duel help` tells the rest. Only you see this page.")),
    ]
    kept = {"window": page.view.window, "topic": page.view.topic}
    return {"type": "home", "private_metadata": json.dumps(kept), "blocks": blocks}


def _mine(page: Page, labels: Labels) -> list[Block]:
    if not page.mine:
        return [_text(say("None yet."))]
    return [_text("\n".join(f"• {_line(mine, page, labels)}" for mine in page.mine))]


def _line(mine: Mine, page: Page, labels: Labels) -> str:
    duel = mine.duel
    prompt = f"“{mrkdwn(shorten(duel.prompt, 60))}”"
    parts = [
        # `|` and `>` end a link's text
        f"<{mine.link}|{prompt.replace('|', '¦')}>" if mine.link else prompt,
        say("asked by you")
        if duel.asker == page.person
        else say("asked by {who}", who=f"<@{duel.asker.user}>"),
        _state(mine, labels),
        *([say("you said {vote}", vote=_said(mine, labels))] if mine.said else []),
    ]
    return " · ".join(parts)


def _state(mine: Mine, labels: Labels) -> str:
    duel = mine.duel
    if duel.state is State.ASKED:
        return say("being answered")
    if duel.state is State.OPEN and duel.closes_at is not None:
        return say("open until {moment}", moment=_moment(duel.closes_at))
    if duel.state is State.CLOSED:
        return say("closed; the names wait for the last round")
    if mine.votes is None:
        return say("ended without a vote")
    many = mine.votes.total
    total = figure(many, ",")
    if mine.votes.ahead is None:
        return say_many("no winner, {total} vote", "no winner, {total} votes", many, total=total)
    name = _name(mine, mine.votes.ahead, labels)
    return say_many(
        "*{name}* won, of {total} vote", "*{name}* won, of {total} votes", many, total=total, name=name
    )


def _said(mine: Mine, labels: Labels) -> str:
    """Their own vote: by the side while that is all that anybody knows, then by the name."""
    assert mine.said is not None
    if mine.duel.state is State.REVEALED and mine.said in (Choice.A, Choice.B):
        return _name(mine, Side(mine.said), labels)
    return say(SAID[mine.said])


def _name(mine: Mine, side: Side, labels: Labels) -> str:
    contender = mine.duel.seats[side]
    return mrkdwn(labels.get(contender, contender))


def _left(page: Page) -> Block:
    return _text("\n".join(f"• {line}" for left in page.left for line in _limit(left)))


def _limit(left: Left) -> list[str]:
    whose = say(WHOSE[left.limit.whose is Whose.PERSON, left.limit.per])
    lines = []
    if left.limit.duels is not None:
        more = max(0, left.limit.duels - left.spent.duels)
        lines.append(
            say_many(
                "{whose}: {more} of {total} duel",
                "{whose}: {more} of {total} duels",
                left.limit.duels,
                whose=whose,
                more=more,
                total=figure(left.limit.duels, ","),
            )
        )
    if left.limit.usd is not None:
        rest = max(left.limit.usd - left.spent.usd, left.limit.usd * 0)
        lines.append(
            say(
                "{whose}: {rest} of {total}, less what is reserved",
                whose=whose,
                rest=money(rest),
                total=money(left.limit.usd),
            )
        )
    return lines


def _windows(chosen: str) -> Block:
    options = {name: _option(say(label), name) for name, label in WINDOW_LABELS.items()}
    return _select(WINDOW, list(options.values()), options[chosen])


def _topics(chosen: Topic | None) -> Block:
    options = {ALL_TOPICS: _option(say("All topics"), ALL_TOPICS)}
    options |= {str(topic): _option(say(label), str(topic)) for topic, label in TOPIC_LABELS.items()}
    return _select(TOPIC, list(options.values()), options[str(chosen) if chosen else ALL_TOPICS])


def _select(action: str, options: list[Block], initial: Block) -> Block:
    return {"type": "static_select", "action_id": action, "options": options, "initial_option": initial}


def _moment(at: datetime) -> str:
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{at:%Y-%m-%d %H:%M} UTC>"


def _option(label: str, value: str) -> Block:
    return {"text": _plain(label), "value": value}


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def _header(text: str) -> Block:
    return {"type": "header", "text": _plain(text)}


def _text(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text[:2900], "verbatim": True}}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text, "verbatim": True}]}


def _actions(name: str, *elements: Block) -> Block:
    return {"type": "actions", "block_id": name, "elements": list(elements)}
