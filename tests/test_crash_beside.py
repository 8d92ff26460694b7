"""The real program killed at the worst moments of what is no duel's life: digests, notices, files, words."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import pytest

from bot.contenders.probe import PROBE
from bot.digest import week_before
from playground.errors import DeliveryError
from tests.chaos.digests import UTC_ZONE, due_at
from tests.worlds.history import hold, weeks_of
from tests.worlds.program import Programs, end, kill, programs
from tests.worlds.provider import fails, says

pytestmark = pytest.mark.slow

Point = tuple[str, Literal["before", "after"], str]
"""What Slack receives, whether it has taken it when the program dies, and words in it."""


@pytest.fixture
async def world(tmp_path: Path, loaded: str) -> AsyncIterator[Programs]:
    async with programs(tmp_path, loaded) as made:
        made.left.will(says("Left."))
        made.right.will(says("Right."))
        yield made


async def _die_at(
    world: Programs,
    *points: Point,
    do: Callable[[], Any] | None = None,
    settings: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Start a program for each point, kill it there, and go on with the next; `do` is done once, at first."""
    for method, when, saying in points:
        stop = await world.slack.levers.stop_at(method, when, saying=saying)
        program = await world.start(**settings)
        if do is not None:
            await do()
            do = None
        await asyncio.wait_for(stop.reached.wait(), 30)
        await kill(program)
        stop.release(take=False)


def _looks(world: Programs, room: str) -> int:
    """How often somebody has looked for an earlier post there."""
    looks = [call for call in world.slack.calls if call.method == "conversations.history" and call.response]
    return sum(call.args["channel"] == room for call in looks)


async def test_a_digest_is_posted_once_though_one_dies_before_its_post_and_the_next_after_it(
    world: Programs,
) -> None:
    room = await world.slack.add_channel("weekly", members=[world.slack.bot_user_id])
    await due_at(datetime.now(UTC).replace(second=0, microsecond=0), world.slack, world.database_url, room)
    digest = '"part": "digest"'
    await _die_at(
        world,
        ("chat.postMessage", "before", digest),
        ("chat.postMessage", "after", digest),
        ("conversations.history", "after", room),
    )
    program = await world.start()
    await world.slack.until(lambda: _looks(world, room) == 3, timeout=30)
    assert await end(program) == 0  # it finishes what it has begun
    with closing(sqlite3.connect(world.folder / "duel.db")) as stored:
        assert stored.execute("SELECT status FROM job WHERE kind = 'digest'").fetchall() == [("done",)]
    (message,) = world.slack.messages(room)
    assert "Duel digest" in message["text"]


@pytest.mark.parametrize(("when", "pictures"), [("before", 0), ("after", 1)])
async def test_a_digest_whose_picture_was_being_sent_is_posted_once_and_its_picture_at_most_once(
    world: Programs, when: Literal["before", "after"], pictures: int
) -> None:
    room = await world.slack.add_channel("weekly", members=[world.slack.bot_user_id])
    minute = datetime.now(UTC).replace(second=0, microsecond=0)
    for number, topic in enumerate(("coding", "writing")):
        week = weeks_of(week_before(minute, UTC_ZONE).until, 1, ["lll"] * 4, topic=topic)
        await hold(world.database_url, world.slack.team_id, room, week, first=100 * (number + 1))
    await due_at(minute, world.slack, world.database_url, room)
    await world.slack.levers.refuse_blocks("data_visualization")
    await _die_at(
        world,
        ("chat.postMessage", "after", '"part": "digest without its chart"'),
        ("files.completeUploadExternal", when, ""),
    )
    before = len(world.slack.calls)
    program = await world.start()
    await world.slack.until(  # it looks up links for what it would post
        lambda: any(call.method == "chat.getPermalink" for call in world.slack.calls[before:]), timeout=30
    )
    assert await end(program) == 0  # it finishes what it has begun
    with closing(sqlite3.connect(world.folder / "duel.db")) as stored:
        assert stored.execute("SELECT status FROM job WHERE kind = 'digest'").fetchall() == [("done",)]
    digest, *others = world.slack.messages(room)
    assert "Duel digest" in digest["text"]
    assert [(at["thread_ts"], len(at["files"])) for at in others] == [(digest["ts"], 1)] * pictures


async def test_operators_are_told_once_of_a_pause_and_once_of_its_end_whoever_dies_meanwhile(
    world: Programs,
) -> None:
    room = world.slack.channel("random")
    await world.slack.join(world.slack.bot_user_id, room)
    world.right.will(fails(402, {"error": {"message": "Insufficient Balance"}}))
    settings = {"OPERATORS_CHANNEL": room}
    await _die_at(
        world,
        ("chat.postMessage", "before", "is paused"),
        ("chat.postMessage", "after", "is paused"),
        do=lambda: world.ask("for:3s why?"),
        settings=settings,
    )
    gate = asyncio.Event()
    world.right.will(says("Right.", wait_for=gate))
    program = await world.start(**settings)
    await world.right.until(lambda: bool(world.right.asked(PROBE)))
    await kill(program)
    gate.set()
    await _die_at(world, ("chat.postMessage", "after", "answers again"), settings=settings)
    program = await world.start(**settings)
    await world.slack.until(lambda: _looks(world, room) == 4, timeout=30)
    assert await end(program) == 0
    texts = [message["text"] for message in world.slack.messages(room)]
    told_of = [("is paused" in text, "answers again" in text) for text in texts]
    assert told_of == [(True, False), (False, True)]


async def test_whoever_looks_in_a_thread_for_an_earlier_post_may_die_over_it(world: Programs) -> None:
    world.left.will(says("\n\n".join(f"Paragraph {number}. " + "word " * 60 for number in range(12))))
    await _die_at(
        world,
        ("chat.postMessage", "after", "Paragraph 1"),
        ("conversations.replies", "before", ""),
        ("conversations.replies", "after", ""),
        do=lambda: world.ask("for:3s why?"),
    )
    program = await world.start()
    await world.slack.until(lambda: world.showing("Nobody voted"), timeout=60)
    assert await end(program) == 0
    parts = [str(message["blocks"]) for message in world.slack.messages(world.general)[1:]]
    assert len(parts) == len(set(parts)) == 2
    assert len(world.left.requests) == len(world.right.requests) == 1


async def test_whoever_dies_before_telling_the_asker_is_followed_by_one_who_does(world: Programs) -> None:
    ana = world.slack.person("ana")
    await world.slack.leave(world.slack.bot_user_id, world.general)
    await _die_at(
        world, ("response_url", "before", ""), ("response_url", "after", ""), do=lambda: world.ask("why?")
    )
    program = await world.start()
    await world.slack.until(lambda: len(world.slack.ephemerals(ana)) == 2)
    assert await end(program) == 0
    # to one person alone nothing can be looked for: rather told twice than never
    texts = {message["text"] for message in world.slack.ephemerals(ana)}
    assert texts == {"I am not in this channel. Type `/invite @Duel` here, then ask again."}
    assert not world.left.requests


async def test_a_command_that_was_written_down_and_never_acknowledged_is_one_duel(world: Programs) -> None:
    program = await world.start()
    # held before Slack hears it: to everybody else the program died between its commit and this
    stop = await world.slack.levers.stop_at("acknowledgement")
    asking = asyncio.create_task(world.ask("for:3s why?"))
    await asyncio.wait_for(stop.reached.wait(), 30)
    await kill(program)
    stop.release(take=False)
    with suppress(AssertionError, DeliveryError):
        await asking
    program = await world.start()
    await world.slack.until(lambda: world.showing("Nobody voted"), timeout=60)
    assert await end(program) == 0
    assert len(world.slack.messages(world.general)) == 1
    assert len(world.left.requests) == len(world.right.requests) == 1


@pytest.mark.parametrize(("when", "files"), [("before", 0), ("after", 1)])
async def test_a_file_that_was_being_sent_comes_at_most_once_and_the_asker_is_told(
    world: Programs, when: Literal["before", "after"], files: int
) -> None:
    ben = world.slack.person("ben")
    program = await world.start()
    await world.ask("for:1s why?")
    await world.slack.until(lambda: world.showing("Nobody voted"), timeout=60)
    assert await end(program) == 0
    await _die_at(
        world,
        ("files.completeUploadExternal", when, ""),
        do=lambda: world.slack.command(ben, world.general, "/duel", "export"),
    )
    program = await world.start()
    direct = world.slack.im(ben)
    await world.slack.until(
        lambda: any("ask for it again" in message["text"] for message in world.slack.messages(direct)),
        timeout=30,
    )
    assert await end(program) == 0
    assert sum(bool(message.get("files")) for message in world.slack.messages(direct)) == files
