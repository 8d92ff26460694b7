"""When the names appear, in words: at the end of a vote, or of the last round that is blind with it."""

from bot.duel import Duel
from bot.words import say


def when_named(duel: Duel) -> str:
    """The end of a sentence that begins with when the vote closes."""
    if duel.chain is not None:
        return say(
            "the names appear when the votes on all rounds have closed. A and B are the same as before."
        )
    if duel.round > 1:
        return say("then the names appear. The sides were dealt anew.")
    return say(
        "then the names appear. To ask both on, mention me in the thread: the names then wait for that."
    )
