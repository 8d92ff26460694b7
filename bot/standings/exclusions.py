"""What is left out of which figure, why, and how often: nothing disappears silently."""

from collections import Counter

import numpy as np

from bot.duel import Outcome
from bot.standings.figures import Exclusion
from bot.standings.record import BOTH_BAD, OUTCOMES, TIE, UNKNOWN, A, B, Record
from bot.standings.speed import usable
from bot.words import kept, noted

VOID = noted("ended without a vote")
"""The reason of a void duel that has none in words."""
FAILED = kept("failed: {why}")
IN_WORDS = {
    Outcome.EMPTY: noted("no text"),
    Outcome.REFUSED: noted("refused by a content filter"),
    Outcome.TRUNCATED: noted("broken off"),
    Outcome.UNREACHABLE: noted("not reached"),
    Outcome.OVERLOADED: noted("overloaded"),
    Outcome.RATE_LIMITED: noted("rate limit reached"),
    Outcome.OUT_OF_CREDIT: noted("out of credit"),
    Outcome.AUTHENTICATION: noted("key refused"),
    Outcome.CONFIGURATION: noted("set up wrongly"),
    Outcome.BAD_RESPONSE: noted("not readable"),
}
"""What became of answers whose speed says nothing, in two or three words."""


def exclusions(record: Record) -> tuple[Exclusion, ...]:
    """Every duel that is not in the preference or the verdict, every answer not in speed or cost."""
    return (*_duels(record), *_answers(record))


def _duels(record: Record) -> list[Exclusion]:
    out = ~record.counting
    reasons = Counter(record.reasons[at] if at != UNKNOWN else VOID for at in record.reason[out].tolist())
    further = record.unit != np.arange(record.duels)
    votes = record.counts[~out]
    nobody = votes.sum(axis=1) == 0
    bad = ~nobody & (votes[:, BOTH_BAD] == votes.sum(axis=1))
    split = ~nobody & ~bad & (votes[:, A] == votes[:, B])
    tied = split & (votes[:, A] == 0) & (votes[:, TIE] > 0)
    return [
        *(Exclusion("preference", reason, count, "duels") for reason, count in reasons.most_common()),
        *_some("preference", noted("nobody voted"), nobody.sum(), "duels"),
        *_some("verdict", noted("weighed in one with an earlier round"), further.sum(), "duels"),
        *_some("verdict", noted("only “both bad” votes"), bad.sum(), "duels"),
        *_some("verdict", noted("only “equally good” votes"), tied.sum(), "duels"),
        *_some("verdict", noted("split evenly"), (split & ~tied).sum(), "duels"),
    ]


def _answers(record: Record) -> list[Exclusion]:
    there = record.outcome != UNKNOWN
    unfit = there & ~usable(record)
    retried = unfit & (record.attempts > 1)
    failed = Counter(OUTCOMES[at] for at in record.outcome[unfit & ~retried].tolist())
    unclear = there & ~unfit & np.isnan(record.total)
    return [
        *_some("speed", noted("took more than one call"), retried.sum(), "answers"),
        *(
            Exclusion("speed", FAILED.format(why=IN_WORDS[Outcome(outcome)]), count, "answers")
            for outcome, count in failed.items()
        ),
        *_some("speed", noted("time unknown"), unclear.sum(), "answers"),
        *_some(
            "cost", noted("price or usage unknown"), (there & (record.pico_usd == UNKNOWN)).sum(), "answers"
        ),
    ]


def _some(of: str, reason: str, count: int | np.integer, unit: str) -> list[Exclusion]:
    return [Exclusion(of, reason, int(count), unit)] if count else []
