"""The real program as a process of its own, that a story may kill, freeze and start again."""

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, closing
from pathlib import Path
from time import time
from typing import Any

from playground import Playground
from tests.worlds import payloads
from tests.worlds.clock import ManualClock
from tests.worlds.provider import Provider
from tests.worlds.story import LEFT, MANIFEST, PATIENCE_S, RIGHT
from tests.worlds.warm import Program, Starter, starter

LEASE_S = 2
"""Far shorter than in earnest, so that a takeover is not waited for."""

CONTENDERS = """
[contenders.left-id]
label = "{left}"
base_url = "{left_url}"
model = "m"
[contenders.right-id]
label = "{right}"
base_url = "{right_url}"
model = "m"
"""


class Programs:
    """A workspace, two providers, one database, and as many programs as a story starts."""

    def __init__(
        self, slack: Playground, left: Provider, right: Provider, folder: Path, starts: Starter
    ) -> None:
        self._starts = starts
        self.slack = slack
        self.left = left
        self.right = right
        self.folder = folder
        self.general = slack.channel("general")
        self.database_url = f"sqlite:///{folder / 'duel.db'}"
        (folder / "contenders.toml").write_text(
            CONTENDERS.format(left=LEFT, left_url=left.base_url, right=RIGHT, right_url=right.base_url)
        )

    async def start(self, **settings: str) -> Program:
        """`python -m bot run`, loaded before, and connected."""
        before = len(self.slack.calls)
        program = await self._starts.start(["run"], self.folder, self._environment(settings))
        opened = "apps.connections.open"
        # twice: once to check the token, once for the socket
        await self.slack.until(
            lambda: sum(call.method == opened for call in self.slack.calls[before:]) >= 2, timeout=60
        )
        await self.slack.connected(timeout=60)
        return program

    async def run(self, *arguments: str, stdout: int | None = None) -> asyncio.subprocess.Process:
        """`python -m bot …`, in this world."""
        command = (sys.executable, "-m", "bot", *arguments)
        return await asyncio.create_subprocess_exec(
            *command, cwd=self.folder, env=self._environment({}), stdout=stdout
        )

    def _environment(self, settings: Mapping[str, str]) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "SLACK_API_URL": self.slack.api_url,
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_APP_TOKEN": self.slack.app_token,
            "DATABASE_URL": self.database_url,
            "DUEL_PAIR": "left-id,right-id",
            "JOB_LEASE": f"{LEASE_S}s",
            "CLASSIFY_TOPICS": "false",  # it makes the start longer, where its extra is installed
            **settings,
        }

    async def ask(self, text: str) -> None:
        """Ana types `/duel …`."""
        ack = await self.slack.command(self.slack.person("ana"), self.general, "/duel", text)
        assert ack.ok, ack

    async def freeze(self, program: Program) -> None:
        """Stop it where it stands, but for one moment: while it writes, nobody else could until it wakes."""
        with closing(sqlite3.connect(self.folder / "duel.db", timeout=30, isolation_level=None)) as writing:
            writing.execute("BEGIN IMMEDIATE")
            await program.freeze()

    def showing(self, *words: str) -> list[dict[str, Any]]:
        """The messages in #general that hold all of these words."""
        messages = self.slack.messages(self.general)
        return [message for message in messages if all(word in str(message.get("blocks")) for word in words)]


async def kill(process: Program | asyncio.subprocess.Process) -> None:
    """End it as a power cut would."""
    process.send_signal(signal.SIGKILL)
    await process.wait()


async def end(process: Program | asyncio.subprocess.Process) -> int:
    """End it in good order; its exit status."""
    if process.returncode is None:
        process.send_signal(signal.SIGTERM)
    return await asyncio.wait_for(process.wait(), 40)


@asynccontextmanager
async def programs(folder: Path, loaded: str) -> AsyncIterator[Programs]:
    """The world; whatever program is left at the end is killed. `loaded` is where they are started."""
    clock = ManualClock()
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(Playground(MANIFEST, now=time, ack_timeout=PATIENCE_S))
        left = await stack.enter_async_context(Provider(clock))
        right = await stack.enter_async_context(Provider(clock))
        starts = await stack.enter_async_context(starter(loaded))
        yield Programs(slack, left, right, folder, starts)
        payloads.check(slack)
