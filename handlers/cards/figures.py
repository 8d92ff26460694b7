"""Figures in words: seconds, tokens a second, dollars. What is unknown is said to be unknown."""

from decimal import Decimal
from math import exp

from bot.duel import Answer
from bot.words import figure, say, say_many


def seconds(value: float | None) -> str:
    if value is None:
        return say("unknown")
    return say("{number} s", number=figure(value, ".2f" if value < 10 else ".0f"))


def dollars(value: Decimal | None) -> str:
    """A sum with three significant digits, however small: answers cost fractions of a cent."""
    if value is None:
        return say("unknown")
    if value == 0:
        return say("${amount}", amount="0")
    digits = max(2, 2 - value.adjusted())
    return say("${amount}", amount=figure(value, f".{digits}f"))


MOST_EVIDENCE = 13.8
"""Natural logarithm of a million: what is more is said to be more."""


def odds(log_e: float) -> str:
    """An e-value, as the odds that it gives to one."""
    if log_e > MOST_EVIDENCE:
        return say("over a million")
    short = f"{exp(log_e):.3g}"
    return figure(float(short), ",.0f") if "e" in short else figure(float(short), ".3g")


def duels(number: int) -> str:
    return say_many("{count} duel", "{count} duels", number)


def votes(number: int) -> str:
    return say_many("{count} vote", "{count} votes", number)


def answers(number: int) -> str:
    return say_many("{count} answer", "{count} answers", number)


def people(number: int) -> str:
    return say_many("{count} person", "{count} people", number)


def speed(answer: Answer) -> str:
    """What one answer's clock and bill say, in one line."""
    parts = [
        say("first words {time}", time=seconds(answer.timing.ttfa_s)),
        say("whole answer {time}", time=seconds(answer.timing.total_s)),
    ]
    if rate := answer.timing.visible_speed(answer.usage):
        parts.append(say("{rate} tokens/s", rate=figure(rate, ".0f")))
    if answer.attempts > 1:
        parts.append(say_many("{count} try", "{count} tries", answer.attempts))
    tokens = answer.usage.output_tokens
    parts.append(
        say("tokens unknown") if tokens is None else say("{number} tokens", number=figure(tokens, ","))
    )
    parts.append(say("cost unknown") if answer.bill.usd is None else dollars(answer.bill.usd))
    return " · ".join(parts)
