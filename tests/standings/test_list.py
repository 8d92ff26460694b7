"""`python -m bot standings`."""

import json
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from bot.errors import UsageError
from bot.standings import Standings, standings
from bot.standings_list import Asked, look, show
from storage.standings import StandingsTable
from tests.standings.test_table import ended
from tests.worlds.books import Books
from tests.worlds.records import LEFT, Past, Told, record, single_votes
from tests.worlds.warm import Bot

LABELS = {LEFT.contender: "Qwen Left"}


def shown(found: Standings) -> str:
    out = StringIO()
    show(found, LABELS, Console(file=out, width=200), json=False)
    return out.getvalue()


def test_a_clear_lead_is_a_verdict_in_words() -> None:
    text = shown(standings(record(single_votes(60, 20))))
    assert "Qwen Left against right: Qwen Left wins, 60 to 20 duels" in text
    assert "75.0 %" in text


def test_the_duels_of_the_winner_come_first_wherever_it_stands_in_the_pair() -> None:
    assert "right wins, 60 to 20 duels" in shown(standings(record(single_votes(20, 60))))


def test_without_a_verdict_it_says_why_and_how_far_it_is() -> None:
    text = shown(standings(record(single_votes(12, 8, 4))))
    assert "no verdict yet: so much could be chance (12 to 8 duels, 4 undecided" in text
    assert "more duels if Qwen Left's lead holds" in text


def test_a_lead_from_one_week_and_from_few_duels_is_no_verdict() -> None:
    assert "within one week" in shown(standings(record(single_votes(60, 20, day=0.05))))
    assert "fewer than ten duels" in shown(standings(record(single_votes(5, 0, day=3))))


def test_a_lead_that_one_person_carries_is_no_verdict() -> None:
    past = [Past("a", day=at, voters=[7]) for at in range(40)]
    assert "without the votes of one person" in shown(standings(record(past)))


def test_what_was_left_out_is_listed() -> None:
    past = [*single_votes(3, 2), Past("", day=1), Past("a", day=2, reason="Answer A says who wrote it.")]
    past.append(Past("a", Told(LEFT, attempts=3), day=3))
    text = shown(standings(record(past)))
    assert "Not in preference: 1 duel, Answer A says who wrote it." in text
    assert "Not in preference: 1 duel, nobody voted" in text
    assert "Not in speed: 1 answer, took more than one call" in text


async def test_the_only_team_needs_no_name(books: Books) -> None:
    table = StandingsTable(books.database)
    with pytest.raises(UsageError, match="Nobody has dueled"):
        await look(table, Asked(), books.clock.now())
    await ended(books, "1", "aab")
    books.clock.advance(60)
    assert (await look(table, Asked(days="7"), books.clock.now())).votes == 3


async def test_json_is_one_object_with_all_the_figures(bot: Bot, tmp_path: Path, books: Books) -> None:
    books.clock.advance(-365 * 86400)  # the program goes by the real clock
    await ended(books, "1", "aab")
    url = books.database.engine.url.render_as_string(hide_password=False)
    status, out, err = await bot(
        "standings",
        "--json",
        cwd=tmp_path,
        DATABASE_URL=url.replace("+aiosqlite", "").replace("+asyncpg", ""),
    )
    assert status == 0, err
    found = json.loads(out)
    assert found["votes"] == 3
    assert found["pairs"][0]["preference"]["counts"] == {"won": 2, "lost": 1, "tied": 0, "both_bad": 0}
    assert found["spent"] == "0.000000246912"
