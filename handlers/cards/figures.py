"""Figures in words: seconds, tokens a second, dollars. What is unknown is said to be unknown."""

from decimal import Decimal
from math import exp

from bot.duel import Answer


def seconds(value: float | None) -> str:
    if value is None:
        return "unknown"
    return f"{value:.2f} s" if value < 10 else f"{value:.0f} s"


def dollars(value: Decimal | None) -> str:
    """A sum with three significant digits, however small: answers cost fractions of a cent."""
    if value is None:
        return "unknown"
    if value == 0:
        return "$0"
    digits = max(2, 2 - value.adjusted())
    return f"${value:.{digits}f}"


MOST_EVIDENCE = 13.8
"""Natural logarithm of a million: what is more is said to be more."""


def odds(log_e: float) -> str:
    """An e-value, as the odds that it gives to one."""
    return "over a million" if log_e > MOST_EVIDENCE else f"{exp(log_e):,.3g}"


def speed(answer: Answer) -> str:
    """What one answer's clock and bill say, in one line."""
    parts = [
        f"first words {seconds(answer.timing.ttfa_s)}",
        f"whole answer {seconds(answer.timing.total_s)}",
    ]
    if rate := answer.timing.visible_speed(answer.usage):
        parts.append(f"{rate:.0f} tokens/s")
    if answer.attempts > 1:
        parts.append(f"{answer.attempts} tries")
    tokens = answer.usage.output_tokens
    parts.append("tokens unknown" if tokens is None else f"{tokens:,} tokens")
    parts.append("cost unknown" if answer.bill.usd is None else dollars(answer.bill.usd))
    return " · ".join(parts)
