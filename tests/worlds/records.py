"""Records made by hand: each duel as people would tell of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np

from bot.duel import ContenderId, Outcome
from bot.standings import CHOICES, OUTCOMES, UNKNOWN, Record, Series

START = datetime(2026, 8, 31, tzinfo=UTC)
LEFT, RIGHT, THIRD = (Series(ContenderId(name)) for name in ("left", "right", "third"))


@dataclass
class Told:
    """One side of a duel."""

    series: Series
    outcome: Outcome | None = Outcome.OK
    total: float = 2.0
    attempts: int = 1
    pico_usd: int = 10**9


@dataclass
class Past:
    """One duel that has ended. Its `votes` are a letter each: a, b, t for a tie, x for both bad."""

    votes: str = ""
    a: Told = field(default_factory=lambda: Told(LEFT))
    b: Told = field(default_factory=lambda: Told(RIGHT))
    day: float = 0
    voters: Sequence[int] | None = None
    topic: str | None = None
    language: str | None = None
    void: bool = False
    reason: str | None = None


LETTERS = dict(zip("abtx", CHOICES, strict=True))


def record(past: Sequence[Past]) -> Record:
    """The duels in columns."""
    series = tuple(sorted({told.series for duel in past for told in (duel.a, duel.b)}))
    topics, languages, reasons = (
        tuple(sorted({value for duel in past if (value := getattr(duel, name)) is not None}))
        for name in ("topic", "language", "reason")
    )

    def sides(pick: str) -> list[list[float]]:
        return [[getattr(duel.a, pick), getattr(duel.b, pick)] for duel in past]

    def place(of: tuple[str, ...], name: str) -> np.ndarray:
        values = [getattr(duel, name) for duel in past]
        return np.array([UNKNOWN if value is None else of.index(value) for value in values], np.int16)

    ballots = [
        (number, voter, CHOICES.index(LETTERS[letter]))
        for number, duel in enumerate(past)
        for voter, letter in zip(duel.voters or range(len(duel.votes)), duel.votes, strict=True)
    ]
    duel, voter, choice = np.array(ballots, np.int32).reshape(-1, 3).T
    total = np.array(sides("total"), float).reshape(-1, 2)
    outcomes = [[UNKNOWN if at is None else OUTCOMES.index(at) for at in pair] for pair in sides("outcome")]
    return Record(
        series=series,
        topics=topics,
        languages=languages,
        reasons=reasons,
        id=np.array([f"duel{number:06}" for number in range(len(past))], "S16"),
        ended_at=np.array([(START + timedelta(days=at.day)).timestamp() * 1e6 for at in past], np.int64),
        seat=np.array([[series.index(at) for at in pair] for pair in sides("series")], np.int32).reshape(
            -1, 2
        ),
        topic=place(topics, "topic"),
        language=place(languages, "language"),
        void=np.array([at.void for at in past], bool),
        reason=place(reasons, "reason"),
        outcome=np.array(outcomes, np.int16).reshape(-1, 2),
        attempts=np.array(sides("attempts"), np.int16).reshape(-1, 2),
        ttft=total / 4,
        ttfa=total / 2,
        total=total,
        visible=100 / total,
        pico_usd=np.array(sides("pico_usd"), np.int64).reshape(-1, 2),
        duel=duel,
        voter=voter,
        choice=choice.astype(np.uint8),
        people=np.arange(voter.max(initial=-1) + 1, dtype=np.uint64),
    )


def single_votes(won: int, lost: int, tied: int = 0, *, day: float = 0.5) -> list[Past]:
    """So many duels with one vote each by as many people, for and against `LEFT`, one every `day`."""
    letters = "a" * won + "b" * lost + "t" * tied
    return [Past(letter, day=at * day, voters=[at]) for at, letter in enumerate(letters)]
