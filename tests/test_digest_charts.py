"""The digest's chart: Slack's own where it is taken, else bars of letters; in words always."""

import json
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.worlds.history import Held, hold, weeks_of
from tests.worlds.story import Story, story

MONDAY = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
CODING = ["lll", "lll", "lr", "lll", "llr", "l"]
WRITING = ["rrr", "r", "rrl", "rr", "lr", "l"]
MATHS = ["l", "r"]
"""Too few votes to be drawn."""
IN_TABLE, IN_CHART, IN_LETTERS = "table", "data_visualization", "█"


@pytest.fixture
async def one(tmp_path: Path) -> AsyncIterator[Story]:
    """A world on SQLite only: what is shown is the same on every database."""
    async with story(f"sqlite:///{tmp_path / 'one.db'}") as told:
        yield told


def past(**same: Any) -> list[Held]:
    topics = {"coding": CODING, "writing": WRITING, "maths": MATHS}
    return [
        held for topic, votes in topics.items() for held in weeks_of(MONDAY, 2, votes, topic=topic, **same)
    ]


async def remember(world: Story, held: list[Held]) -> None:
    await hold(world.database_url, world.slack.team_id, world.general, held)


def digests(world: Story) -> list[dict[str, Any]]:
    return [message for message in world.messages if "Duel digest" in message["text"]]


def kinds(message: dict[str, Any]) -> list[str]:
    return [block["type"] for block in message["blocks"]]


def pictures(world: Story) -> list[dict[str, Any]]:
    """Messages with a file."""
    return [message for message in world.slack.messages(world.general) if message.get("files")]


def about_topics(message: dict[str, Any]) -> list[dict[str, Any]]:
    """The chart's blocks, whichever way it is drawn."""
    blocks = [{name: at for name, at in one.items() if name != "block_id"} for one in message["blocks"]]
    after = next(at for at, one in enumerate(blocks) if one["type"] == "table") + 2
    end = next(at for at, one in enumerate(blocks) if "By topic and language" in json.dumps(one))
    return blocks[after:end]


async def test_topics_with_enough_votes_are_a_chart_of_slacks_own(
    one: Story, snapshot: SnapshotAssertion
) -> None:
    await remember(one, past())
    async with one.app():
        await one.tick()
    (message,) = digests(one)
    assert message["text"].splitlines()[-1] == snapshot(name="words")
    assert about_topics(message) == snapshot(name="native")


async def test_where_a_workspace_takes_no_charts_they_are_bars_of_letters_beside_slacks_table(
    one: Story, snapshot: SnapshotAssertion
) -> None:
    await remember(one, past())
    async with one.app():
        await one.slack.levers.refuse_blocks(IN_CHART)
        await one.tick()
    (message,) = digests(one)
    assert message["text"].splitlines()[-1].startswith("Share of votes by topic: ")
    assert about_topics(message) == snapshot(name="letters")


async def test_where_it_takes_no_tables_either_all_of_it_is_text(world: Story) -> None:
    await remember(world, past())
    async with world.app():
        await world.slack.levers.refuse_blocks(IN_CHART, IN_TABLE)
        await world.tick()
    (message,) = digests(world)
    assert not {IN_CHART, IN_TABLE} & set(kinds(message))
    assert IN_LETTERS in str(message["blocks"])


async def test_one_topic_alone_is_no_comparison_and_no_chart(world: Story) -> None:
    await remember(world, weeks_of(MONDAY, 2, CODING, topic="coding"))
    async with world.app():
        await world.tick()
    (message,) = digests(world)
    assert IN_CHART not in kinds(message)
    assert "Share of votes" not in message["text"]


async def test_the_longest_names_fit_into_slacks_limits(world: Story) -> None:
    names = ("the-left-one-with-a-name-that-goes-on-and-on-to-the-end", "right-id")
    topics = ("coding", "maths", "writing", "service", "translation", "facts", "safety", "other")
    await remember(
        world,
        [held for at in topics for held in weeks_of(MONDAY, 1, ["lll"] * 6, topic=at, names=names)],
    )
    async with world.app():
        await world.tick()
    (message,) = digests(world)
    chart = next(block["chart"] for block in message["blocks"] if block["type"] == IN_CHART)
    assert len(chart["axis_config"]["categories"]) == 9


async def test_a_preview_is_drawn_as_the_workspace_takes_it(slack: Story) -> None:
    await remember(slack, past())
    assert (await slack.ask("ana", "digest preview")).ok
    await slack.slack.levers.refuse_blocks(IN_CHART)
    assert (await slack.ask("ana", "digest preview")).ok
    await slack.slack.levers.refuse_blocks(IN_TABLE)
    assert (await slack.ask("ana", "digest preview")).ok
    shown = slack.slack.ephemerals(slack.slack.person("ana"))
    drawn = [{IN_CHART, IN_TABLE} & set(kinds(message)) for message in shown]
    assert drawn == [{IN_CHART, IN_TABLE}, {IN_TABLE}, set()]


async def test_whoever_goes_on_with_a_digest_begins_where_slack_took_it(world: Story) -> None:
    """The first process is refused the chart and loses the answer to what it posts instead; meanwhile the
    workspace has learnt to draw charts.
    """
    await remember(world, past())
    async with world.app():
        await world.slack.levers.fail_next("chat.postMessage", "invalid_blocks")
        await world.slack.levers.lose_reply("chat.postMessage")
        await world.tick()
    async with world.app():
        await world.later(minutes=10)
        await world.tick()
    (message,) = digests(world)
    assert IN_CHART not in kinds(message)


async def test_where_it_takes_no_charts_a_picture_with_its_words_follows_in_the_thread(world: Story) -> None:
    await remember(world, past())
    async with world.app():
        await world.slack.levers.refuse_blocks(IN_CHART)
        await world.tick()
        await world.later(hours=24)
        await world.tick()
    (message,), (picture,) = digests(world), pictures(world)
    assert picture["thread_ts"] == message["ts"]
    (file,) = picture["files"]
    assert (file["name"], file["title"]) == ("chart.png", "Share of votes by topic")
    assert file["alt_txt"] == message["text"].splitlines()[-1]
    assert world.slack.file(file["id"]).startswith(b"\x89PNG")


async def test_where_slack_draws_it_no_picture_is_needed(world: Story) -> None:
    await remember(world, past())
    async with world.app():
        await world.tick()
    assert pictures(world) == []


@pytest.mark.parametrize("lacking", ["the scope", "the extra", "the letters"])
async def test_where_no_picture_can_be_made_or_sent_the_letters_stand_alone(
    one: Story, lacking: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await remember(one, past())
    await one.slack.levers.refuse_blocks(IN_CHART)
    labels: dict[str, Any] = {}
    if lacking == "the scope":
        await one.slack.levers.revoke_scope("files:write")
    elif lacking == "the extra":
        monkeypatch.setitem(sys.modules, "matplotlib", None)
    else:
        labels = one.settings()
        labels["contenders"]["left-id"]["label"] = "Left \U0010fffd"
    async with one.app(**labels):
        await one.tick()
        await one.later(hours=24)
    (message,) = digests(one)
    assert IN_LETTERS in str(message["blocks"])
    assert pictures(one) == []
    assert await one.stored("SELECT status FROM job WHERE kind = 'digest'") == [("done",)]


@pytest.mark.parametrize(
    ("method", "error"),
    [("files.getUploadURLExternal", "internal_error"), ("files.completeUploadExternal", "ratelimited")],
)
async def test_a_picture_waits_for_slack_and_the_digest_is_not_posted_again(
    world: Story, method: str, error: str
) -> None:
    await remember(world, past())
    async with world.app():
        await world.slack.levers.refuse_blocks(IN_CHART)
        await world.slack.levers.fail_next(method, error)
        await world.tick()
        assert len(digests(world)) == 1
        assert pictures(world) == []
        await world.later(minutes=30)
    assert len(digests(world)) == len(pictures(world)) == 1


async def test_a_picture_whose_answer_was_lost_is_not_sent_twice(world: Story) -> None:
    await remember(world, past())
    async with world.app():
        await world.slack.levers.refuse_blocks(IN_CHART)
        await world.slack.levers.lose_reply("files.completeUploadExternal")
        await world.tick()
        await world.later(minutes=30)
    assert len(digests(world)) == len(pictures(world)) == 1


@pytest.mark.parametrize("status", [403, 503])
async def test_a_place_for_files_that_takes_none_holds_up_no_digest(one: Story, status: int) -> None:
    await remember(one, past())
    async with one.app():
        await one.slack.levers.refuse_blocks(IN_CHART)
        await one.slack.levers.refuse_uploads(status)
        await one.tick()
        for _ in range(5):
            await one.later(minutes=10)
    assert len(digests(one)) == 1
    assert pictures(one) == []
    assert await one.stored("SELECT status FROM job WHERE kind = 'digest'") == [("done",)]
    assert await one.stored("SELECT count(*) FROM digest WHERE place IS NOT NULL") == [(1,)]


async def test_a_chart_that_cannot_be_drawn_holds_up_no_digest(
    one: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.pictures.DPI", -1)
    await remember(one, past())
    async with one.app():
        await one.slack.levers.refuse_blocks(IN_CHART)
        await one.tick()
    assert len(digests(one)) == 1
