"""`python -m tests.chaos`: make trouble for as long as you like, and see what holds."""

import asyncio
import sys
import tempfile
from pathlib import Path

import click
from rich.console import Console

from tests.chaos.run import run
from tests.chaos.troubles import Troubles
from tests.chaos.verdict import Verdict
from tests.worlds.postgres import postgres


@click.command()
@click.option("--minutes", default=10.0, show_default=True, help="How long to make trouble.")
@click.option("--seed", default=1, show_default=True, help="Which troubles.")
@click.option(
    "--programs", default=1, show_default=True, help="How many at once; of several, one is killed for good."
)
@click.option("--database", type=click.Choice(["sqlite", "postgres"]), default="sqlite", show_default=True)
@click.option(
    "--folder", type=click.Path(path_type=Path), help="Where to keep logs and database; else a temporary one."
)
def main(minutes: float, seed: int, programs: int, database: str, folder: Path | None) -> None:
    """Kill, freeze and confuse the real program, then compare."""
    out = Console()
    with tempfile.TemporaryDirectory() as temporary:
        place = folder or Path(temporary)
        place.mkdir(exist_ok=True, parents=True)
        verdict, troubles = asyncio.run(_run(place, minutes * 60, seed, programs, database))
    out.print(dict(troubles.made))
    out.print(verdict)
    sys.exit(0 if verdict.good else 1)


async def _run(
    folder: Path, seconds: float, seed: int, programs: int, database: str
) -> tuple[Verdict, Troubles]:
    if database == "sqlite":
        return await run(folder, seconds=seconds, seed=seed, programs=programs)
    with postgres() as server:
        async with server.empty() as url:
            return await run(folder, seconds=seconds, seed=seed, programs=programs, database_url=url)


if __name__ == "__main__":
    main()
