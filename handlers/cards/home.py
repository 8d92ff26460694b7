"""App Home: what Duel is, one's own duels and votes, how things stand, what is left, a channel's settings."""

import json
from datetime import datetime

from bot.budgets import Per, Whose, money
from bot.duel import Side, State, Topic
from bot.home import WINDOWS, Left, Mine, Page
from bot.votes import Choice
from handlers.asides import Stats
from handlers.cards import Block
from handlers.cards import stats as stats_cards
from handlers.cards.duel import Labels
from handlers.cards.figures import duels, votes
from handlers.cards.published import Figures
from handlers.cards.text import mrkdwn, shorten
from handlers.cards.topics import TOPIC_LABELS

TRY, WINDOW, TOPIC, SETTLE = "home_try", "home_window", "home_topic", "home_settle"
"""Action ids."""
ALL_TOPICS = "all"
SAID = {Choice.A: "A", Choice.B: "B", Choice.TIE: "equally good", Choice.BOTH_BAD: "both bad"}
WINDOW_LABELS = {"7d": "The last 7 days", "30d": "The last 30 days", "all": "All time"}


def home(page: Page, labels: Labels, published: Figures) -> Block:
    """One person's page. Of a duel whose vote is open it tells neither names nor how it stands."""
    asked = Stats(window=WINDOWS[page.view.window], topic=page.view.topic)
    beside = stats_cards.Beside(page.routed, published)
    standings = stats_cards.stats(page.standings, asked, labels, beside, native=False)["blocks"]
    blocks = [
        _header("Duel"),
        _text(
            "One prompt, two models, unnamed: your team votes for the better answer, and learns which model "
            "serves its own work better. Try it in any channel: `/duel why is the sky blue?`"
        ),
        _actions(
            "try", {"type": "button", "action_id": TRY, "text": _plain("Try a duel"), "style": "primary"}
        ),
        {"type": "divider"},
        *standings,
        _actions("standings", _windows(page.view.window), _topics(page.view.topic)),
        {"type": "divider"},
        _header("Your duels and votes"),
        *_mine(page, labels),
        *([{"type": "divider"}, _header("What is left"), _left(page)] if page.left else []),
        {"type": "divider"},
        _header("A channel's settings"),
        _text("For administrators and whoever made the channel: pair, emoji, votes, limits, digest."),
        _actions(
            "settle",
            {
                "type": "conversations_select",
                "action_id": SETTLE,
                "placeholder": _plain("Choose a channel"),
                "filter": {"include": ["public", "private"], "exclude_bot_users": True},
            },
        ),
        _context("`/duel help` tells the rest. Only you see this page."),
    ]
    kept = {"window": page.view.window, "topic": page.view.topic}
    return {"type": "home", "private_metadata": json.dumps(kept), "blocks": blocks}


def _mine(page: Page, labels: Labels) -> list[Block]:
    if not page.mine:
        return [_text("None yet.")]
    return [_text("\n".join(f"• {_line(mine, page, labels)}" for mine in page.mine))]


def _line(mine: Mine, page: Page, labels: Labels) -> str:
    duel = mine.duel
    prompt = f"“{mrkdwn(shorten(duel.prompt, 60))}”"
    parts = [
        # `|` and `>` end a link's text
        f"<{mine.link}|{prompt.replace('|', '¦')}>" if mine.link else prompt,
        "asked by you" if duel.asker == page.person else f"asked by <@{duel.asker.user}>",
        _state(mine, labels),
        *([f"you said {_said(mine, labels)}"] if mine.said else []),
    ]
    return " · ".join(parts)


def _state(mine: Mine, labels: Labels) -> str:
    duel = mine.duel
    if duel.state is State.ASKED:
        return "being answered"
    if duel.state is State.OPEN and duel.closes_at is not None:
        return f"open until {_moment(duel.closes_at)}"
    if duel.state is State.CLOSED:
        return "closed; the names wait for the last round"
    if mine.votes is None:
        return "ended without a vote"
    if mine.votes.ahead is None:
        return f"no winner, {votes(mine.votes.total)}"
    return f"*{_name(mine, mine.votes.ahead, labels)}* won, {votes(mine.votes.total)}"


def _said(mine: Mine, labels: Labels) -> str:
    """Their own vote: by the side while that is all that anybody knows, then by the name."""
    assert mine.said is not None
    if mine.duel.state is State.REVEALED and mine.said in (Choice.A, Choice.B):
        return _name(mine, Side(mine.said), labels)
    return SAID[mine.said]


def _name(mine: Mine, side: Side, labels: Labels) -> str:
    contender = mine.duel.seats[side]
    return mrkdwn(labels.get(contender, contender))


def _left(page: Page) -> Block:
    return _text("\n".join(f"• {line}" for left in page.left for line in _limit(left)))


def _limit(left: Left) -> list[str]:
    who = "You" if left.limit.whose is Whose.PERSON else "Your team"
    when = "today" if left.limit.per is Per.DAY else "this month"
    lines = []
    if left.limit.duels is not None:
        more = max(0, left.limit.duels - left.spent.duels)
        lines.append(f"{who}, {when}: {more} of {duels(left.limit.duels)}")
    if left.limit.usd is not None:
        rest = max(left.limit.usd - left.spent.usd, left.limit.usd * 0)
        lines.append(f"{who}, {when}: {money(rest)} of {money(left.limit.usd)}, less what is reserved")
    return lines


def _windows(chosen: str) -> Block:
    options = {name: _option(label, name) for name, label in WINDOW_LABELS.items()}
    return _select(WINDOW, list(options.values()), options[chosen])


def _topics(chosen: Topic | None) -> Block:
    options = {ALL_TOPICS: _option("All topics", ALL_TOPICS)}
    options |= {str(topic): _option(label, str(topic)) for topic, label in TOPIC_LABELS.items()}
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
