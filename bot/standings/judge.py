"""From a record to standings: the one entry point."""

from collections.abc import Collection, Iterator
from decimal import Decimal

import numpy as np

from bot.duel import DuelId
from bot.standings import balance as columns
from bot.standings import rating
from bot.standings.balance import Balance, added, weigh
from bot.standings.cost import cost, weeks
from bot.standings.exclusions import exclusions
from bot.standings.figures import (
    Category,
    Claims,
    ContenderFigures,
    Counts,
    Facet,
    PairStanding,
    Preference,
    Standings,
)
from bot.standings.intervals import Share, difference, share
from bot.standings.record import OUTCOMES, PICO, UNKNOWN, A, B, Flags, Floats, Ints, Record, Series
from bot.standings.speed import pair_speed, speed
from bot.standings.verdict import MARGIN, evidence, verdict

Pair = tuple[int, int]


def standings(
    record: Record,
    *,
    by: Collection[Facet] = (),
    margin: float = MARGIN,
    seed: int = 0,
    balance: Balance | None = None,
) -> Standings:
    """Everything that these duels support.

    `by` are the facets that are to be looked at beside the whole: each of their categories is one more
    comparison for each pair, and raises what is asked of every claim. `seed` is for what is resampled: the
    same record gives the same figures.

    With a `balance`, the votes, verdicts, ratings and costs are those of all that was added up in it, and the
    speed, the duels worth a look and the exclusions are those of the record, which holds the newest of them.
    """
    books = _Books(record, weigh(record) if balance is None else balance, tuple(by), margin)
    of, rng = books.balance, np.random.default_rng(seed)
    pairs = [books.pair(pair, rng) for pair in books.pairs]
    many = of.kinds[:, columns.MANY]
    seats, points = of.kinds[:, [columns.FIRST, columns.SECOND]], of.tally[:, :3]
    return Standings(
        since=record.since if balance is None else None,
        until=record.until,
        duels=of.duels,
        timed=record.duels,
        counting=int(many.sum()),
        votes=int((many @ of.tally).sum()),
        voters=len(np.unique(of.voters[:, columns.VOTER])),
        spent=Decimal(int(of.answers[:, columns.PICO].sum())) / PICO,
        comparisons=books.comparisons,
        pairs=tuple(sorted(pairs, key=lambda at: (-at.preference.counts.total, at.pair))),
        contenders=tuple(books.contender(number) for number in range(len(of.series))),
        ratings=rating.ratings(of.series, seats, points, many, np.random.default_rng((seed, 1))),
        side_a=_share(of.sides, many),
        exclusions=exclusions(record),
    )


def claims(
    record: Record,
    pair: tuple[Series, Series],
    topic: str | None,
    *,
    by: Collection[Facet],
    margin: float = MARGIN,
) -> Claims | None:
    """What `standings` claims of one pair, and of it on one topic, and none of the other figures.

    For whoever acts on a claim, between two messages. `None` where the two never met in a duel that counts.
    """
    books = _Books(record, weigh(record), tuple(by), margin)
    first, second = sorted(books.balance.series.index(series) for series in pair)
    if (first, second) not in books.pairs:
        return None
    return books.claims((first, second), topic)


class _Books:
    """A balance sorted out by pairs, and what is asked of each."""

    def __init__(self, record: Record, balance: Balance, by: tuple[Facet, ...], margin: float) -> None:
        self.record = record
        self.balance = balance
        self.margin = margin
        low, high = record.seat.min(axis=1, initial=0), record.seat.max(axis=1, initial=0)
        self.met = low * len(record.series) + high
        self.series = {series: number for number, series in enumerate(record.series)}
        kinds, size = balance.kinds, len(balance.series)
        self.code: Ints = kinds[:, columns.FIRST] * size + kinds[:, columns.SECOND]
        self.voters: Ints = balance.voters[:, columns.FIRST] * size + balance.voters[:, columns.SECOND]
        self.pairs: list[Pair] = [divmod(code, size) for code in np.unique(self.code).tolist()]
        self.categories = [(facet, number) for facet in by for number in self._there(facet)]
        self.comparisons = max(1, len(self.pairs) * (1 + len(self.categories)))
        self.weeks = weeks(record, balance)
        self.wins = self._wins()

    def pair(self, pair: Pair, rng: np.random.Generator) -> PairStanding:
        of, code = self.balance, pair[0] * len(self.balance.series) + pair[1]
        rows = self.code == code
        kinds, voters = of.kinds[rows], of.voters[self.voters == code]
        many = kinds[:, columns.MANY]
        newest, swapped = self._newest(pair)
        closest, clearest = self._notable(newest)
        return PairStanding(
            pair=self._names(pair),
            duels=int(many.sum()),
            preference=self._preference(pair, kinds, voters),
            categories=tuple(self._categories(pair, kinds, voters, self.categories)),
            side_a=_share(of.sides[rows], many),
            speed=pair_speed(self.record, newest, swapped, rng),
            closest=closest,
            clearest=clearest,
        )

    def claims(self, pair: Pair, topic: str | None) -> Claims:
        code = pair[0] * len(self.balance.series) + pair[1]
        kinds, voters = self.balance.kinds[self.code == code], self.balance.voters[self.voters == code]
        wanted = [
            at for at in self.categories if at[0] is Facet.TOPIC and self._called(at[0])[at[1]] == topic
        ]
        return Claims(
            pair=self._names(pair),
            preference=self._preference(pair, kinds, voters),
            category=next(self._categories(pair, kinds, voters, wanted), None),
        )

    def contender(self, number: int) -> ContenderFigures:
        record, of = self.record, self.balance
        answers = of.answers[of.answers[:, columns.SERIES] == number]
        outcomes = np.bincount(
            answers[:, columns.OUTCOME], weights=answers[:, columns.ANSWERS], minlength=len(OUTCOMES)
        )
        retried = answers[answers[:, columns.RETRIED] == 1]
        here = self.series.get(of.series[number], UNKNOWN - 1)
        rows, sides = np.nonzero((record.seat == here) & (record.outcome != UNKNOWN))
        return ContenderFigures(
            series=of.series[number],
            answers=int(answers[:, columns.ANSWERS].sum()),
            outcomes={outcome: int(many) for outcome, many in zip(OUTCOMES, outcomes, strict=True) if many},
            retried=int(retried[:, columns.ANSWERS].sum()),
            speed=speed(record, rows, sides),
            cost=cost(answers, int(self.wins[number]), self.weeks),
        )

    def _newest(self, pair: Pair) -> tuple[Ints, Ints]:
        """The duels of a pair in the record, and on which side the first of them sat in each."""
        first, second = (self.series.get(series) for series in self._names(pair))
        if first is None or second is None:
            return np.empty(0, int), np.empty(0, int)
        rows = np.flatnonzero(self.met == first * len(self.series) + second)
        return rows, (self.record.seat[rows, 0] > self.record.seat[rows, 1]).astype(int)

    def _preference(self, pair: Pair, kinds: Ints, voters: Ints) -> Preference:
        tally, many = kinds[:, columns.WON : columns.BOTH_BAD + 1], kinds[:, columns.MANY]
        told = evidence(kinds, voters)
        return Preference(
            counts=Counts(*(many @ tally).tolist()),
            decisive=_share(tally[:, :2], many),
            score=_share(tally[:, :3], many),
            verdict=verdict(self._names(pair), told, self.comparisons, self.margin),
        )

    def _categories(
        self, pair: Pair, kinds: Ints, voters: Ints, wanted: Collection[tuple[Facet, int]]
    ) -> Iterator[Category]:
        for facet, number in wanted:
            inside: Flags = kinds[:, _COLUMN[facet]] == number
            if not inside.any():
                continue
            preference = self._preference(pair, kinds[inside], voters[voters[:, _COLUMN[facet]] == number])
            others = kinds[~inside]
            rest = _share(others[:, columns.WON : columns.LOST + 1], others[:, columns.MANY])
            apart = None
            if preference.decisive is not None and rest is not None:
                apart = difference(preference.decisive, rest, len(self.categories))
            yield Category(facet, self._called(facet)[number], preference, apart)

    def _names(self, pair: Pair) -> tuple[Series, Series]:
        return self.balance.series[pair[0]], self.balance.series[pair[1]]

    def _called(self, facet: Facet) -> tuple[str, ...]:
        return self.balance.topics if facet is Facet.TOPIC else self.balance.languages

    def _there(self, facet: Facet) -> list[int]:
        found: list[int] = np.unique(self.balance.kinds[:, _COLUMN[facet]]).tolist()
        return [number for number in found if number != UNKNOWN]

    def _wins(self) -> Ints:
        """(series,) duels won by majority, whoever was met."""
        kinds = self.balance.kinds
        lead = kinds[:, columns.WON] - kinds[:, columns.LOST]
        winner = np.where(lead > 0, kinds[:, columns.FIRST], kinds[:, columns.SECOND])
        won = np.where(lead != 0, kinds[:, columns.MANY], 0)
        return np.bincount(winner, weights=won, minlength=len(self.balance.series)).astype(np.int64)

    def _notable(self, rows: Ints) -> tuple[DuelId | None, DuelId | None]:
        """The duel with the smallest lead, and that with the largest; of several the one with more votes."""
        rows = rows[self.record.counting[rows]]
        decisive = self.record.counts[rows][:, [A, B]]
        votes = decisive.sum(axis=1)
        rows, decisive, votes = (at[votes > 1] for at in (rows, decisive, votes))
        if not len(rows):
            return None, None
        lead = np.abs(decisive[:, 0] - decisive[:, 1])
        ids = self.record.id[rows]  # of equals always the same one, however the rows came
        closest, clearest = np.lexsort((ids, -votes, lead))[0], np.lexsort((ids, -votes, -lead))[0]
        names = (self.record.id[rows[at]].decode() for at in (closest, clearest))
        return DuelId(next(names)), DuelId(next(names))


_COLUMN = {Facet.TOPIC: columns.TOPIC, Facet.LANGUAGE: columns.LANGUAGE}


def _share(tally: Ints, many: Ints) -> Share | None:
    """Of votes won and lost in each duel, (k, 2), or won, lost and tied, (k, 3)."""
    # alike ones together, in the order of the votes: then nothing but the votes decides, to the last digit
    alike = added(np.column_stack([tally, many]), keys=tally.shape[1], sums=1)
    tally, many = alike[:, :-1], alike[:, -1]
    ties = tally[:, 2] if tally.shape[1] == 3 else np.zeros(len(tally))
    points: Floats = np.stack([tally[:, 0] + ties / 2, tally[:, 0] + ties / 4], axis=1)
    return share(tally.sum(axis=1), points, many)
