"""Who somebody is in the workspace, as far as it decides what they may do. Looked up by `handlers/`."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from bot.duel import Person, Place
from bot.rules import Standing
from bot.words import Language


@dataclass(frozen=True)
class Profile:
    """One person, as the workspace knows them."""

    standing: Standing
    runs_it: bool = False
    """Whether they are an administrator or an owner of the workspace."""
    language: Language | None = None
    """That in which they use the workspace, where it is one of ours."""


class Keeper(StrEnum):
    """Who may settle what holds in a channel, besides people and groups that are named."""

    ADMINS = "admins"
    CREATOR = "creator"
    EVERYONE = "everyone"


@dataclass(frozen=True)
class Keepers:
    """All who may."""

    kinds: frozenset[Keeper] = frozenset({Keeper.ADMINS, Keeper.CREATOR})
    people: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()


class People(Protocol):
    """Where people are looked up. Raises `StageError`."""

    async def profile(self, person: Person, *, within: timedelta = timedelta(days=1)) -> Profile:
        """Who they are, or were within that time; somebody who is not known is no person."""

    async def made(self, person: Person, room: Place) -> bool:
        """Whether they made that channel; `False` as well where that cannot be told."""

    async def belongs(self, person: Person, group: str) -> bool:
        """Whether they are in that group; `False` as well where that cannot be told."""


async def may_settle(people: People, keepers: Keepers, person: Person, room: Place) -> bool:
    """Whether this person may settle what holds in that channel; the cheapest questions come first."""
    if Keeper.EVERYONE in keepers.kinds or person.user in keepers.people:
        return True
    if Keeper.ADMINS in keepers.kinds and (await people.profile(person, within=timedelta(minutes=5))).runs_it:
        return True
    if Keeper.CREATOR in keepers.kinds and await people.made(person, room):
        return True
    for group in sorted(keepers.groups):
        if await people.belongs(person, group):
            return True
    return False
