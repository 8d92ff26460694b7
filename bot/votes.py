"""Votes as registers: who may vote, what a vote is, and what a set of votes says. No emoji."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256

from bot.duel import Person, Side

SEVERAL = timedelta(seconds=10)
"""How long an event may still be on its way that says which of somebody's choices is the newest: one that is
not acknowledged within three seconds is sent to another program at once, and then again."""
UNTOLD = timedelta(seconds=90)
"""The same where we know that one is missing: it comes again a minute after two tries that failed."""


class Choice(StrEnum):
    """What a person can say of two answers."""

    A = "a"
    B = "b"
    TIE = "tie"
    BOTH_BAD = "both_bad"


class Secret(StrEnum):
    """The same, said where only the voter sees it. One person has one vote across both ways."""

    A = "secret:a"
    B = "secret:b"
    TIE = "secret:tie"
    BOTH_BAD = "secret:both_bad"


Said = Choice | Secret


def choice_of(said: Said) -> Choice:
    """What was said, whichever way."""
    return said if isinstance(said, Choice) else Choice(said.removeprefix("secret:"))


@dataclass(frozen=True)
class Mark:
    """One thing somebody did, at the order that their place gives it: a choice put on, or taken off."""

    voter: Person
    choice: Said
    on: bool
    at: int
    """When, in microseconds of the place's own clock: only what is newer changes a register."""
    rank: int | None = None
    """Where it stands among the person's choices, where that is not its time: see `reconcile`."""


@dataclass(frozen=True)
class Gesture:
    """One thing somebody did at a message, while it is not known yet what it means there."""

    voter: Person
    sign: frozenset[str]
    """What they put on or took off, by all the names that it goes by."""
    on: bool
    at: int
    """As of a `Mark`."""

    def read(self, signs: Sequence[str]) -> Mark | None:
        """What it says where these stand for A, B, a tie and both bad; `None`: nothing."""
        choice = next((choice for choice, sign in zip(Choice, signs, strict=True) if sign in self.sign), None)
        return None if choice is None else Mark(self.voter, choice, self.on, self.at)


@dataclass(frozen=True)
class Register:
    """The newest mark of one voter for one choice."""

    on: bool
    at: int
    rank: int
    """The highest of those that are on is the vote."""

    @property
    def told(self) -> bool:
        """Whether an event said so; else it was only seen: see `reconcile`."""
        return self.rank == self.at


Registers = Mapping[tuple[Person, Said], Register]


def in_secret(voter: Person, choice: Choice | None, at: int) -> list[Mark]:
    """The marks of a secret vote: it takes the place of the secret one before; `None` only withdraws that."""
    return [Mark(voter, said, on=choice_of(said) is choice, at=at) for said in Secret]


def apply(registers: Registers, marks: Iterable[Mark]) -> dict[tuple[Person, Said], Register]:
    """Move the registers by the marks: only a newer mark changes a register.

    Doubled, late and reordered marks therefore change nothing, and a withdrawn vote cannot come back. Of
    two marks at the same instant the one that takes off wins, so that the order of arrival never matters.
    """
    moved = dict(registers)
    for mark in marks:
        key = (mark.voter, mark.choice)
        held = moved.get(key)
        if held is None or mark.at > held.at or (mark.at == held.at and not mark.on):
            moved[key] = Register(mark.on, mark.at, mark.at if mark.rank is None else mark.rank)
    return moved


def ballots(registers: Registers) -> dict[Person, Choice]:
    """Each person's vote: their newest choice that is still on. Who has none on has no vote."""
    return {voter: choice_of(said) for voter, said in standing(registers).items()}


def standing(registers: Registers) -> dict[Person, Said]:
    """Which of the things that a person said is their vote.

    Of two that nobody can order (both were put on while no event reached us, however long we waited) a hash
    decides, which favours no choice over another.
    """
    newest: dict[Person, tuple[int, bytes, Said]] = {}
    for (voter, choice), register in registers.items():
        lot = sha256(f"{voter.team}/{voter.user}/{choice}".encode()).digest()
        if register.on and (voter not in newest or (register.rank, lot, choice) > newest[voter]):
            newest[voter] = (register.rank, lot, choice)
    return {voter: choice for voter, (_, _, choice) in newest.items()}


def reconcile(registers: Registers, seen: Iterable[tuple[Person, Said]], *, before: Registers) -> list[Mark]:
    """The marks that make the registers agree with what the place itself shows as on.

    `before` is what they held before the look. A register that has moved meanwhile is left alone: an event
    told of it, and what was seen may be older than that.

    What we were not told of was done after all that we know of this person, and ranks so. When it was the
    place does not say: so its time is only just newer than what its register holds, and an event that tells
    the true one, should it come late, is newer still and puts both right. Its rank is above its time, and by
    that `Register.told` knows it.
    A choice that is shown and held as on is left alone, and so is every secret one: those are never shown.
    """
    shown = set(seen)
    moved = {key for key, register in registers.items() if before.get(key) != register}
    held = {key for key, register in registers.items() if register.on and isinstance(key[1], Choice)}

    known: dict[Person, int] = {}
    for (voter, _), register in registers.items():
        known[voter] = max(register.rank, known.get(voter, 0))

    def mark(key: tuple[Person, Said]) -> Mark:
        before = registers.get(key)
        at = before.at + 1 if before else 1
        return Mark(*key, on=key in shown, at=at, rank=max(known.get(key[0], 0), at) + 1)

    return [mark(key) for key in sorted((shown ^ held) - moved, key=_order)]


def patience(registers: Registers) -> timedelta:
    """How long to wait, once a vote is over, for events that may still be on their way.

    Which choices are on the place itself shows; which is the newest of several only events say.
    """
    on: dict[Person, list[Register]] = {}
    for (voter, _), register in registers.items():
        if register.on:
            on.setdefault(voter, []).append(register)
    several = [registers for registers in on.values() if len(registers) > 1]
    if any(not register.told for registers in several for register in registers):
        return UNTOLD
    return SEVERAL if several else timedelta()


def _order(key: tuple[Person, Said]) -> tuple[str, str, str]:
    return (key[0].team, key[0].user, key[1])


@dataclass(frozen=True)
class Tally:
    """How many people said what."""

    a: int = 0
    b: int = 0
    tie: int = 0
    both_bad: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(one + two for one, two in zip(astuple(self), astuple(other), strict=True)))

    @property
    def total(self) -> int:
        return self.a + self.b + self.tie + self.both_bad

    @property
    def ahead(self) -> Side | None:
        """The side with more votes, or `None` when neither has: ties and both-bad favour nobody."""
        if self.a == self.b:
            return None
        return Side.A if self.a > self.b else Side.B


def tally(votes: Mapping[Person, Choice]) -> Tally:
    """Count the ballots: one a person."""
    count = Counter(votes.values())
    return Tally(count[Choice.A], count[Choice.B], count[Choice.TIE], count[Choice.BOTH_BAD])
