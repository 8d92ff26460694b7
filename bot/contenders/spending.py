"""What an answer cost, with all the tries that it took."""

from collections.abc import Sequence
from dataclasses import replace

from bot.contenders.wire import Attempt
from bot.duel import Bill, Usage
from bot.prices import Price, bill


def spent(prices: Sequence[Price], attempts: Sequence[Attempt]) -> tuple[Usage, Bill]:
    """What all the tries used and cost together, each at the price of when it was made.

    A try that failed before its first token cost what it reported, if anything. One that brought an answer
    and no usage makes the whole unknown. The bill bears the unit prices of the last try that counts.
    """
    counted = [attempt for attempt in attempts if attempt.began or attempt.read.usage != Usage()]
    counted = counted or [attempts[-1]]
    usages = [attempt.read.usage for attempt in counted]
    bills = [bill(prices, attempt.read.usage, attempt.asked_at) for attempt in counted]
    known = [each.usd for each in bills if each.usd is not None]
    usd = sum(known[1:], known[0]) if len(known) == len(bills) else None
    return _together(usages), replace(bills[-1], usd=usd)


def _together(usages: Sequence[Usage]) -> Usage:
    return Usage(
        input_tokens=_total([usage.input_tokens for usage in usages]),
        cached_tokens=_total([usage.cached_tokens for usage in usages]),
        output_tokens=_total([usage.output_tokens for usage in usages]),
        reasoning_tokens=_total([usage.reasoning_tokens for usage in usages]),
    )


def _total(counts: Sequence[int | None]) -> int | None:
    """The sum; unknown if one of them is."""
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None
