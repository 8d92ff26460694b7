"""A file of votes, read duel by duel: every line that cannot be used is told with its reason."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bot.exchange.entry import Entry, check, entry, same_duel
from bot.exchange.formats import read
from bot.exchange.values import BadRow, Row

SHOWN = 50
"""Complaints that are kept in words; all are counted."""


@dataclass
class Complaints:
    """What is wrong with a file."""

    count: int = 0
    lines: list[str] = field(default_factory=list)

    def add(self, line: int, why: str) -> None:
        self.count += 1
        if len(self.lines) < SHOWN:
            self.lines.append(f"line {line}: {why}")


def entries(file: Path, team: str, complaints: Complaints) -> Iterator[Entry]:
    """The duels of a file, each once all its rows are read; rows that are bad are told, and left out.

    The rows of a duel stand together, so that one duel at a time is held. Raises `UsageError`.
    """
    duel: list[Row] = []
    seen: set[str] = set()
    for line, row in _good_rows(file, team, complaints):
        name = str(row["duel"])
        if duel and duel[0]["duel"] != name:
            yield entry(duel, team)
            duel = []
        if not duel and name in seen:
            complaints.add(line, f"duel {name} has rows further up: put all rows of a duel together")
            continue
        if duel and (why := _clash(duel, row)):
            complaints.add(line, why)
            continue
        seen.add(name)
        duel.append(row)
    if duel:
        yield entry(duel, team)


def _good_rows(file: Path, team: str, complaints: Complaints) -> Iterator[tuple[int, Row]]:
    for line, row in read(file):
        try:
            if isinstance(row, str):
                raise BadRow(row)
            checked = check(row)
            if not (team or checked["team"]):
                raise BadRow("team is missing: add the column, or give --team")
        except BadRow as error:
            complaints.add(line, str(error))
        else:
            yield line, checked


def _clash(duel: list[Row], row: Row) -> str | None:
    """Why a row cannot belong to the duel that its name says."""
    if column := same_duel(duel[0], row):
        return f"{column} differs from the rows above of the same duel"
    if row["voter"] is None or duel[0]["voter"] is None:
        return "a duel without votes has one row"
    if any(one["voter"] == row["voter"] for one in duel):
        return f"{row['voter']} has voted on duel {row['duel']} already"
    return None
