"""What routing saved beside what it lost, in one paragraph; an estimate is called one."""

from bot.savings import Savings
from bot.words import figure, say, say_many, sentences
from handlers.cards.figures import dollars


def routed(told: Savings) -> str | None:
    """For Slack's markup; `None` where nobody asked."""
    if not told.asked:
        return None
    what = sentences(_asked(told), _saved(told), _lost(told))
    return say("*Routed by `/ask`:* {what}", what=what)


def _asked(told: Savings) -> str:
    if not (told.answered or told.failed):
        return say_many("{count} question became a duel.", "{count} questions became duels.", told.dueled)
    amount = dollars(told.usd)
    spent = (
        say("{amount} spent, {number} of unknown cost.", amount=amount, number=told.unknown_usd)
        if told.unknown_usd
        else say("{amount} spent.", amount=amount)
    )
    return sentences(_answered(told), spent)


def _answered(told: Savings) -> str:
    dueled = say_many("{count} more became a duel", "{count} more became duels", told.dueled)
    if told.failed and told.dueled:
        return say_many(
            "{count} question was answered by one model, and {failed} failed; {dueled}.",
            "{count} questions were answered by one model, and {failed} failed; {dueled}.",
            told.answered,
            failed=told.failed,
            dueled=dueled,
        )
    if told.failed:
        return say_many(
            "{count} question was answered by one model, and {failed} failed.",
            "{count} questions were answered by one model, and {failed} failed.",
            told.answered,
            failed=told.failed,
        )
    if told.dueled:
        return say_many(
            "{count} question was answered by one model; {dueled}.",
            "{count} questions were answered by one model; {dueled}.",
            told.answered,
            dueled=dueled,
        )
    return say_many(
        "{count} question was answered by one model.",
        "{count} questions were answered by one model.",
        told.answered,
    )


def _saved(told: Savings) -> str:
    if not told.compared:
        return say("What the other model would have cost cannot be said yet.") if told.answered else ""
    other, cost, amount = dollars(told.other_usd), dollars(told.compared_usd), dollars(abs(told.saved))
    if told.saved == 0:
        return say(
            "The other model would have cost the same (an estimate, by what its answers to such prompts cost "
            "on average)."
        )
    spared = (
        say("{amount} saved", amount=amount) if told.saved > 0 else say("{amount} more spent", amount=amount)
    )
    if told.compared == told.answered:
        return say(
            "The other model would have cost about {other} instead of {cost}: about {spared} (an estimate, "
            "by what its answers to such prompts cost on average).",
            other=other,
            cost=cost,
            spared=spared,
        )
    return say(
        "For {number} of them the other model would have cost about {other} instead of {cost}: about "
        "{spared} (an estimate, by what its answers to such prompts cost on average).",
        number=told.compared,
        other=other,
        cost=cost,
        spared=spared,
    )


def _lost(told: Savings) -> str:
    if not told.weighed:
        unknown = say("What was lost is not known: too few duels compare the two.")
        return unknown if told.answered else ""
    lost = say(
        "What was lost: by the share of duels that each model won, this team would have liked the other "
        "answer better for about {worse} of {number}, and the one given for about {better}.",
        worse=figure(told.worse, ".1f"),
        number=told.weighed,
        better=figure(told.better, ".1f"),
    )
    if not (unweighed := told.answered - told.weighed):
        return lost
    rest = say("Of {number} more nothing can be said: too few duels compare the two.", number=unweighed)
    return sentences(lost, rest)
