"""What operators are told of contenders, in the language of this deployment."""

from bot.duel import Duel, Side
from bot.pausing import REASONS, Pause
from bot.words import say, stamp
from handlers.cards import Message
from handlers.cards.duel import Labels
from handlers.cards.text import mrkdwn, shorten

MAX_DETAIL = 500
"""Characters of what the provider said; a section takes 3,000, and escaping may make five of one."""


def paused(pause: Pause, labels: Labels) -> Message:
    """A contender is paused: who, why, in the provider's words as well, and what happens next."""
    said = f"{mrkdwn(shorten(pause.detail, MAX_DETAIL))}\n" if pause.detail else ""
    return _message(
        say(
            ":warning: {name} is paused: {why}.",
            name=_name(pause, labels),
            why=say(REASONS[pause.outcome]),
        ),
        said
        + say(
            "No duel is let in with it until a tiny call succeeds. That is tried in a minute, then less "
            "often, but once an hour at the least, and whenever Duel is started."
        ),
    )


def resumed(pause: Pause, labels: Labels) -> Message:
    """It is served again."""
    return _message(
        say(":white_check_mark: {name} answers again, and may duel.", name=_name(pause, labels)),
        say(
            "It was paused at {since} UTC: {why}.",
            since=stamp(pause.since),
            why=say(REASONS[pause.outcome]),
        ),
    )


def flagged(duel: Duel, side: Side, link: str | None) -> Message:
    """An answer was called unsafe; its author is named by the duel itself, once it is revealed."""
    here = say("this duel")
    where = f"<{link}|{here}>" if link else say("duel {id}", id=duel.id)
    return _message(
        say(":rotating_light: Answer {side} of {where} was called unsafe.", side=side.upper(), where=where),
        say("Its author is named there once the vote has closed. More flags on it are not told again."),
    )


def _name(pause: Pause, labels: Labels) -> str:
    return f"*{mrkdwn(labels.get(pause.contender, pause.contender))}* (`{pause.contender}`)"


def _message(headline: str, body: str) -> Message:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": f"{headline}\n{body}", "verbatim": True}}
    return {"text": headline, "blocks": [section]}
