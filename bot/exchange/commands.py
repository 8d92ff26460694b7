"""`python -m bot export` and `python -m bot import`."""

import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Protocol

import click
from rich.console import Console

from bot.duel import ANONYMOUS, Person, pseudonym
from bot.errors import UsageError
from bot.exchange.entry import Entry, columns, rows
from bot.exchange.formats import Format, format_of, write_parquet, write_text
from bot.exchange.reading import Complaints, entries
from bot.exchange.values import Column, Row
from bot.settings import Settings

AT_ONCE = 200
"""Duels that are written in one transaction: whoever else writes waits for a fraction of a second."""
err = Console(stderr=True)


class Archive(Protocol):
    """Duels that have ended, by the thousand."""

    def ended(
        self, *, team: str | None, room: str | None, since: datetime | None, until: datetime | None
    ) -> AsyncIterator[Entry]:
        """Those asked from `since` on and before `until`, the oldest first; a few are held at a time."""

    async def add(self, entries: Sequence[Entry]) -> int:
        """Take these in, all or none; how many of them were not there yet."""


OpenArchive = Callable[[Settings], AbstractAsyncContextManager[Archive]]


def names(secret: bytes) -> Callable[[Person], str]:
    """Pseudonyms that last as long as the secret does: who is who cannot be told, who is the same can."""

    def called(person: Person) -> str:
        kept = person.user.startswith(ANONYMOUS) or person.user == "imported"
        return person.user if kept else ANONYMOUS + pseudonym(person, secret)[:24]

    return called


class Export:
    """What goes into one file."""

    def __init__(self, called: Callable[[Person], str], *, texts: bool = False) -> None:
        self._called = called
        self._texts = texts
        self.count = 0
        self.columns: Sequence[Column] = columns(texts=texts)

    async def write(self, found: AsyncIterator[Entry], format_: Format, out: IO[str] | Path) -> None:
        """Write them all; Parquet goes by way of a temporary file, since its library asks for rows itself."""
        if format_ is not Format.PARQUET:
            assert not isinstance(out, Path)
            await self._write_text(found, format_, out)
            return
        assert isinstance(out, Path)
        with TemporaryFile("w+", encoding="utf-8") as between:
            await self._write_text(found, Format.JSONL, between)
            write_parquet(_again(between), self.columns, out)

    async def _write_text(self, found: AsyncIterator[Entry], format_: Format, out: IO[str]) -> None:
        write_text(format_, [], self.columns, out)  # the heading
        async for one in found:
            self.count += 1
            told = rows(one, self._called, texts=self._texts)
            write_text(format_, told, self.columns, out, heading=False)


def _again(file: IO[str]) -> Iterator[Row]:
    file.seek(0)
    for line in file:
        yield json.loads(line)


async def bring_in(archive: Archive, file: Path, team: str, *, skip_bad: bool) -> tuple[int, int, Complaints]:
    """Store a file's duels: how many there are, how many of them are new, and what is wrong with the file.

    Nothing is stored where something is wrong, unless `skip_bad`. What has been stored when this is stopped
    stays, whole duels all of them, and is there already when it is begun again.
    """
    complaints = Complaints()
    total = sum(1 for _ in entries(file, team, complaints))
    if complaints.count and not skip_bad:
        return total, 0, complaints
    new, some = 0, []
    for one in entries(file, team, Complaints()):
        some.append(one)
        if len(some) == AT_ONCE:
            new, some = new + await archive.add(some), []
    if some:
        new += await archive.add(some)
    return total, new, complaints


def commands(
    archive: OpenArchive, settings: Callable[[], Settings], start: Callable[[Awaitable[Any]], Any]
) -> list[click.Command]:
    """Both commands, over that archive."""
    day = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"])

    @click.command("export")
    @click.option(
        "--format",
        "format_",
        type=click.Choice([one.value for one in Format]),
        help="By default, by FILE's ending.",
    )
    @click.option(
        "--out", type=click.Path(dir_okay=False, path_type=Path), help="By default, standard output."
    )
    @click.option("--team", metavar="ID", help="One workspace only.")
    @click.option("--since", type=day, help="Asked from that day on, in UTC.")
    @click.option("--until", type=day, help="Asked before that day, in UTC.")
    @click.option("--names", "real", is_flag=True, help="Slack's user ids instead of pseudonyms.")
    @click.option("--with-texts", "texts", is_flag=True, help="Prompts and answers as well.")
    def export(
        *,
        format_: str | None,
        out: Path | None,
        team: str | None,
        since: datetime | None,
        until: datetime | None,
        real: bool,
        texts: bool,
    ) -> None:
        """Write the votes of all duels that have ended: a row for each vote, as docs/export.md says."""

        async def work() -> None:
            known = settings()
            kind = Format(format_) if format_ else format_of(out) if out else Format.CSV
            if kind is Format.PARQUET and out is None:
                raise UsageError("Parquet is no text: name a file for it, --out votes.parquet")
            secret = b"" if real else known.secret
            made = Export((lambda person: person.user) if real else names(secret), texts=texts)
            async with archive(known) as kept:
                found = kept.ended(team=team, room=None, since=_utc(since), until=_utc(until))
                if out is None or kind is Format.PARQUET:
                    await made.write(found, kind, out or sys.stdout)
                else:
                    with out.open("w", encoding="utf-8", newline="") as file:
                        await made.write(found, kind, file)
            err.print(f"{made.count:,} duels.", highlight=False)

        start(work())

    @click.command("import")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--team", metavar="ID", default="", help="Whose they are, where the file does not say.")
    @click.option("--skip-bad", is_flag=True, help="Leave bad lines out instead of importing nothing.")
    def import_(file: Path, team: str, skip_bad: bool) -> None:
        """Take in votes from FILE (.csv, .jsonl or .parquet). What is there already stays as it is."""

        async def work() -> bool:
            async with archive(settings()) as kept:
                total, new, wrong = await bring_in(kept, file, team, skip_bad=skip_bad)
            for line in wrong.lines:
                err.print(line, markup=False, highlight=False)
            if wrong.count > len(wrong.lines):
                err.print(f"… and {wrong.count - len(wrong.lines):,} more lines.")
            if wrong.count and not skip_bad:
                err.print("Nothing was imported: mend these lines, or leave them out with --skip-bad.")
                return False
            err.print(f"{new:,} duels imported, {total - new:,} were there already.", highlight=False)
            return True

        sys.exit(0 if start(work()) else 1)

    return [export, import_]


def _utc(moment: datetime | None) -> datetime | None:
    return moment and moment.replace(tzinfo=UTC)
