"""What operators are told of contenders."""

from bot.pausing import REASONS, Pause
from handlers.cards import Message
from handlers.cards.duel import Labels
from handlers.cards.text import mrkdwn, shorten

MAX_DETAIL = 500
"""Characters of what the provider said; a section takes 3,000, and escaping may make five of one."""


def paused(pause: Pause, labels: Labels) -> Message:
    """A contender is paused: who, why, in the provider's words as well, and what happens next."""
    said = f"{mrkdwn(shorten(pause.detail, MAX_DETAIL))}\n" if pause.detail else ""
    return _message(
        f":warning: {_name(pause, labels)} is paused: {REASONS[pause.outcome]}.",
        f"{said}No duel is let in with it until a tiny call succeeds. That is tried in a minute, then less "
        "often, but once an hour at the least, and whenever Duel is started.",
    )


def resumed(pause: Pause, labels: Labels) -> Message:
    """It is served again."""
    return _message(
        f":white_check_mark: {_name(pause, labels)} answers again, and may duel.",
        f"It was paused on {pause.since:%Y-%m-%d} at {pause.since:%H:%M} UTC: {REASONS[pause.outcome]}.",
    )


def _name(pause: Pause, labels: Labels) -> str:
    return f"*{mrkdwn(labels.get(pause.contender, pause.contender))}* (`{pause.contender}`)"


def _message(headline: str, body: str) -> Message:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": f"{headline}\n{body}", "verbatim": True}}
    return {"text": headline, "blocks": [section]}
