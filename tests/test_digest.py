"""The weekly digest: posted once for its week, whatever happens; and what people ask of it."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console
from syrupy.assertion import SnapshotAssertion

from bot import digest_list
from bot.digest import Schedule, Slot, due
from bot.duel import Place
from bot.errors import LeaseLost, UsageError
from storage.database import Database
from storage.digest import DigestTable
from storage.questions import QuestionTable
from storage.standings import StandingsTable
from tests.worlds.books import books_at
from tests.worlds.history import Held, hold, weeks_of
from tests.worlds.story import Story, story

MONDAY = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
"""The clock of a story begins on the Tuesday after it, at noon."""
CLEAR = ["lll", "ll", "lr", "lll", "llr", "l", "lt"]
"""Votes of a week that the left one wins."""


def digests(world: Story) -> list[dict[str, Any]]:
    return [message for message in world.messages if "Duel digest" in message["text"]]


def everything(message: dict[str, Any]) -> str:
    return json.dumps([message["text"], message.get("blocks")], ensure_ascii=False)


def bare(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without the ids that Slack gives them."""
    return [{name: value for name, value in block.items() if name != "block_id"} for block in blocks]


@pytest.fixture
async def one(tmp_path: Path) -> AsyncIterator[Story]:
    """A world on SQLite only: what is shown is the same on every database."""
    async with story(f"sqlite:///{tmp_path / 'one.db'}") as told:
        yield told


async def past(world: Story, held: list[Held]) -> None:
    await hold(world.database_url, world.slack.team_id, world.general, held)


async def test_a_digest_with_a_verdict(one: Story, snapshot: SnapshotAssertion) -> None:
    held = weeks_of(MONDAY, 4, CLEAR, topic="coding", language="en")
    await past(one, [*held, Held(held[-1].at, "", failed=True)])
    async with one.app():
        await one.tick()
    (message,) = digests(one)
    assert message["text"] == snapshot(name="text")
    assert bare(message["blocks"]) == snapshot(name="blocks")


async def test_a_digest_without_a_verdict(one: Story, snapshot: SnapshotAssertion) -> None:
    await past(one, weeks_of(MONDAY, 1, ["lr", "l", "r", "tx"]))
    async with one.app():
        await one.tick()
    (message,) = digests(one)
    assert message["text"] == snapshot(name="text")
    assert bare(message["blocks"]) == snapshot(name="blocks")


async def test_of_a_channel_that_dueled_it_comes_by_itself_on_monday_with_links(slack: Story) -> None:
    duel = await slack.duel("ana", "why?")
    await slack.react("ben", duel, "a")
    await slack.react("chloe", duel, "b")
    await slack.later(hours=24)
    await slack.tick()
    assert digests(slack) == []
    await slack.later(hours=24 * 5 - 3)  # Monday, 09:00
    await slack.tick()
    (message,) = digests(slack)
    assert "week 48 (23 – 29 November 2026)" in message["text"]
    assert f"/archives/{duel.channel}/p{duel.ts.replace('.', '')}" in everything(message)
    for _ in range(3):
        await slack.later(hours=24)
        await slack.tick()
    assert len(digests(slack)) == 1


async def test_two_processes_post_it_once(world: Story) -> None:
    await past(world, weeks_of(MONDAY, 1, ["l"]))
    async with world.app(), world.app():
        await asyncio.gather(*(bulletin.tick() for bulletin in world.bulletins))
        await world.tick()
        await world.tick()
    assert len(digests(world)) == 1


async def test_a_post_whose_answer_was_lost_is_found_by_the_next_process(world: Story) -> None:
    await past(world, weeks_of(MONDAY, 1, ["l"]))
    async with AsyncExitStack() as first:
        await first.enter_async_context(world.app())
        await world.slack.levers.lose_reply("chat.postMessage")
        await world.tick()
    async with world.app():
        await world.later(minutes=10)
        await world.tick()
    assert len(digests(world)) == 1


async def test_whoever_dies_after_its_post_and_before_its_job_is_finished_leaves_nothing_to_post(
    world: Story,
) -> None:
    await past(world, weeks_of(MONDAY, 1, ["l"]))
    async with world.app(job_lease="30s") as worker, books_at(world.database_url, world.clock.now) as books:
        (bulletin,) = world.bulletins
        edition = due(
            Schedule(world.slack.team_id, Place(world.general), Slot.usual(), on=True, since=MONDAY),
            world.clock.now(),
            timedelta(days=3),
        )
        assert edition is not None
        assert await DigestTable(books.database).make(edition)
        frozen = await books.taken("one that is frozen, or dead")
        assert await bulletin.run(frozen) is None
        assert len(digests(world)) == 1
        world.clock.advance(31)
        await worker.look()
        await worker.idle()
        with pytest.raises(LeaseLost):
            await DigestTable(books.database).posted(frozen, None)
    assert len(digests(world)) == 1
    assert await world.stored("SELECT status FROM job WHERE kind = 'digest'") == [("done",)]


async def test_it_is_posted_once_though_its_job_has_been_forgotten(world: Story) -> None:
    await past(world, weeks_of(MONDAY, 1, ["l"]))
    async with world.app(keep_jobs_for="1d") as worker:
        await world.tick()
        await world.later(hours=30)
        await worker.purge()
        assert await world.stored("SELECT * FROM job WHERE kind = 'digest'") == []
        await world.tick()
    assert len(digests(world)) == 1


async def test_a_clock_that_is_put_back_posts_nothing_twice(world: Story) -> None:
    await past(world, weeks_of(MONDAY, 1, ["l"]))
    async with world.app():
        await world.tick()
        world.clock.advance(-3600 * 30)
        await world.tick()
        world.clock.advance(3600 * 30)
        await world.tick()
    assert len(digests(world)) == 1


async def test_after_a_week_of_downtime_it_is_skipped_and_the_next_one_says_so(world: Story) -> None:
    async with world.app():
        await past(world, weeks_of(MONDAY, 1, ["l"]))
        await world.tick()
    world.clock.advance(3600 * 24 * 10)  # to a Friday, and the slot was on Monday
    async with world.app():
        await world.tick()
        assert len(digests(world)) == 1
        duel = await world.duel("ana", "why?")
        await world.reveal("ana", duel)
        await world.later(hours=24 * 3)
        await world.tick()
    _, newest = digests(world)
    assert "week 49" in newest["text"]
    assert "No digest was posted for 2026-W48" in everything(newest)


async def test_after_a_week_of_downtime_it_is_caught_up_where_that_is_set(world: Story) -> None:
    await past(world, weeks_of(MONDAY, 1, ["l"]))
    world.clock.advance(3600 * 24 * 4)
    async with world.app(digest_catch_up="6d"):
        await world.tick()
        await world.tick()
    (message,) = digests(world)
    assert "week 47" in message["text"]


@pytest.mark.parametrize(("setting", "lines"), [("line", 1), ("silent", 0)])
async def test_the_first_quiet_week_is_a_line_or_silence_and_the_others_are_silent(
    world: Story, setting: str, lines: int
) -> None:
    await past(world, weeks_of(MONDAY, 1, ["l"]))
    async with world.app(digest_quiet=setting):
        await world.tick()
        for _ in range(4):
            await world.later(hours=24 * 7)
            await world.tick()
    assert len(digests(world)) == 1
    assert sum("No duels here" in message["text"] for message in world.messages) == lines


async def test_at_its_own_hour_in_its_own_zone(slack: Story) -> None:
    ack = await slack.ask("ana", "digest on wed 15:30 Asia/Kolkata")
    assert "Wednesday at 15:30 (Asia/Kolkata)" in ack.text
    await past(slack, weeks_of(MONDAY, 1, ["l"]))
    await slack.later(hours=21, minutes=59)  # Wednesday, 09:59 UTC: 15:29 there
    await slack.tick()
    assert digests(slack) == []
    await slack.later(minutes=1)
    await slack.tick()
    assert len(digests(slack)) == 1


async def test_off_is_off_and_on_brings_it_back_without_the_past(slack: Story) -> None:
    await past(slack, weeks_of(MONDAY, 1, ["l"]))
    assert "no digest any more" in (await slack.ask("ana", "digest off")).text
    await slack.tick()
    assert digests(slack) == []
    assert "Monday at 09:00 (UTC)" in (await slack.ask("ana", "digest on")).text
    await slack.tick()
    assert digests(slack) == []


async def test_off_for_everybody_but_who_asks(world: Story) -> None:
    await past(world, weeks_of(MONDAY, 1, ["l"]))
    async with world.app(digest="off"):
        await world.tick()
        assert digests(world) == []
        assert "When?" in (await world.ask("ana", "digest on")).text


async def test_now_posts_one_of_the_last_seven_days(slack: Story) -> None:
    await past(slack, weeks_of(MONDAY, 1, ["ll", "r"]))
    assert "on its way" in (await slack.ask("ana", "digest now")).text
    await slack.settled()
    (message,) = digests(slack)
    assert "the last seven days (17 – 24 November 2026)" in message["text"]


async def test_a_preview_and_stats_are_shown_to_the_asker_alone(slack: Story) -> None:
    await past(slack, weeks_of(MONDAY, 4, CLEAR, topic="coding"))
    for text in ("digest preview", "stats", "stats 7d here coding en"):
        assert (await slack.ask("ana", text)).ok
    assert slack.messages == []
    told = slack.told("ana")
    assert "Duel digest" in told
    assert "Standings · all time · all channels" in told
    assert "Standings · the last 7 days · this channel · coding · English" in told
    assert slack.told("ben") == ""


async def test_stats_as_they_read(one: Story, snapshot: SnapshotAssertion) -> None:
    await past(one, weeks_of(MONDAY, 4, CLEAR, topic="coding"))
    async with one.app():
        await one.ask("ana", "stats")
    (shown,) = one.slack.ephemerals(one.slack.person("ana"))
    assert shown["text"] == snapshot(name="text")
    assert bare(shown["blocks"]) == snapshot(name="blocks")


async def test_stats_of_all_of_a_channel_say_what_reading_all_of_it_would(
    slack: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    await past(slack, weeks_of(MONDAY, 6, CLEAR, topic="coding"))
    duel = await slack.duel("ana", "why?")
    await slack.react("ben", duel, "a")
    await slack.reveal("ana", duel)
    await slack.ask("ana", "stats")
    for _ in range(2):  # it is kept added up from the first time on
        await slack.ask("ana", "stats here")
    read, first, again = slack.slack.ephemerals(slack.slack.person("ana"))
    assert "43 duels, 43 of them count" in everything(first)
    assert str(bare(first["blocks"])).replace("this channel", "all channels") == str(bare(read["blocks"]))
    assert bare(again["blocks"]) == bare(first["blocks"])
    assert await slack.stored("SELECT count(*) FROM balance WHERE until_us IS NOT NULL") == [(1,)]
    monkeypatch.setattr("storage.standings.NEWEST", 5)
    await slack.ask("ana", "stats here")
    told = everything(slack.slack.ephemerals(slack.slack.person("ana"))[-1])
    assert "Speed, and what was left out, are of the newest 5 duels; all else is of all." in told
    assert "43 duels, 43 of them count" in told


async def test_stats_where_there_are_none(slack: Story) -> None:
    await slack.ask("ana", "stats 7d")
    assert "No duel has ended there yet" in slack.told("ana")


async def test_where_slack_takes_no_table_the_digest_goes_as_text(world: Story) -> None:
    await past(world, weeks_of(MONDAY, 1, ["l"]))
    async with world.app():
        await world.slack.levers.fail_next("chat.postMessage", "invalid_blocks")
        await world.tick()
    (message,) = digests(world)
    assert "rich_text_preformatted" in everything(message)


async def test_why_a_duel_was_counted_as_it_was(slack: Story) -> None:
    duel = await slack.duel("ana", "why?")
    await slack.react("ben", duel, "a")
    await slack.react("chloe", duel, "b")
    await slack.react("chloe", duel, "a")
    await slack.react("dev", duel, "b")
    await slack.unreact("dev", duel, "b")
    link = f"https://box.slack.com/archives/{duel.channel}/p{duel.ts.replace('.', '')}"
    assert "not over" in (await slack.ask("ben", f"why {link}")).text
    await slack.reveal("ana", duel)
    await slack.later(seconds=10)
    await slack.react("dev", duel, "b")
    await slack.delivered()
    told = (await slack.ask("ben", f"why {link}")).text
    assert "Counted: 2 for" in told
    assert "1 person voted, changed or withdrew after the end" in told
    assert "1 older emoji of people who put on a newer one" in told
    assert "There is no duel" in (await slack.ask("ben", "why everything")).text


async def test_in_the_terminal(world: Story) -> None:
    await past(world, weeks_of(MONDAY, 2, CLEAR, topic="coding"))
    database = Database(world.database_url)
    asked = digest_list.Asked("2026-W47", None, world.general, ZoneInfo("Europe/Berlin"))
    told = await digest_list.look(
        StandingsTable(database), DigestTable(database), QuestionTable(database), asked
    )
    with pytest.raises(UsageError, match="2026-W47"):
        await digest_list.look(
            *(StandingsTable(database), DigestTable(database), QuestionTable(database)),
            replace(asked, week="last week"),
        )
    await database.close()
    assert (told.now.duels, told.before.duels, told.ever.duels) == (7, 7, 14)
    out = Console(file=io.StringIO(), width=120)
    digest_list.show(told, {}, out, json=False)
    assert isinstance(out.file, io.StringIO)
    assert "7 duels ended, 16 votes" in out.file.getvalue()
    assert json.loads(json.dumps(digest_list.as_json(told)))["week"] == "2026-W47"
