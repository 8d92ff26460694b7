"""What a channel has settled holds for `/ask` as it does for `/duel`."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

from tests.test_channels import settle
from tests.worlds.bigger import THIRD, Bigger
from tests.worlds.provider import Provider, says
from tests.worlds.story import Shown, Story


def system(provider: Provider) -> list[Any]:
    """What it was told before each prompt; `None` where it was told nothing."""
    said = [request.body["messages"] for request in provider.requests]
    return [one[0]["content"] if one[0]["role"] == "system" else None for one in said]


def only(world: Story) -> Shown:
    (message,) = world.messages
    return Shown(world.general, message["ts"])


async def test_the_channels_pair_and_system_prompt_hold_there_and_nowhere_else(bigger: Bigger) -> None:
    world = bigger.world
    async with world.app(contenders=bigger.contenders(), ask_duel_share=0):
        ana, bot = world.slack.person("ana"), world.slack.bot_user_id
        other = await world.slack.add_channel("other", members=[bot, ana])
        await settle(world, pair=["third-id", "right-id"], system="Be brief.")
        shown = await world.question("ana", "why?")
        assert f"*{THIRD}* answered" in world.text(shown)
        assert system(bigger.third) == ["Be brief."]
        await world.ask("ana", "why?", other, command="/ask")
        await world.settled()
        await world.question("ana", "with:right-id,left-id why?")
    assert system(bigger.third) == ["Be brief."]
    assert system(world.left) == [None]
    assert system(world.right) == ["Be brief."]


async def test_its_limits_hold_and_the_system_prompt_counts(world: Story) -> None:
    async with world.app(usd_per_channel_a_day="0.003", ask_duel_share=0):
        plain = (await world.ask("ben", "why?", command="/ask")).text
        await settle(world, system="Be brief. " * 150)
        assert "may cost up to $0.0036" in plain
        assert "may cost up to $0.0066" in (await world.ask("ben", "why?", command="/ask")).text
    async with world.app(ask_duel_share=0):
        await settle(world, system="", duels_a_day="1")
        await world.question("ben", "why?")
        refused = await world.ask("ben", "why?", command="/ask")
        assert "This channel has had 1 question today; the limit is 1." in refused.text


async def test_where_its_limits_leave_no_room_for_a_duel_one_of_them_answers(world: Story) -> None:
    async with world.app(ask_duel_share=1):
        await settle(world, usd_a_day="0.005")
        await world.question("ben", "why?")
        assert (len(world.left.requests), len(world.right.requests)) == (1, 0)
        assert await world.stored("SELECT * FROM duel") == []


async def test_only_named_people_ask_where_that_is_settled(world: Story) -> None:
    async with world.app(ask_duel_share=0):
        await settle(world, starters="named", named=[world.slack.person("chloe")])
        refused = await world.ask("ben", "why?", command="/ask")
        assert "only people who are named in its settings start duels or use `/ask`" in refused.text
        assert await world.stored("SELECT * FROM question") == []
        await world.question("chloe", "why?")


async def test_where_only_members_ask_a_guest_is_told_and_nobody_is_asked(world: Story) -> None:
    async with world.app(duels_per_channel_a_day=1, ask_duel_share=0):
        await settle(world, starters="members")
        await world.slack.become_guest(world.slack.person("ben"))
        assert (await world.ask("ben", "why?", command="/ask")).ok
        await world.settled()
        assert "only members of the workspace start duels or use `/ask`" in world.told("ben")
        assert world.messages == []
        assert not world.left.requests
        await world.question("chloe", "why?")  # the other one has asked nobody, and does not count


async def test_a_duel_that_comes_of_it_is_held_under_the_channels_rules(world: Story) -> None:
    async with world.app(ask_duel_share=1):
        await settle(
            world,
            system="Be brief.",
            signs="one, two, scales, x",
            vote_for="10m",
            quorum="2",
            voters="members",
            reveal="anyone",
        )
        await world.slack.become_guest(world.slack.person("dev"))
        await world.ask("ana", "why?", command="/ask")
        await world.settled()
        duel = only(world)
        assert [r["name"] for r in world.message(duel)["reactions"]] == ["one", "two", "scales", "x"]
        assert system(world.left) == system(world.right) == ["Be brief."]
        rules = "SELECT vote_for_s, quorum, voters, members_only FROM duel"
        assert await world.stored(rules) in ([(600, 2, "members", 0)], [(600, 2, "members", False)])
        for person in ("ben", "dev"):
            await world.react(person, duel, "one")
        await world.settled()
        assert "Hidden" not in world.text(duel)  # a guest's does not count
        await world.reveal("chloe", duel)
        assert "1 vote" in world.text(duel)


async def test_a_question_keeps_what_it_was_asked_under(world: Story) -> None:
    gate = asyncio.Event()
    world.left.will(says("Late.", wait_for=gate), says("Blue."))
    async with AsyncExitStack() as first:
        await first.enter_async_context(world.app(ask_duel_share=0))
        await settle(world, system="One word.")
        await world.ask("ben", "why?", command="/ask")
        await world.left.until(lambda: world.left.open == 1)
        await settle(world, system="A long poem.")
    async with world.app(ask_duel_share=0):
        await world.later(seconds=1)
        assert "Blue." in world.text(only(world))
    assert system(world.left) == ["One word.", "One word."]
