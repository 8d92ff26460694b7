"""What a record of duels says of two contenders: the evidence that a choice between them rests on."""

from decimal import Decimal

import numpy as np

from bot.duel import ContenderId, Pair, Topic
from bot.routing import Finding, Known
from bot.standings import Facet, Record, Series, Verdict, claims
from bot.standings.figures import Category
from bot.standings.record import PICO, UNKNOWN, Flags

ENOUGH = 10
"""Answers on a topic from which their mean cost is that topic's own, and no longer that of all prompts."""


def known(record: Record, pair: Pair, topic: Topic | None) -> Known:
    """What may be said of these two, by the very claims that `standings` makes of such a record.

    Each is looked at as the version of its model that answered last: votes on an older one say nothing of it.
    """
    series = [_current(record, name) for name in pair]
    first, second = series
    models = {name: at.model for name, at in zip(pair, series, strict=True) if at is not None and at.model}
    costs = {name: _mean_cost(record, at, topic) for name, at in zip(pair, series, strict=True)}
    nothing = Known(pair, topic, costs=costs, models=models)
    if first is None or second is None:
        return nothing
    found = claims(record, (first, second), topic, by=(Facet.TOPIC, Facet.LANGUAGE))
    if found is None:
        return nothing
    apart = found.category.difference if found.category else None
    better = None
    if apart is not None and not apart.low <= 0 <= apart.high:
        better = found.pair[0 if apart.value > 0 else 1].contender
    return Known(
        pair,
        topic,
        overall=_finding(found.preference.verdict, found.pair, pair),
        on_topic=_on_topic(found.category, found.pair, pair),
        better_there=better,
        costs=costs,
        models=models,
    )


def _on_topic(category: Category | None, seen: tuple[Series, Series], pair: Pair) -> Finding | None:
    return None if category is None else _finding(category.preference.verdict, seen, pair)


def _finding(verdict: Verdict, seen: tuple[Series, Series], pair: Pair) -> Finding:
    """A verdict on `seen`, as this pair sees it."""
    won = (verdict.won, verdict.lost)
    return Finding(
        winner=None if verdict.winner is None else verdict.winner.contender,
        equal=verdict.equal,
        won=won if seen[0].contender == pair[0] else won[::-1],
        split=verdict.split,
        log_e=verdict.log_e,
        threshold=verdict.threshold,
        margin=verdict.margin,
    )


def _current(record: Record, name: ContenderId) -> Series | None:
    """Its series that sat in the newest duel."""
    mine = [number for number, series in enumerate(record.series) if series.contender == name]
    rows, sides = np.nonzero(np.isin(record.seat, mine))
    if not len(rows):
        return None
    newest = int(np.argmax(record.ended_at[rows]))
    return record.series[int(record.seat[rows[newest], sides[newest]])]


def _mean_cost(record: Record, series: Series | None, topic: Topic | None) -> Decimal | None:
    """Mean billed cost of its answers, failed ones included: of those on the topic where they are enough."""
    if series is None:
        return None
    there: Flags = (record.seat == record.series.index(series)) & (record.pico_usd != UNKNOWN)
    if topic is not None and topic in record.topics:
        on_topic = there & (record.topic == record.topics.index(topic))[:, None]
        there = on_topic if on_topic.sum() >= ENOUGH else there
    many = int(there.sum())
    return Decimal(int(record.pico_usd[there].sum(dtype=np.int64))) / PICO / many if many else None
