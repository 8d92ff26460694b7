"""Tells everyone who watches that something changed: browsers by a stream, tests by a wake-up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

T = TypeVar("T")


class Feed:
    """The changes of one workspace, in order. `publish` is for the page; `touch` only wakes `until`."""

    def __init__(self) -> None:
        self._streams: set[asyncio.Queue[dict[str, Any] | None]] = set()
        self._waiters: set[asyncio.Future[None]] = set()
        self._closed = False

    def publish(self, change: dict[str, Any]) -> None:
        for stream in self._streams:
            stream.put_nowait(change)
        self.touch()

    def touch(self) -> None:
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)
        self._waiters.clear()

    def close(self) -> None:
        """End every stream, so that their HTTP responses end by themselves."""
        self._closed = True
        for stream in self._streams:
            stream.put_nowait(None)

    async def stream(self, *, heartbeat: float) -> AsyncIterator[dict[str, Any] | None]:
        """Every change from now on; None after `heartbeat` seconds without one. Ends as the feed closes."""
        queue: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        self._streams.add(queue)
        try:
            while not self._closed:
                try:
                    change = await asyncio.wait_for(queue.get(), heartbeat)
                except TimeoutError:
                    yield None
                    continue
                if change is None:
                    return
                yield change
        finally:
            self._streams.discard(queue)

    async def until(self, predicate: Callable[[], T], *, timeout: float) -> T:
        """The first truthy value of `predicate`, asked again after each change.

        Raises:
            TimeoutError: `timeout` seconds went by first.
        """
        async with asyncio.timeout(timeout):
            while not (value := predicate()):
                waiter = asyncio.get_running_loop().create_future()
                self._waiters.add(waiter)
                await waiter
            return value
