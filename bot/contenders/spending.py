"""What an answer cost, with all the tries that it took, and what one costs at the most."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from bot.contenders.endpoint import DIALECTS
from bot.contenders.roster import Contender
from bot.contenders.said import Said
from bot.contenders.wire import Attempt
from bot.duel import Bill, Usage
from bot.prices import Price, bill

WRAPPING = 256
"""Tokens that a service may put around a prompt: a chat template, and a system prompt of its own."""
A_MESSAGE = 32
"""Tokens that a chat template may put around each further message of a conversation."""

IN_FLIGHT = 64
"""Tokens that a service may still make and bill, until it notices that nobody listens."""


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


def at_most(contender: Contender, said: Said, at: datetime) -> Decimal | None:
    """What one try costs at the most, in US dollars, at the price in force; `None` where that is unknown.

    Each byte of the conversation may be a token, and none of it in the cache; the answer, and the thinking
    before it, may be as long as their limits let them. A further try costs only if the first had brought a
    token.
    """
    sent = DIALECTS[contender.dialect].body(contender, said, None)  # with all that extra_body puts over it
    caps = {**sent, "max_tokens": sent["inferenceConfig"]["maxTokens"]} if "inferenceConfig" in sent else sent
    output = sum(caps.get(name, 0) for name in contender.caps)
    return _billed(contender, said, output, at)


def so_far(contender: Contender, said: Said, streamed: int, at: datetime) -> Decimal | None:
    """What an answer cost at the most that was broken off after that many bytes of it, thinking included.

    Each of them may have been a token. Where a contender thinks, some of it may not have been shown: then the
    whole is `None`, as it is where the price is unknown.
    """
    return None if contender.thinking else _billed(contender, said, streamed + IN_FLIGHT, at)


def _billed(contender: Contender, said: Said, output: int, at: datetime) -> Decimal | None:
    around = WRAPPING + 2 * A_MESSAGE * len(said.before)
    usage = Usage(input_tokens=len(said.read.encode("utf-8", "surrogatepass")) + around, output_tokens=output)
    return bill(contender.prices, usage, at).usd
