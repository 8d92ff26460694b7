"""The story's world with a third contender on the roster."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
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

    def stored(self, columns: str, contender: str) -> list[tuple[Any, ...]]:
        """What the database holds of that contender's answers."""
        with closing(sqlite3.connect(self.world.database)) as database:
            query = f"SELECT {columns} FROM answer WHERE contender = ?"
            return database.execute(query, (contender,)).fetchall()

    def contenders(self, more: dict[str, Any] | None = None, **third: Any) -> dict[str, Any]:
        mine = {"label": THIRD, "base_url": self.third.base_url, "model": "model-of-third"} | third
        return {**self.world.settings()["contenders"], "third-id": mine, **(more or {})}
