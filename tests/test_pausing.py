"""A contender whose provider refuses us is paused, its operators are told, and it comes back by itself."""

import logging
from datetime import timedelta
from typing import Any

import pytest

from bot.contenders.probe import PROBE
from bot.pausing import wait_after
from tests.worlds.bigger import Bigger
from tests.worlds.provider import Reply, fails, says
from tests.worlds.story import LEFT, Story

BROKE = fails(402, {"error": {"message": "Insufficient Balance"}})
NO_KEY = fails(401, {"error": {"message": "no such key"}})
BUSY = fails(503)


def ops(world: Story) -> str:
    return world.slack.channel("random")


def notices(world: Story) -> list[str]:
    """What the operators were told."""
    return [str(message) for message in world.slack.messages(ops(world))]


async def told_of(world: Story) -> dict[str, Any]:
    """Settings with an operators' channel that Duel is a member of."""
    await world.slack.join(world.slack.bot_user_id, ops(world))
    return {"operators_channel": ops(world)}


@pytest.mark.parametrize(
    ("reply", "why"),
    [(BROKE, "its account is out of credit or quota"), (NO_KEY, "its provider refuses the API key")],
)
async def test_out_of_credit_or_with_a_refused_key_a_contender_is_paused_and_operators_are_told_once(
    world: Story, reply: Reply, why: str
) -> None:
    async with world.app(**await told_of(world)):
        world.left.will(reply)
        await world.duel("ana", "why?")
        await world.later(seconds=30)
        (notice,) = notices(world)
        assert f"*{LEFT}* (`left-id`) is paused: {why}." in notice
        ack = await world.ask("ben", "and why?")
        assert f"“left-id” is paused since 2026-11-24 12:00 UTC: {why}." in ack.text
        assert "Only right-id is ready here." in ack.text
        assert len(world.left.requests) == len(world.right.requests) == 1
        assert await world.stored("SELECT count(*) FROM duel") == [(1,)]


async def test_a_refusal_names_others_that_are_ready_and_they_duel(bigger: Bigger) -> None:
    async with bigger.app() as world:
        world.left.will(BROKE)
        await world.duel("ana", "why?")
        ack = await world.ask("ana", "why?")
        assert (
            "Ready here: right-id, third-id. Name two of them: `/duel with:right-id,third-id …`" in ack.text
        )
        await world.duel("ana", "with:right-id,third-id why?")


async def test_a_contender_that_fails_for_another_reason_is_not_paused(world: Story) -> None:
    async with world.app():
        world.left.will(fails(400, {"error": {"message": "The supported API model names are x"}}))
        await world.duel("ana", "why?")
        await world.duel("ana", "why?")
        assert await world.stored("SELECT * FROM pause") == []


async def test_it_is_probed_less_and_less_often_by_a_tiny_call_and_resumed_with_one_notice(
    world: Story,
) -> None:
    async with world.app(**await told_of(world)):
        world.left.will(BROKE)
        await world.duel("ana", "why?")
        probed: list[int] = []
        for minute in range(1, 20):
            await world.later(minutes=1)
            if len(world.left.asked(PROBE)) > len(probed):
                probed.append(minute)
        assert probed == [1, 3, 7, 15]
        assert all(request.body["max_tokens"] == 16 for request in world.left.asked(PROBE))
        assert len(notices(world)) == 1
        world.left.will(says("ready"))
        await world.later(minutes=12)
        _, resumed = notices(world)
        assert f"*{LEFT}* (`left-id`) answers again" in resumed
        await world.duel("ana", "why?")
        await world.later(hours=3)
        assert len(world.left.asked(PROBE)) == 5
        assert len(notices(world)) == 2


def test_the_waits_between_probes_grow_to_an_hour() -> None:
    minutes = [wait_after(probes) / timedelta(minutes=1) for probes in range(100)]
    assert minutes[:8] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert set(minutes[8:]) == {60}


async def test_a_probe_that_fails_for_another_reason_leaves_it_paused(world: Story) -> None:
    async with world.app():
        world.left.will(NO_KEY, BUSY)
        await world.duel("ana", "why?")
        await world.later(minutes=1)
        assert world.left.asked(PROBE)
        assert "is paused" in (await world.ask("ana", "why?")).text


async def test_two_processes_know_of_the_pause_tell_of_it_once_and_probe_once(world: Story) -> None:
    changes = await told_of(world)
    async with world.app(**changes), world.app(**changes):
        world.left.will(BROKE)
        await world.duel("ana", "why?")
        for _ in range(4):
            assert "is paused" in (await world.ask("ana", "why?")).text
        await world.later(minutes=1)
        assert len(world.left.asked(PROBE)) == 1
        assert len(notices(world)) == 1


async def test_started_anew_it_probes_at_once_for_the_key_may_be_another(world: Story) -> None:
    changes = await told_of(world)
    async with world.app(**changes):
        world.left.will(NO_KEY)
        await world.duel("ana", "why?")
        for minutes in (1, 2, 4, 8):
            await world.later(minutes=minutes)
        assert len(world.left.asked(PROBE)) == 4
    world.left.will(says("ready"))
    async with world.app(**changes):
        await world.later(seconds=1)
        await world.duel("ana", "why?")
    assert len(notices(world)) == 2


async def test_a_pause_outlives_its_process(world: Story) -> None:
    async with world.app():
        world.left.will(BROKE)
        await world.duel("ana", "why?")
    async with world.app():
        assert "is paused" in (await world.ask("ana", "why?")).text


async def test_a_notice_whose_answer_is_lost_is_looked_for_and_not_repeated(world: Story) -> None:
    async with world.app(**await told_of(world)):
        world.left.will(BROKE, says("ready"))
        await world.duel("ana", "why?")
        await world.slack.levers.lose_reply("chat.postMessage")
        await world.later(minutes=1)
        await world.later(seconds=5)
        assert len(notices(world)) == 2
        await world.duel("ana", "why?")


@pytest.mark.parametrize("channel", ["unset", "elsewhere"])
async def test_where_operators_cannot_be_told_the_log_is_and_probing_goes_on(
    world: Story, caplog: pytest.LogCaptureFixture, channel: str
) -> None:
    caplog.set_level(logging.WARNING)
    async with world.app(operators_channel=None if channel == "unset" else ops(world)):
        world.left.will(BROKE)
        await world.duel("ana", "why?")
        await world.later(minutes=1)
        await world.later(minutes=2)
        world.left.will(says("ready"))
        await world.later(minutes=4)
        await world.duel("ana", "why?")
    said = [record.getMessage() for record in caplog.records if "OPERATORS_CHANNEL" in record.getMessage()]
    assert len(said) == 2
    assert "is paused" in said[0]
    assert "answers again" in said[1]


async def test_a_contender_taken_off_the_roster_is_probed_no_more(bigger: Bigger) -> None:
    async with bigger.app() as world:
        bigger.third.will(BROKE)
        await world.duel("ana", "with:left-id,third-id why?")
    async with bigger.world.app() as worker:
        await bigger.world.later(minutes=1)
        await worker.idle()
        assert await bigger.world.stored("SELECT count(*) FROM pause WHERE resumed_at IS NULL") == [(0,)]
    assert not bigger.third.asked(PROBE)
