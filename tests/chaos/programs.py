"""The programs: started again whenever they end, as a platform would, until they are to rest."""

import asyncio
import os
import signal
import sys
from collections import Counter
from pathlib import Path
from random import Random

from playground import Playground

LEASE_S = 4


class Program:
    """One place where the app runs: its process, and the next one after that has died."""

    def __init__(self, folder: Path, environment: dict[str, str], log: Path, rng: Random) -> None:
        self._folder = folder
        self._environment = environment
        self._log = log
        self._rng = rng
        self._process: asyncio.subprocess.Process | None = None
        self.for_good = False
        """Whether it is not to come back."""
        self.exits: Counter[int] = Counter()

    async def keep_running(self) -> None:
        """Start it, and start it again, until it is ended for good."""
        with self._log.open("ab") as log:
            while not self.for_good:
                self._process = await asyncio.create_subprocess_exec(
                    sys.executable, "-m", "bot", "run", cwd=self._folder, env=self._environment, stderr=log
                )
                self.exits[await self._process.wait()] += 1
                await asyncio.sleep(self._rng.uniform(0.1, 1.5))

    def send(self, number: signal.Signals) -> bool:
        """Send it a signal, if it runs."""
        if self._process is None or self._process.returncode is not None:
            return False
        self._process.send_signal(number)
        return True

    @property
    def pid(self) -> int | None:
        """Of the process, if it runs."""
        return self._process.pid if self._process and self._process.returncode is None else None

    def end(self) -> None:
        """End what runs, in good order, be it frozen or not."""
        self.send(signal.SIGCONT)
        self.send(signal.SIGTERM)

    async def freeze(self, seconds: float) -> None:
        """Stop it where it stands, for so long."""
        process = self._process
        if self.send(signal.SIGSTOP) and process is not None:
            await asyncio.sleep(seconds)
            if process.returncode is None:
                process.send_signal(signal.SIGCONT)


def environment(slack: Playground, database_url: str) -> dict[str, str]:
    """The settings of every program."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "SLACK_API_URL": slack.api_url,
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "DATABASE_URL": database_url,
        "DUEL_PAIR": "left-id,right-id",
        "JOB_LEASE": f"{LEASE_S}s",
        "CLASSIFY_TOPICS": "false",  # it only makes the start longer, and many starts are what this is about
        "DIGEST": "off",  # but for the channels that say when they want one
        "DIGEST_CATCH_UP": "1h",
        "LOG_LEVEL": "WARNING",
    }
