"""What duels come to once they are added up: all that verdicts, ratings and costs need.

Two balances are added by adding up their rows. What is worked out from the sum is what would be worked out
from all of their duels at once, to the last digit: it is made from these rows in either case.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.standings.record import UNKNOWN, A, B, Flags, Ints, Record, Said, Series

FIRST, SECOND, TOPIC, LANGUAGE = range(4)
"""Columns that both tables begin with: who met (the pair in the order of its series), on what."""
FLIPPED, WON, LOST, TIED, BOTH_BAD, MANY, SINCE, UNTIL = range(4, 12)
VOTER, BALLOTS, SCORED = range(4, 7)
LEFT_OUT = slice(7, 11)
SERIES, OUTCOME, RETRIED, ANSWERS, KNOWN, PICO = range(6)


@dataclass(frozen=True, eq=False)
class Balance:
    """Three tables of whole numbers; `UNKNOWN` stands for no topic and no language."""

    series: tuple[Series, ...] = ()
    """Everybody who sat in any of the duels; this, the topics and the languages are sorted."""
    topics: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    people: NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, np.uint64))
    """What stands for each voter, sorted."""
    kinds: Ints = field(default_factory=lambda: np.empty((0, 12), np.int64))
    """A row for each kind of duel that counts: alike in who met, on what, whether the first of the two sat at
    B, and how the votes fell as the first sees them; how many there were, when the first and the last ended.
    """
    voters: Ints = field(default_factory=lambda: np.empty((0, 11), np.int64))
    """A row for each voter, pair, topic and language: ballots, those of them that were not “both bad”, and
    what leaving them out changes in the duels won, decided, twice the score, and the duels scored.
    """
    answers: Ints = field(default_factory=lambda: np.empty((0, 6), np.int64))
    """A row for each series, outcome and whether it took several calls: how many answers, how many of known
    cost, and the sum of those in 1/`PICO` US dollars.
    """
    duels: int = 0
    """All that ended, whether they count or not."""
    since: int = 0
    """When the earliest of them ended, in microseconds; nothing of `duels` is 0."""
    until: int = 0
    said: Said = field(default_factory=dict)
    """The model that each contender named first, and last."""

    @cached_property
    def tally(self) -> Ints:
        """(k, 4) votes won, lost, tied, both bad of each kind."""
        return self.kinds[:, WON : BOTH_BAD + 1]

    @cached_property
    def sides(self) -> Ints:
        """(k, 2) votes for A and for B."""
        flipped = self.kinds[:, FLIPPED, None] == 1
        return np.where(flipped, self.kinds[:, [LOST, WON]], self.kinds[:, [WON, LOST]])


def weigh(record: Record) -> Balance:
    """Add up the duels of a record."""
    topics, topic = _sorted(record.topics, record.topic)
    languages, language = _sorted(record.languages, record.language)
    flipped = record.seat[:, 0] > record.seat[:, 1]
    seats = np.sort(record.seat, axis=1)
    cells = record.unit[record.duel] * 4 + record.choice
    counts = np.bincount(cells, minlength=4 * record.duels).reshape(-1, 4)
    tally = np.where(flipped[:, None], counts[:, [B, A, 2, 3]], counts)
    about = np.column_stack([seats, topic, language]).astype(np.int64)
    one = np.ones(record.duels, np.int64)
    kinds = np.column_stack([about, flipped, tally, one, record.ended_at, record.ended_at])
    return Balance(
        series=record.series,
        topics=topics,
        languages=languages,
        people=record.people,
        kinds=added(kinds[record.counting & (record.unit == np.arange(record.duels))], keys=9, sums=1),
        voters=_voters(record, about, flipped, tally),
        answers=_answers(record),
        duels=record.duels,
        since=int(record.ended_at.min(initial=2**62)) if record.duels else 0,
        until=int(record.ended_at.max(initial=0)),
        said=record.said,
    )


def together(one: Balance, later: Balance) -> Balance:
    """Both added up. `later` was read knowing what `one` says of models: see `record.in_force`."""
    if not one.duels or not later.duels:
        return later if later.duels else one
    one = replace(one, series=tuple(_named(at, later.said) for at in one.series))
    series, *of_series = _merged(one.series, later.series)
    topics, *of_topics = _merged(one.topics, later.topics)
    languages, *of_languages = _merged(one.languages, later.languages)
    people = np.union1d(one.people, later.people)
    kinds, voters, answers = [], [], []
    for at, balance in enumerate((one, later)):
        places = (of_series[at], of_series[at], of_topics[at], of_languages[at])
        kinds.append(_moved(balance.kinds, places))
        voters.append(_moved(balance.voters, (*places, np.searchsorted(people, balance.people))))
        answers.append(_moved(balance.answers, places[:1]))
    return Balance(
        series=series,
        topics=topics,
        languages=languages,
        people=people,
        kinds=added(np.concatenate(kinds), keys=9, sums=1),
        voters=added(np.concatenate(voters), keys=5, sums=6),
        answers=added(np.concatenate(answers), keys=3, sums=3),
        duels=one.duels + later.duels,
        since=min(one.since, later.since),
        until=max(one.until, later.until),
        said={
            **later.said,
            **{name: (at[0], later.said.get(name, at)[1]) for name, at in one.said.items()},
        },
    )


def _voters(record: Record, about: Ints, flipped: Flags, tally: Ints) -> Ints:
    inside = np.flatnonzero(record.counting[record.duel])
    duel = record.unit[record.duel[inside]]
    voter, choice = record.voter[inside], record.choice[inside].astype(np.int64)
    kind = np.where(flipped[duel] & (choice < 2), 1 - choice, choice)
    first, cell = np.unique(_code(about), return_index=True, return_inverse=True)[1:]
    size = len(first) * len(record.people)
    code = cell[duel] * len(record.people) + voter
    many = np.bincount(code, minlength=size)
    used = np.flatnonzero(many)
    if (record.unit == np.arange(record.duels)).all():
        changes = left_out(tally)[duel, kind]
    else:
        changes = _each_left_out(tally, duel, voter, kind)
    columns = [kind < BOTH_BAD - WON, *changes.T]
    sums = [np.bincount(code, weights=column, minlength=size)[used] for column in columns]
    who = divmod(used, max(1, len(record.people)))
    return np.column_stack([about[first][who[0]], who[1], many[used], *sums]).astype(np.int64)


def left_out(tally: Ints) -> Ints:
    """(k, 4, 4) what one ballot less of each kind changes: duels won, decided, twice the score, scored."""
    before = _counted(tally)
    changes = np.zeros((len(tally), 4, 4), np.int64)
    for kind in range(3):
        less = tally.copy()
        less[:, kind] -= 1
        changes[:, kind] = _counted(less) - before
    return changes


def _each_left_out(tally: Ints, duel: Ints, voter: Ints, kind: Ints) -> Ints:
    """(m, 4) the same where somebody may have several ballots in one: all of theirs are taken out at once.

    What that changes stands at the first of them.
    """
    _, first, whose = np.unique(
        np.column_stack([duel, voter]), axis=0, return_index=True, return_inverse=True
    )
    own = np.bincount(whose.reshape(-1) * 4 + kind, minlength=4 * len(first)).reshape(-1, 4)
    own[:, BOTH_BAD - WON] = 0  # as in `left_out`: those are in none of the figures
    there = tally[duel[first]]
    changes = np.zeros((len(duel), 4), np.int64)
    changes[first] = _counted(there - own) - _counted(there)
    return changes


def _counted(tally: Ints) -> Ints:
    lead = np.sign(tally[:, 0].astype(np.int64) - tally[:, 1])
    scored = tally[:, :3].sum(axis=1) > 0
    return np.column_stack([lead > 0, lead != 0, np.where(scored, lead + 1, 0), scored]).astype(np.int64)


def _answers(record: Record) -> Ints:
    there = record.outcome != UNKNOWN
    pico = record.pico_usd[there]
    known = pico != UNKNOWN
    columns = (record.seat[there], record.outcome[there], record.attempts[there] > 1, known | True, known)
    return added(
        np.column_stack([*columns, np.where(known, pico, 0)]).astype(np.int64).reshape(-1, 6), keys=3, sums=3
    )


def added(rows: Ints, *, keys: int, sums: int) -> Ints:
    """Rows with the same keys become one: so many columns are added up; a least and a greatest may follow."""
    if not len(rows):
        return rows.astype(np.int64)
    code = _code(rows[:, :keys])
    order = np.argsort(code, kind="stable")
    starts = np.flatnonzero(np.diff(code[order], prepend=code[order[0]] - 1))
    found = rows[order[starts]].astype(np.int64)
    sorted_ = rows[order]
    found[:, keys : keys + sums] = np.add.reduceat(sorted_[:, keys : keys + sums], starts)
    if rows.shape[1] > keys + sums:
        found[:, -2] = np.minimum.reduceat(sorted_[:, -2], starts)
        found[:, -1] = np.maximum.reduceat(sorted_[:, -1], starts)
    return found


def _code(rows: Ints) -> NDArray[np.int64]:
    """(n,) a number for each row, in the order of the rows; nothing in them is less than `UNKNOWN`."""
    code = np.zeros(len(rows), np.int64)
    room = 1
    for column in rows.T:
        size = int(column.max(initial=0)) + 2
        if room * size > 2**62:
            code = np.unique(code, return_inverse=True)[1]
            room = len(rows)
        code = code * size + column + 1
        room *= size
    return code


def _sorted(words: Sequence[str], column: Ints) -> tuple[tuple[str, ...], Ints]:
    ordered = sorted(words)
    place = np.array([*(ordered.index(word) for word in words), UNKNOWN], np.int64)
    return tuple(ordered), place[column]


def _merged(one: tuple[Any, ...], other: tuple[Any, ...]) -> tuple[tuple[Any, ...], Ints, Ints]:
    """Both without doubles, and where each of either stands there; the last place is that of `UNKNOWN`."""
    every = sorted({*one, *other})
    place = {at: number for number, at in enumerate(every)}

    def places(of: tuple[Any, ...]) -> Ints:
        return np.array([*(place[at] for at in of), UNKNOWN], np.int64)

    return tuple(every), places(one), places(other)


def _moved(rows: Ints, places: Sequence[Ints]) -> Ints:
    moved = rows.copy()
    for column, place in enumerate(places):
        moved[:, column] = place[rows[:, column]]
    return moved


def _named(at: Series, said: Said) -> Series:
    """Whoever had not said which model answers is the first one that it says."""
    return at if at.model or at.contender not in said else Series(at.contender, said[at.contender][0])
