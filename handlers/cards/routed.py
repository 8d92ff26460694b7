"""What routing saved beside what it lost, in one paragraph; an estimate is called one."""

from bot.savings import Savings
from handlers.cards.figures import dollars


def routed(told: Savings) -> str | None:
    """For Slack's markup; `None` where nobody asked."""
    if not told.asked:
        return None
    parts = [_asked(told), *_saved(told), *_lost(told)]
    return f"*Routed by `/ask`:* {' '.join(parts)}"


def _asked(told: Savings) -> str:
    if not (told.answered or told.failed):
        return "1 question became a duel." if told.dueled == 1 else f"{told.dueled} questions became duels."
    failed = f", and {told.failed} failed" if told.failed else ""
    dueled = f"; {told.dueled} more became {'a duel' if told.dueled == 1 else 'duels'}" if told.dueled else ""
    unknown = f", {told.unknown_usd} of unknown cost" if told.unknown_usd else ""
    were = "question was" if told.answered == 1 else "questions were"
    return (
        f"{told.answered:,} {were} answered by one model{failed}{dueled}. {dollars(told.usd)} spent{unknown}."
    )


def _saved(told: Savings) -> list[str]:
    if not told.compared:
        return ["What the other model would have cost cannot be said yet."] if told.answered else []
    which = "The" if told.compared == told.answered else f"For {told.compared} of them the"
    spared = f"{dollars(told.saved)} saved" if told.saved >= 0 else f"{dollars(-told.saved)} more spent"
    return [
        f"{which} other model would have cost about {dollars(told.other_usd)} instead of "
        f"{dollars(told.compared_usd)}: about {spared} (an estimate, by what its answers to such prompts "
        "cost on average)."
    ]


def _lost(told: Savings) -> list[str]:
    unweighed = told.answered - told.weighed
    if not told.weighed:
        return ["What was lost is not known: too few duels compare the two."] if told.answered else []
    rest = f" Of {unweighed} more nothing can be said: too few duels compare the two." if unweighed else ""
    return [
        "What was lost: by the share of duels that each model won, this team would have liked the other "
        f"answer better for about {told.worse:.1f} of {told.weighed}, and the one given for about "
        f"{told.better:.1f}.{rest}"
    ]
