"""Whatever can go wrong, by seed, one after the other."""

import asyncio
import contextlib
import os
import resource
import signal
import sqlite3
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random

import asyncpg

from playground import Playground
from tests.chaos.programs import LEASE_S, Program

METHODS = ("chat.postMessage", "chat.update", "reactions.add", "reactions.get", "users.info")


class Troubles:
    """Makes trouble until told to stop, and counts it."""

    def __init__(self, slack: Playground, programs: list[Program], database_url: str, rng: Random) -> None:
        self._slack = slack
        self.programs = programs
        """Those that trouble is made for; one that is killed for good is none of them any more."""
        self._url = database_url
        self._file = (
            Path(database_url.removeprefix("sqlite:///")) if database_url.startswith("sqlite") else None
        )
        self._rng = rng
        self._freezing: set[asyncio.Task[None]] = set()
        self.made: Counter[str] = Counter()

    async def make(self, until: float) -> None:
        """One trouble every one or two seconds."""
        kinds: list[tuple[int, Callable[[], Awaitable[None]]]] = [
            (5, self.kill),
            (2, self.stop_in_good_order),
            (2, self.freeze),
            (3, self.drop_socket),
            (6, self.lose_a_reply),
            (4, self.fail_a_call),
            (3, self.limit_a_call),
            (3, self.mix_events_up),
            (2, self.lock_the_database if self._file else self.restart_the_database),
            (1, self.fill_the_disk),
        ]
        weights = [weight for weight, _ in kinds]
        loop = asyncio.get_running_loop()
        while loop.time() < until:
            await asyncio.sleep(self._rng.uniform(0.3, 2.5))
            ((_, kind),) = self._rng.choices(kinds, weights)
            await kind()
        await asyncio.gather(*self._freezing)

    def calm(self) -> None:
        """Everything is as it should be again."""
        self._slack.levers.forget_failures()

    async def kill(self) -> None:
        if self._rng.choice(self.programs).send(signal.SIGKILL):
            self.made["kill -9"] += 1

    async def kill_for_good(self) -> None:
        """The machine is gone: its work is for others."""
        program = self.programs.pop()
        program.for_good = True
        program.send(signal.SIGKILL)
        self.made["killed for good"] += 1

    async def stop_in_good_order(self) -> None:
        if self._rng.choice(self.programs).send(signal.SIGTERM):
            self.made["SIGTERM"] += 1

    async def freeze(self) -> None:
        program = self._rng.choice(self.programs)
        task = asyncio.create_task(program.freeze(LEASE_S * self._rng.uniform(1.2, 2)))
        self._freezing.add(task)
        task.add_done_callback(self._freezing.discard)
        self.made["frozen past the lease"] += 1

    async def drop_socket(self) -> None:
        if self._slack.is_connected:
            await self._slack.levers.drop_socket(self._rng.choice(("close", "refresh")))
            self.made["socket dropped"] += 1

    async def lose_a_reply(self) -> None:
        await self._slack.levers.lose_reply(self._rng.choice(METHODS))
        self.made["reply lost"] += 1

    async def fail_a_call(self) -> None:
        status = self._rng.choice((200, 500, 503))
        await self._slack.levers.fail_next(self._rng.choice(METHODS), "fatal_error", http_status=status)
        self.made["call failed"] += 1

    async def limit_a_call(self) -> None:
        await self._slack.levers.fail_next(self._rng.choice(METHODS), "ratelimited", retry_after=1)
        self.made["call limited"] += 1

    async def mix_events_up(self) -> None:
        await self._slack.levers.deliver_twice(self._rng.random() < 0.5)
        await self._slack.levers.hold_events()
        await asyncio.sleep(self._rng.uniform(0.1, 1.5))
        await self._slack.levers.release_events(self._rng.choice(("fifo", "lifo")))
        self.made["events doubled, late, reordered"] += 1

    async def lock_the_database(self) -> None:
        """Somebody else holds SQLite's only place for a writer."""
        if self._file is None or not self._file.exists():
            return
        connection = sqlite3.connect(self._file, timeout=0.2, isolation_level=None)
        try:
            connection.execute("BEGIN IMMEDIATE")
            await asyncio.sleep(self._rng.uniform(0.2, 2))
            connection.execute("ROLLBACK")
            self.made["database locked"] += 1
        except sqlite3.OperationalError:
            pass  # busy itself: no trouble made
        finally:
            connection.close()

    async def restart_the_database(self) -> None:
        """Kill one of PostgreSQL's processes: it ends all the others, recovers, and starts again."""
        try:
            connection = await asyncpg.connect(self._url)
        except (OSError, asyncpg.PostgresError):
            return  # it is just starting
        try:
            os.kill(await connection.fetchval("SELECT pg_backend_pid()"), signal.SIGKILL)
            self.made["database restarted"] += 1
        finally:
            connection.terminate()

    async def fill_the_disk(self) -> None:
        """For a moment one program cannot write a byte to any file."""
        program = self._rng.choice(self.programs)
        if sys.platform == "linux" and (pid := program.pid):
            with contextlib.suppress(ProcessLookupError):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
                await asyncio.sleep(self._rng.uniform(0.3, 2))
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
                self.made["disk full"] += 1
