"""From a record to standings: the one entry point."""

from collections.abc import Collection, Iterator

import numpy as np

from bot.duel import DuelId
from bot.standings import rating
from bot.standings.cost import cost, dollars
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
from bot.standings.record import BOTH_BAD, OUTCOMES, TIE, UNKNOWN, A, B, Flags, Floats, Ints, Record, Series
from bot.standings.speed import pair_speed, speed
from bot.standings.verdict import MARGIN, Votes, verdict

Pair = tuple[int, int]


def standings(
    record: Record, *, by: Collection[Facet] = (), margin: float = MARGIN, seed: int = 0
) -> Standings:
    """Everything that these duels support.

    `by` are the facets that are to be looked at beside the whole: each of their categories is one more
    comparison for each pair, and raises what is asked of every claim. `seed` is for what is resampled: the
    same record gives the same figures.
    """
    rng = np.random.default_rng(seed)
    books = _Books(record, tuple(by), margin)
    pairs = [books.pair(pair, rng) for pair in books.pairs]
    voted = books.counted & (record.counts.sum(axis=1) > 0)
    return Standings(
        since=record.since,
        until=record.until,
        duels=record.duels,
        counting=int(books.counted.sum()),
        votes=int(record.counts[books.counted].sum()),
        voters=int((np.bincount(record.voter[books.counted[record.duel]]) > 0).sum()),
        spent=dollars(record.pico_usd),
        comparisons=books.comparisons,
        pairs=tuple(sorted(pairs, key=lambda at: (-at.preference.counts.total, at.pair))),
        contenders=tuple(books.contender(number) for number in np.unique(record.seat).tolist()),
        ratings=rating.ratings(record.series, record.seat[voted], record.counts[voted][:, [A, B, TIE]], rng),
        side_a=_share(record.counts[books.counted][:, [A, B]]),
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
    books = _Books(record, tuple(by), margin)
    first, second = sorted(record.series.index(series) for series in pair)
    if (first, second) not in books.pairs:
        return None
    return books.claims((first, second), topic)


class _Books:
    """A record sorted out by pairs, and what is asked of each."""

    def __init__(self, record: Record, by: tuple[Facet, ...], margin: float) -> None:
        self.record = record
        self.margin = margin
        self.counted: Flags = record.counting
        low, high = record.seat.min(axis=1), record.seat.max(axis=1)
        self.code: Ints = low * len(record.series) + high
        codes = np.unique(self.code[self.counted]).tolist()
        self.pairs: list[Pair] = [divmod(code, len(record.series)) for code in codes]
        self.categories = [(facet, number) for facet in by for number in self._there(facet)]
        self.comparisons = max(1, len(self.pairs) * (1 + len(self.categories)))
        # as the first of the pair sees them: the columns of A and B change places where it sat at B
        self.swapped: Flags = record.seat[:, 0] > record.seat[:, 1]
        swapped = record.counts[:, [B, A, TIE, BOTH_BAD]]
        self.tally: Ints = np.where(self.swapped[:, None], swapped, record.counts).astype(np.int32)
        self.wins = self._wins()

    def pair(self, pair: Pair, rng: np.random.Generator) -> PairStanding:
        record = self.record
        met = self.code == pair[0] * len(record.series) + pair[1]
        rows = np.flatnonzero(met & self.counted)
        votes = self._votes(rows)
        closest, clearest = self._notable(rows)
        return PairStanding(
            pair=self._names(pair),
            duels=len(rows),
            preference=self._preference(pair, votes),
            categories=tuple(self._categories(pair, rows, votes, self.categories)),
            side_a=_share(record.counts[rows][:, [A, B]]),
            speed=pair_speed(record, np.flatnonzero(met), self.swapped[met].astype(int), rng),
            closest=closest,
            clearest=clearest,
        )

    def claims(self, pair: Pair, topic: str | None) -> Claims:
        met = self.code == pair[0] * len(self.record.series) + pair[1]
        rows = np.flatnonzero(met & self.counted)
        votes = self._votes(rows)
        wanted = [at for at in self.categories if at[0] is Facet.TOPIC and self.record.topics[at[1]] == topic]
        return Claims(
            pair=self._names(pair),
            preference=self._preference(pair, votes),
            category=next(self._categories(pair, rows, votes, wanted), None),
        )

    def contender(self, number: int) -> ContenderFigures:
        record = self.record
        rows, sides = np.nonzero((record.seat == number) & (record.outcome != UNKNOWN))
        outcomes = np.bincount(record.outcome[rows, sides], minlength=len(OUTCOMES)).tolist()
        return ContenderFigures(
            series=record.series[number],
            answers=len(rows),
            outcomes={outcome: many for outcome, many in zip(OUTCOMES, outcomes, strict=True) if many},
            retried=int((record.attempts[rows, sides] > 1).sum()),
            speed=speed(record, rows, sides),
            cost=cost(record, rows, sides, int(self.wins[number])),
        )

    def _votes(self, rows: Ints) -> Votes:
        """The ballots in these duels of one pair."""
        record = self.record
        place = np.full(record.duels, UNKNOWN, np.int32)
        place[rows] = np.arange(len(rows), dtype=np.int32)
        duel = place[record.duel]
        inside = np.flatnonzero(duel != UNKNOWN)
        kind = record.choice[inside]
        swapped = self.swapped[record.duel[inside]] & (kind < TIE)
        return Votes(
            tally=self.tally[rows],
            ended_at=record.ended_at[rows],
            duel=duel[inside],
            voter=record.voter[inside],
            kind=np.where(swapped, 1 - kind, kind),
        )

    def _preference(self, pair: Pair, votes: Votes) -> Preference:
        return Preference(
            counts=Counts(*votes.tally.sum(axis=0).tolist()),
            decisive=_share(votes.tally[:, :2]),
            score=_share(votes.tally[:, :3]),
            verdict=verdict(self._names(pair), votes, self.comparisons, self.margin),
        )

    def _categories(
        self, pair: Pair, rows: Ints, votes: Votes, wanted: Collection[tuple[Facet, int]]
    ) -> Iterator[Category]:
        for facet, number in wanted:
            inside = self._column(facet)[rows] == number
            if not inside.any():
                continue
            preference = self._preference(pair, votes.only(inside))
            rest = _share(votes.tally[~inside][:, :2])
            apart = None
            if preference.decisive is not None and rest is not None:
                apart = difference(preference.decisive, rest, len(self.categories))
            yield Category(facet, self._called(facet)[number], preference, apart)

    def _names(self, pair: Pair) -> tuple[Series, Series]:
        return self.record.series[pair[0]], self.record.series[pair[1]]

    def _column(self, facet: Facet) -> Ints:
        return self.record.topic if facet is Facet.TOPIC else self.record.language

    def _called(self, facet: Facet) -> tuple[str, ...]:
        return self.record.topics if facet is Facet.TOPIC else self.record.languages

    def _there(self, facet: Facet) -> list[int]:
        found: list[int] = np.unique(self._column(facet)[self.counted]).tolist()
        return [number for number in found if number != UNKNOWN]

    def _wins(self) -> Ints:
        """(series,) duels won by majority, whoever was met."""
        votes = self.record.counts[self.counted]
        lead = votes[:, A] - votes[:, B]
        decided = lead != 0
        winner = np.where(lead > 0, *self.record.seat[self.counted].T)[decided]
        return np.bincount(winner, minlength=len(self.record.series))

    def _notable(self, rows: Ints) -> tuple[DuelId | None, DuelId | None]:
        """The duel with the smallest lead, and that with the largest; of several the one with more votes."""
        votes = self.tally[rows][:, :2].sum(axis=1)
        rows, votes = rows[votes > 1], votes[votes > 1]
        if not len(rows):
            return None, None
        lead = np.abs(self.tally[rows][:, 0] - self.tally[rows][:, 1])
        closest, clearest = np.lexsort((-votes, lead))[0], np.lexsort((-votes, -lead))[0]
        names = (self.record.id[rows[at]].decode() for at in (closest, clearest))
        return DuelId(next(names)), DuelId(next(names))


def _share(tally: Ints) -> Share | None:
    """Of votes won and lost in each duel, (k, 2), or won, lost and tied, (k, 3)."""
    ties = tally[:, 2] if tally.shape[1] == 3 else np.zeros(len(tally))
    points: Floats = np.stack([tally[:, 0] + ties / 2, tally[:, 0] + ties / 4], axis=1)
    return share(tally.sum(axis=1), points)
