"""What is exported can be imported, what is imported twice counts once, and what is bad is told."""

import asyncio
import csv
import io
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bot.duel import Answer, Bill, ContenderId, DuelId, Outcome, Person, Side, Timing, Topic, Usage
from bot.exchange.commands import Export, bring_in, names
from bot.exchange.entry import Entry, columns
from bot.exchange.formats import Format, read
from bot.standings_list import Asked, look
from bot.topics import Label
from bot.votes import Choice
from storage.archive import DuelArchive
from storage.standings import StandingsTable
from tests.worlds.books import Books, books_at
from tests.worlds.story import KEYS
from tests.worlds.warm import Bot

FORMATS = tuple(Format)
SECRET = b"a secret"
BEN, CHLOE = Person("T1", "U2"), Person("T1", "U3")


async def _ended(books: Books, key: str, votes: dict[Person, Choice], void: str | None = None) -> DuelId:
    """A duel with its answers, from the question to the end."""
    duel = replace(books.duel(key), prompt='Say "a, b"\nand c')
    await books.ledger.ask(duel)
    lease = await books.taken()
    await books.ledger.label(lease, duel.id, Label(Topic.CODING, "en"))
    answer = Answer(
        ContenderId("left"),
        "=1+1",
        Outcome.OK,
        timing=Timing(0.1, 0.30000000000000004, 2.5),
        usage=Usage(10, 0, 101, None),
        bill=Bill(Decimal("0.000628000"), "p@2026-01-01"),
        reported_model="left-0711",
    )
    await books.ledger.keep_answer(lease, duel.id, Side.A, answer)
    failed = replace(
        answer, contender=ContenderId("right"), outcome=Outcome.TIMEOUT, bill=Bill(), timing=Timing()
    )
    await books.ledger.keep_answer(lease, duel.id, Side.B, failed)
    await books.ledger.settle(lease, duel.id, void=void, counted=votes)
    await books.jobs.finish(lease.job)
    return duel.id


async def _three(books: Books) -> None:
    await _ended(books, "T1:1", {BEN: Choice.A, CHLOE: Choice.BOTH_BAD})
    await _ended(books, "T1:2", {})
    await _ended(books, "T1:3", {}, void="Only one of the two answered, so there is no vote.")
    await books.ledger.ask(books.duel("T1:4"))  # one that has not ended


@asynccontextmanager
async def _elsewhere(folder: Path) -> AsyncIterator[Books]:
    async with books_at(f"sqlite:///{folder / 'elsewhere.db'}") as books:
        yield books


async def _export(
    books: Books,
    file: Path,
    *,
    texts: bool = False,
    real: bool = False,
    team: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Path:
    made = Export((lambda person: person.user) if real else names(SECRET), texts=texts)
    found = DuelArchive(books.database).ended(team=team, room=None, since=since, until=until)
    kind = Format(file.suffix[1:])
    if kind is Format.PARQUET:
        await made.write(found, kind, file)
    else:
        with file.open("w", encoding="utf-8", newline="") as out:
            await made.write(found, kind, out)
    return file


async def _import(books: Books, file: Path, *, skip_bad: bool = False) -> tuple[int, int, list[str]]:
    total, new, wrong = await bring_in(DuelArchive(books.database), file, "T1", skip_bad=skip_bad)
    return total, new, wrong.lines


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("texts", [False, True])
async def test_what_is_exported_imported_and_exported_is_the_same(
    books: Books, tmp_path: Path, format_: Format, texts: bool
) -> None:
    await _three(books)
    first = await _export(books, tmp_path / f"first.{format_}", texts=texts)
    async with _elsewhere(tmp_path) as others:
        assert await _import(others, first) == (3, 3, [])
        second = await _export(others, tmp_path / f"second.{format_}", texts=texts)
    assert second.read_bytes() == first.read_bytes()


async def test_the_three_formats_hold_the_same(books: Books, tmp_path: Path) -> None:
    await _three(books)
    told = []
    for format_ in FORMATS:
        file = await _export(books, tmp_path / f"votes.{format_}", texts=True)
        rows = [row for _, row in read(file) if not isinstance(row, str)]
        told.append(
            [{name: "" if value is None else str(value) for name, value in row.items()} for row in rows]
        )
    assert told[0] == told[1] == told[2]
    assert [row["choice"] for row in told[0]].count("") == 2
    assert len(told[0]) == 4


async def test_neither_people_nor_texts_leave_unless_they_are_asked_for(books: Books, tmp_path: Path) -> None:
    await _three(books)
    plain = (await _export(books, tmp_path / "plain.csv")).read_text()
    for word in ("U1", "U2", "U3", "Say", "=1+1"):
        assert word not in plain
    told = (await _export(books, tmp_path / "told.csv", real=True, texts=True)).read_text()
    for word in ("U1", "U2", "U3", "Say", "=1+1"):
        assert word in told


async def test_what_is_imported_twice_counts_once_and_is_marked(books: Books, tmp_path: Path) -> None:
    await _three(books)
    file = await _export(books, tmp_path / "votes.csv")
    assert await _import(books, file) == (3, 0, [])
    async with _elsewhere(tmp_path) as others:
        assert await _import(others, file) == (3, 3, [])
        assert await _import(others, file) == (3, 0, [])
        found = [
            one
            async for one in DuelArchive(others.database).ended(team="T1", room=None, since=None, until=None)
        ]
        duel = await others.ledger.duel(found[0].duel.id)
        assert duel.close_reason == "imported"
        assert sum(len(one.votes) for one in found) == 2


async def test_a_window_holds_what_was_asked_in_it(books: Books, tmp_path: Path) -> None:
    start = books.clock.now()
    await _ended(books, "T1:1", {BEN: Choice.A})
    books.clock.advance(3600)
    await _ended(books, "T1:2", {BEN: Choice.B})
    middle = books.clock.now()
    both = await _export(books, tmp_path / "both.jsonl", since=start)
    assert len(both.read_text().splitlines()) == 2
    first = await _export(books, tmp_path / "first.jsonl", until=middle)
    assert [json.loads(line)["choice"] for line in first.read_text().splitlines()] == ["a"]
    nobodys = await _export(books, tmp_path / "none.jsonl", team="T2")
    assert not nobodys.read_text()


GOOD = {
    "duel": "battle-1", "asked_at": "2026-11-24T12:00:00Z", "a_contender": "left", "b_contender": "right",
    "voter": "ben", "choice": "a",
}  # fmt: skip


def _csv(folder: Path, *rows: dict[str, str]) -> Path:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(dict.fromkeys(name for row in rows for name in row)))
    writer.writeheader()
    writer.writerows(rows)
    (folder / "votes.csv").write_text(out.getvalue())
    return folder / "votes.csv"


async def test_the_few_columns_that_an_older_arena_has_are_enough(books: Books, tmp_path: Path) -> None:
    file = _csv(tmp_path, GOOD, {**GOOD, "voter": "chloe", "choice": "tie"}, {**GOOD, "duel": "battle-2"})
    assert await _import(books, file) == (2, 2, [])
    assert await _import(books, file) == (2, 0, [])


BAD = {
    "a choice": ({"choice": "left"}, "choice: “left” is none of a, b, tie, both_bad"),
    "a time": ({"asked_at": "yesterday"}, "asked_at: “yesterday” is no time like 2026-11-24T12:00:00Z"),
    "a zone": ({"asked_at": "2026-11-24T12:00:00"}, "has no time zone"),
    "nothing where something is needed": ({"a_contender": ""}, "a_contender is missing"),
    "one contender": ({"b_contender": "left"}, "a_contender and b_contender are the same"),
    "a vote of nobody": ({"voter": ""}, "a vote has both a voter and a choice"),
    "a cost": ({"a_cost_usd": "free"}, "a_cost_usd: “free” is no sum of dollars"),
    "a count": ({"a_input_tokens": "1.5"}, "is no whole number"),
    "a length": ({"voter": "x" * 33}, "is longer than 32 characters"),
    "a state": ({"state": "open"}, "only revealed and void have ended"),
}


@pytest.mark.parametrize(("change", "said"), BAD.values(), ids=BAD.keys())
async def test_a_bad_line_is_told_with_its_reason_and_nothing_is_imported(
    books: Books, tmp_path: Path, change: dict[str, str], said: str
) -> None:
    columns_ = dict.fromkeys(change, "")
    file = _csv(tmp_path, {**columns_, **GOOD}, {**GOOD, "duel": "battle-2", **change})
    total, new, lines = await _import(books, file)
    assert (total, new) == (1, 0)
    assert len(lines) == 1
    assert lines[0].startswith("line 3: ")
    assert said in lines[0]
    assert await _import(books, file, skip_bad=True) == (1, 1, lines)


async def test_rows_of_a_duel_that_contradict_each_other_are_told(books: Books, tmp_path: Path) -> None:
    file = _csv(
        tmp_path,
        GOOD,
        {**GOOD, "voter": "chloe", "b_contender": "third"},
        {**GOOD, "choice": "b"},
        {**GOOD, "duel": "battle-2"},
        {**GOOD, "voter": "dev"},
    )
    _, new, lines = await _import(books, file)
    assert new == 0
    assert lines == [
        "line 3: b_contender differs from the rows above of the same duel",
        "line 4: ben has voted on duel battle-1 already",
        "line 6: duel battle-1 has rows further up: put all rows of a duel together",
    ]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            "votes.jsonl",
            "{}\nnot json\n[1]\n",
            ["line 1: duel is missing", "line 2: this is no JSON", "line 3: this is no object"],
        ),
        ("votes.csv", "duel,choice\nx\n", ["line 2: it has not as many cells"]),
        ("votes.csv", "duel,winner\nx,a\n", ["line 2: there is no column “winner”"]),
    ],
)  # fmt: skip
async def test_a_file_that_is_broken_says_where(
    books: Books, tmp_path: Path, name: str, text: str, said: list[str]
) -> None:
    (tmp_path / name).write_text(text)
    _, new, lines = await _import(books, tmp_path / name)
    assert new == 0
    assert len(lines) == len(said)
    assert all(line.startswith(start) for line, start in zip(lines, said, strict=True))


def test_the_documented_columns_are_those_of_a_file() -> None:
    text = (Path(__file__).parents[2] / "docs" / "export.md").read_text()
    named = [line.split("`")[1] for line in text.splitlines() if line.startswith("| `")]
    both = [
        name
        for one in named
        for name in ([f"a_{one[2:]}", f"b_{one[2:]}"] if one.startswith("*_") else [one])
    ]
    assert sorted(both) == sorted(column.name for column in columns(texts=True))


class Stopped(DuelArchive):
    """One whose program is stopped when it has taken in so many duels; meanwhile others write."""

    def __init__(self, books: Books, left: int) -> None:
        super().__init__(books.database)
        self._books = books
        self._left = left

    async def add(self, entries: Sequence[Entry]) -> int:
        if not self._left:
            raise asyncio.CancelledError
        self._left -= len(entries)
        async with books_at(self._books.database.engine.url.render_as_string(hide_password=False)) as other:
            await other.ledger.ask(other.duel(f"meanwhile {self._left}"))
        return await super().add(entries)


async def test_an_import_that_is_stopped_goes_on_and_keeps_nobody_waiting(
    books: Books, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.exchange.commands.AT_ONCE", 2)
    file = _csv(tmp_path, *({**GOOD, "duel": f"battle-{number}"} for number in range(5)))
    with pytest.raises(asyncio.CancelledError):
        await bring_in(Stopped(books, 4), file, "T1", skip_bad=False)
    assert await _import(books, file) == (5, 1, [])


async def test_what_is_imported_is_in_the_standings(books: Books, tmp_path: Path) -> None:
    votes = [{**GOOD, "duel": f"battle-{number}", "voter": f"v{number}"} for number in range(3)]
    await _import(books, _csv(tmp_path, *votes, {**GOOD, "duel": "battle-9", "choice": "b"}))
    found = await look(StandingsTable(books.database), Asked(), books.clock.now() + timedelta(days=1))
    (pair,) = found.pairs
    assert [at.contender for at in pair.pair] == ["left", "right"]
    assert (pair.preference.counts.won, pair.preference.counts.lost, found.voters) == (3, 1, 4)


async def test_an_operator_of_many_workspaces_exports_and_forgets_without_a_token_of_one(
    tmp_path: Path, bot: Bot
) -> None:
    settings = {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'duel.db'}",
        "SLACK_CLIENT_ID": "1.2",
        "SLACK_CLIENT_SECRET": "a secret",
        "SLACK_SIGNING_SECRET": "another",
        "INSTALLATION_KEYS": KEYS[0],
    }
    status, _, said = await bot(
        "import", str(_csv(tmp_path, {"team": "T1", **GOOD})), cwd=tmp_path, **settings
    )
    assert status == 0, said
    status, out, said = await bot("export", "--format", "jsonl", cwd=tmp_path, **settings)
    assert status == 0, said
    assert json.loads(out)["voter"].startswith("anon-")
    status, _, said = await bot("forget", "--team", "T1", "--person", "U1", "--yes", cwd=tmp_path, **settings)
    assert status == 0, said


@pytest.mark.slow
async def test_the_program_exports_and_imports(bot: Bot, tmp_path: Path) -> None:
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path / 'duel.db'}", "SLACK_BOT_TOKEN": "xoxb-secret"}
    file = _csv(tmp_path, {"team": "T1", **GOOD})
    status, _, said = await bot("import", str(file), cwd=tmp_path, **settings)
    assert status == 0, said
    assert "1 duels imported, 0 were there already." in said
    status, out, said = await bot("standings", "--json", cwd=tmp_path, **settings)
    assert status == 0, said
    assert json.loads(out)["pairs"][0]["preference"]["counts"]["won"] == 1
    status, out, said = await bot("export", "--format", "jsonl", cwd=tmp_path, **settings)
    assert status == 0, said
    row = json.loads(out)
    assert row["choice"] == "a"
    assert row["voter"].startswith("anon-")
    file.write_text("duel\nx\n")
    status, _, said = await bot("import", str(file), "--team", "T1", cwd=tmp_path, **settings)
    assert status == 1
    assert "line 2: asked_at is missing" in said
    assert "Nothing was imported" in said
