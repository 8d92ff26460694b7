"""The story's world with a third contender on the roster."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from tests.worlds.provider import Provider
from tests.worlds.story import Shown, Story

THIRD = "Hidden Third 3B"


@dataclass
class Bigger:
    """The world, and the provider of `third-id`."""

    world: Story
    third: Provider

    @asynccontextmanager
    async def app(self, contenders: dict[str, Any] | None = None, **third: Any) -> AsyncIterator[Story]:
        async with self.world.app(contenders=self.contenders(contenders, **third)):
            yield self.world

    async def revealed(self, text: str) -> Shown:
        """Ask, and reveal."""
        duel = await self.world.duel("ana", text)
        await self.world.reveal("ana", duel)
        return duel

    async def stored(self, columns: str, contender: str) -> list[tuple[Any, ...]]:
        """What the database holds of that contender's answers."""
        return await self.world.stored(f"SELECT {columns} FROM answer WHERE contender = '{contender}'")

    def contenders(self, more: dict[str, Any] | None = None, **third: Any) -> dict[str, Any]:
        mine = {"label": THIRD, "base_url": self.third.base_url, "model": "model-of-third"} | third
        return {**self.world.settings()["contenders"], "third-id": mine, **(more or {})}
