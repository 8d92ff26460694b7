"""A round whose vote is over while others of its conversation are not: nothing here tells the sides apart."""

from collections.abc import Mapping

from bot.duel import Answer, Duel, Side
from bot.words import noted, say
from handlers.cards import Message
from handlers.cards import duel as cards
from handlers.cards.text import mrkdwn
from handlers.emoji import Emoji

WAITING = noted(
    "Names, votes, speed and cost appear when the votes on all rounds of this conversation have closed."
)


def held(duel: Duel, answers: Mapping[Side, Answer], emoji: Emoji) -> Message:
    """Closed, or void; of one that is void not even the answers, for one of them may have failed."""
    if duel.void_reason is None:
        said, shown = say("This vote is closed."), cards.unnamed(answers, emoji)
    else:
        said, shown = say("No vote on this round: {why}", why=mrkdwn(say(duel.void_reason))), []
    return {
        "text": f"{said} {say(WAITING)}",
        "blocks": [
            *cards.asked(duel),
            *shown,
            {"type": "divider"},
            cards.section(f"*{said}* {say(WAITING)}"),
            *cards.again(duel, answers),
        ],
    }
