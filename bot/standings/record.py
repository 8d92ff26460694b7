"""The facts that standings are made of, in columns: ended duels, their answers, their ballots."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.duel import ContenderId, Outcome
from bot.votes import Choice

Ints = NDArray[np.integer[Any]]
Floats = NDArray[np.floating[Any]]
Flags = NDArray[np.bool_]
Said = Mapping[ContenderId, tuple[str, str]]
"""The model that each contender named first, and last."""

CHOICES = tuple(Choice)
"""What the numbers in `Record.choice` mean: A, B, tie, both bad."""
A, B, TIE, BOTH_BAD = range(4)
OUTCOMES = tuple(Outcome)
"""What the numbers in `Record.outcome` mean."""
UNKNOWN = -1
"""Stands for none in every column of numbers that point somewhere, and for a cost that nobody knows."""
PICO = 10**12
"""Parts of a US dollar that costs are added up in: exact at prices of six decimals a million tokens."""


@dataclass(frozen=True, order=True)
class Series:
    """A contender for as long as the same model answers in its name.

    Its provider says which model that is; a silent change of version therefore begins a new series.
    """

    contender: ContenderId
    model: str = ""
    """The model id that the provider reports; empty where it never says."""


@dataclass(frozen=True, eq=False)
class Record:
    """Ended duels of one team, n of them, and the m ballots that counted in them.

    Where a column has two axes, the second is the side: 0 is A, 1 is B. Numbers point into the tuples.
    """

    series: tuple[Series, ...]
    topics: tuple[str, ...]
    languages: tuple[str, ...]
    reasons: tuple[str, ...]
    """Why duels do not count for preference, in words."""

    id: NDArray[np.bytes_]
    """(n,) names of the duels, in ASCII."""
    ended_at: Ints
    """(n,) microseconds since 1970, UTC."""
    seat: Ints
    """(n, 2) which series sat there."""
    topic: Ints
    """(n,) or `UNKNOWN`: unclassified."""
    language: Ints
    """(n,) or `UNKNOWN`."""
    void: Flags
    """(n,) whether it ended without a vote."""
    reason: Ints
    """(n,) why it does not count, or `UNKNOWN`: it does."""
    outcome: Ints
    """(n, 2) into `OUTCOMES`, or `UNKNOWN`: nobody was asked."""
    attempts: Ints
    """(n, 2) calls made."""
    ttft: Floats
    """(n, 2) seconds, NaN where unknown, as the next three."""
    ttfa: Floats
    total: Floats
    visible: Floats
    """(n, 2) tokens of visible text a second."""
    pico_usd: Ints
    """(n, 2) cost in 1/`PICO` US dollars, or `UNKNOWN`."""

    duel: Ints
    """(m,) which duel it was cast in."""
    voter: Ints
    """(m,) a number for each voter, from 0; one ballot a duel and voter."""
    choice: Ints
    """(m,) into `CHOICES`."""
    people: NDArray[np.uint64]
    """What stands for each voter, sorted: the same person is the same number in every record."""
    said: Said = field(default_factory=dict)
    """The model that each contender named first, and last; who named none is not in it."""

    chain: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    """(n,) a number that the rounds of one conversation share, or `UNKNOWN`: one duel. Empty: all are so."""

    since: datetime | None = None
    """The window that it was taken from, by the end of the duels; `None` is open."""
    until: datetime | None = None

    @property
    def duels(self) -> int:
        return len(self.id)

    @property
    def ballots(self) -> int:
        return len(self.duel)

    @cached_property
    def unit(self) -> Ints:
        """(n,) the duel in which each is weighed: the rounds of a conversation that count make one, together.

        The same people judge the same conversation, so their rounds say little more than one of them: as a
        cluster they weigh as one duel in evidence, and their votes as votes on one in the intervals.
        """
        unit = np.arange(self.duels)
        rounds = np.flatnonzero(self.counting & (self.chain != UNKNOWN)) if len(self.chain) else unit[:0]
        if len(rounds):
            rounds = rounds[np.argsort(self.id[rounds])]
            key = np.column_stack([self.chain, self.seat])[rounds]
            _, first, which = np.unique(key, axis=0, return_index=True, return_inverse=True)
            unit[rounds] = rounds[first][which.reshape(-1)]
        return unit

    @cached_property
    def counts(self) -> Ints:
        """(n, 4) how many ballots chose what, by `CHOICES`."""
        cells = self.duel.astype(np.int64) * 4 + self.choice
        return np.bincount(cells, minlength=4 * self.duels).reshape(-1, 4)

    @property
    def counting(self) -> Flags:
        """(n,) whether its votes count for preference."""
        flags: Flags = ~self.void & (self.reason == UNKNOWN)
        return flags


def in_force(
    seat: Ints, model: Ints, ended_at: Ints, before: Mapping[int, int] | None = None
) -> tuple[Ints, dict[int, tuple[int, int]]]:
    """(n, 2) the model of each answer, and where its provider did not say, the one it said last before.

    `seat` (n, 2) is the contender, `model` (n, 2) the model or `UNKNOWN`. A failed answer reports nothing and
    yet belongs to somebody; before the first report it belongs to the first one, or to what was said `before`
    all of these. Gives as well what each contender said first here, and last.
    """
    order = np.argsort(ended_at, kind="stable")
    filled, told = model.copy(), {}
    for contender in np.unique(seat):
        at = np.argwhere(seat[order] == contender)
        rows, sides = order[at[:, 0]], at[:, 1]
        said = filled[rows, sides]
        known = np.flatnonzero(said != UNKNOWN)
        earlier = (before or {}).get(int(contender), UNKNOWN)
        if len(known):
            told[int(contender)] = int(said[known[0]]), int(said[known[-1]])
            last = np.searchsorted(known, np.arange(len(said)), side="right") - 1
            until_then = said[known[0]] if earlier == UNKNOWN else earlier
            filled[rows, sides] = np.where(last < 0, until_then, said[known[np.maximum(last, 0)]])
        else:
            filled[rows, sides] = earlier
    return filled, told
