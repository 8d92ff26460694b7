"""What a channel has settled for itself, and what holds there together with the operator's settings."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from bot.budgets import Budgets, money
from bot.digest import Schedule
from bot.duel import ContenderId, Pair, Person, Place
from bot.rules import Rules, Voters
from bot.words import Language

Address = Callable[[str, Place], Awaitable[None]]
"""From here to the end of this task, speak as that team's channel does."""
LONGEST_SYSTEM = 2_000
"""Characters of a system prompt."""


class Starters(StrEnum):
    """Who may start duels."""

    EVERYBODY = "everybody"
    MEMBERS = "members"
    NAMED = "named"


@dataclass(frozen=True)
class ChannelSettings:
    """What one channel wants; `None`, wherever it stands: as the operator's settings say."""

    pair: Pair | None = None
    system: str | None = None
    """`None`: no system prompt."""
    signs: tuple[str, ...] | None = None
    vote_for: timedelta | None = None
    quorum: int | None = None
    """0: no number of votes closes a duel here."""
    starters: Starters | None = None
    named: tuple[str, ...] = ()
    """Those who may start duels, where only named people may."""
    voters: Voters | None = None
    anyone_reveals: bool | None = None
    duels_a_day: int | None = None
    usd_a_day: Decimal | None = None
    """US dollars."""
    language: Language | None = None
    """Of what Duel itself says there; what people type and models answer is their own."""


NOTHING_SETTLED = ChannelSettings()


@dataclass(frozen=True)
class House:
    """The operator's settings: what holds where a channel has said nothing."""

    pair: Pair
    vote_for: timedelta
    rules: Rules
    """Those of every duel but for what a channel changes; `signs` are there."""
    starters: Starters
    budgets: Budgets
    language: Language = Language.ENGLISH


@dataclass(frozen=True)
class Terms:
    """What holds in a channel for a duel that is asked there now."""

    pair: Pair
    vote_for: timedelta
    rules: Rules
    budgets: Budgets
    named: frozenset[str] | None
    """Only these people may start a duel; `None`: it does not go by names."""


def terms(house: House, settled: ChannelSettings) -> Terms:
    """The channel's settings over the operator's. Limits can only be tightened."""
    starters = settled.starters or house.starters
    quorum = house.rules.quorum if settled.quorum is None else settled.quorum or None
    reveals = settled.anyone_reveals
    return Terms(
        pair=settled.pair or house.pair,
        vote_for=settled.vote_for or house.vote_for,
        rules=replace(
            house.rules,
            signs=settled.signs or house.rules.signs,
            quorum=quorum,
            system=settled.system or house.rules.system,
            voters=settled.voters or house.rules.voters,
            anyone_reveals=house.rules.anyone_reveals if reveals is None else reveals,
            members_only=starters is Starters.MEMBERS,
        ),
        budgets=house.budgets.within(settled.duels_a_day, settled.usd_a_day),
        named=frozenset(settled.named) if starters is Starters.NAMED else None,
    )


def faults(wanted: ChannelSettings, house: House, ready: tuple[ContenderId, ...]) -> dict[str, str]:
    """What cannot be settled so, by the name of the field, each with what to do; empty: it can."""
    found: dict[str, str] = {}
    if wanted.pair is not None and (missing := [name for name in wanted.pair if name not in ready]):
        found["pair"] = f"{missing[0]} is not ready here. Choose among the others."
    if wanted.starters is Starters.NAMED and not wanted.named:
        found["named"] = "Name at least one person, or let everybody start duels."
    if wanted.system is not None and len(wanted.system) > LONGEST_SYSTEM:
        found["system"] = f"{LONGEST_SYSTEM:,} characters at the most, and these are {len(wanted.system):,}."
    limit = house.budgets.of_room
    if limit is not None:
        if limit.duels is not None and wanted.duels_a_day is not None and wanted.duels_a_day > limit.duels:
            found["duels_a_day"] = f"Your operator allows {limit.duels} a day: set that or less."
        if limit.usd is not None and wanted.usd_a_day is not None and wanted.usd_a_day > limit.usd:
            found["usd_a_day"] = f"Your operator allows {money(limit.usd)} a day: set that or less."
    return found


@dataclass(frozen=True)
class Settled:
    """What is written down of a channel."""

    settings: ChannelSettings = NOTHING_SETTLED
    revision: int = 0
    """Plus one each time it is settled anew; 0: never yet."""


class Channels(Protocol):
    """Where it is written down."""

    async def settled(self, team: str, room: Place) -> Settled:
        """What that channel has settled."""

    async def settle(
        self,
        person: Person,
        room: Place,
        wanted: ChannelSettings,
        schedule: Schedule | None,
        *,
        since: int,
        form: str,
        content: str,
    ) -> bool:
        """Write it down, and the digest's schedule with it if one is given.

        `False`, and nothing changed, where somebody has settled something since that revision. `form` names
        the form that it was put into: what has come out of the same one is settled over, for its answer may
        have been lost. `content` names what was put in: the same, delivered twice, changes nothing again.
        """
