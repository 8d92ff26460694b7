"""A duel that its asker takes back while the contenders are at it."""

import asyncio

import pytest

import bot.life
from tests.worlds.provider import says
from tests.worlds.story import Shown, Story


async def under_way(world: Story, gate: asyncio.Event) -> Shown:
    """A duel whose right-hand answer is half there, and whose left-hand one is stored."""
    world.right.will(says("Right says Rayleigh.", wait_for=gate))
    await world.ask("ana", "why?")
    await world.slack.until(lambda: any("One answer is in" in world.text(at) for at in world.by_the_app()))
    (duel,) = world.by_the_app()
    return duel


async def cancel(world: Story, person: str, duel: Shown) -> None:
    await world.slack.click(world.slack.person(person), duel.channel, duel.ts, "cancel_duel")


async def test_the_asker_cancels_and_both_streams_end(slack: Story) -> None:
    duel = await under_way(slack, asyncio.Event())
    await cancel(slack, "ana", duel)
    await slack.settled()
    assert slack.right.open == 0
    text = slack.text(duel)
    assert "Cancelled by the asker." in text
    assert "Reveal now" not in text
    assert await slack.stored("SELECT state FROM duel") == [("void",)]
    assert len(slack.right.requests) == 1


async def test_nobody_else_can_cancel(slack: Story) -> None:
    gate = asyncio.Event()
    duel = await under_way(slack, gate)
    await cancel(slack, "ben", duel)
    assert "Only the person who asked can cancel" in slack.told("ben")
    gate.set()
    await slack.settled()
    assert "Which one is better?" in slack.text(duel)


async def test_what_was_not_used_is_given_back_to_the_budget(world: Story) -> None:
    async with world.app(usd_per_channel_a_day="1"):
        duel = await under_way(world, asyncio.Event())
        ((reserved,),) = await world.stored("SELECT max(nano_usd) FROM spending")
        await cancel(world, "ana", duel)
        await world.settled()
        ((kept, broken_off),) = await world.stored("SELECT min(nano_usd), max(nano_usd) FROM spending")
    assert kept == 140_000  # what the stored answer cost
    assert kept < broken_off < reserved / 2


async def test_what_another_process_runs_is_cancelled_as_well(
    world: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.life, "PROGRESS_EVERY", 0.05)
    world.over_http = True  # what Slack sends goes to the one that came last
    async with world.app():
        duel = await under_way(world, asyncio.Event())
        async with world.app():
            await cancel(world, "ana", duel)
            await world.settled()
    assert "Cancelled by the asker." in world.text(duel)
    assert world.right.open == 0


async def test_a_duel_that_is_cancelled_while_its_answers_are_being_shown_has_no_vote(slack: Story) -> None:
    gate = asyncio.Event()
    duel = await under_way(slack, gate)
    showing = await slack.slack.levers.stop_at("chat.update", "before", saying="Which one is better?")
    gate.set()
    await asyncio.wait_for(showing.reached.wait(), 30)
    await cancel(slack, "ana", duel)
    showing.release()
    await slack.settled()
    assert "Cancelled by the asker." in slack.text(duel)
    assert await slack.stored("SELECT state FROM duel") == [("void",)]


async def test_once_the_vote_is_open_there_is_nothing_to_cancel(slack: Story) -> None:
    duel = await slack.duel("ana", "why?")
    assert "cancel_duel" not in slack.text(duel)
