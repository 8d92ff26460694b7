"""One tiny real call: what it asks, how little it may take, and whether it was served."""

from bot.contenders.roster import Contender
from bot.duel import Answer, Outcome

PROBE = "Answer with the one word: ready."
MAX_TOKENS = 16
MAX_THINKING = 128
FIRST_TOKEN_S = 60.0
TOTAL_S = 90.0

SERVED = frozenset({Outcome.OK, Outcome.CUT_OFF, Outcome.EMPTY})
"""Empty is served as well: one that thinks may have spent its few tokens before the first word."""


def tiny(contender: Contender) -> Contender:
    """The same contender with limits that cost next to nothing."""
    limits = contender.limits
    little = limits.model_copy(
        update={
            "max_tokens": min(limits.max_tokens, MAX_TOKENS),
            "first_token_s": min(limits.first_token_s, FIRST_TOKEN_S),
            "total_s": min(limits.total_s, TOTAL_S),
        }
    )
    thinking = min(contender.thinking_budget, MAX_THINKING)
    return contender.model_copy(update={"limits": little, "thinking_budget": thinking})


def served(answer: Answer) -> bool:
    """Whether the provider took the call, and would take another."""
    return answer.outcome in SERVED
