"""App Home: one's own page, made anew when it is opened, and nobody else's."""

import json
from datetime import UTC, datetime
from typing import Any

from syrupy.assertion import SnapshotAssertion

from tests.test_channels import shown
from tests.worlds.history import Held, hold, weeks_of
from tests.worlds.story import Story

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


async def page(world: Story, person: str) -> dict[str, Any]:
    """Open App Home, and look."""
    await world.slack.open_home(world.slack.person(person))
    await world.settled()
    view = world.slack.home_view(world.slack.person(person))
    assert view is not None
    return view


def everything(view: dict[str, Any]) -> str:
    return json.dumps(view["blocks"], ensure_ascii=False)


async def choose(world: Story, person: str, action: str, value: str) -> str:
    user = world.slack.person(person)
    view = world.slack.home_view(user)
    assert view is not None
    picked = {"text": {"type": "plain_text", "text": "x"}, "value": value}
    assert (await world.slack.click_in_view(user, view["id"], action, selected_option=picked)).ok
    await world.settled()
    fresh = world.slack.home_view(user)
    assert fresh is not None
    return everything(fresh)


async def test_it_says_what_duel_is_and_how_to_try_it(slack: Story, snapshot: SnapshotAssertion) -> None:
    view = await page(slack, "ana")
    assert view["blocks"] == snapshot
    ana = slack.slack.person("ana")
    assert (await slack.slack.click_in_view(ana, view["id"], "home_try")).ok
    assert "A new duel" in shown(slack)


async def test_it_lists_ones_own_duels_and_votes_and_nobody_elses(slack: Story) -> None:
    mine = await slack.duel("ana", "mine?")
    await slack.react("ben", mine, "a")
    theirs = await slack.duel("chloe", "theirs?")
    anas, bens, devs = [everything(await page(slack, who)) for who in ("ana", "ben", "dev")]
    assert "“mine?”" in anas
    assert "asked by you" in anas
    assert "you said" not in anas
    assert "you said A" in bens
    assert f"/archives/{mine.channel}/p{mine.ts.replace('.', '')}" in bens
    assert "None yet." in devs
    assert all("theirs?" not in at for at in (anas, bens, devs))
    assert all("Hidden" not in at for at in (anas, bens, devs))  # the vote is open
    await slack.reveal("ana", mine)
    bens = everything(await page(slack, "ben"))
    assert "won, of 1 vote" in bens
    assert "you said Hidden" in bens
    await slack.unreact("ben", mine, "a")
    assert "you said Hidden" in everything(await page(slack, "ben"))  # as it was counted
    await slack.reveal("chloe", theirs)


async def test_it_shows_the_newest_ten(world: Story) -> None:
    async with world.app(duels_per_person_a_day=20):
        for number in range(12):
            await world.ask("ana", f"number {number}?")
            world.clock.advance(1)
        await world.settled()
        said = everything(await page(world, "ana"))
        assert "number 11?" in said
        assert "number 2?" in said
        assert "number 1?" not in said
        assert "You, today: 8 of 20 duels" in said


async def test_the_standings_follow_their_window_and_topic_and_claim_no_more_than_stats_do(
    world: Story,
) -> None:
    past = weeks_of(MONDAY, 12, ["lll", "ll", "lr", "lll"], topic="coding")
    await hold(world.database_url, world.slack.team_id, world.general, [*past, Held(MONDAY, "r", "writing")])
    async with world.app():
        ever = everything(await page(world, "ana"))
        assert "Standings · all time · all channels" in ever
        assert "49 duels" in ever
        week = await choose(world, "ana", "home_window", "7d")
        assert "Standings · the last 7 days" in week
        assert "No verdict yet" in week
        writing = await choose(world, "ana", "home_topic", "writing")
        assert "the last 7 days · all channels · writing" in writing
        assert "1 duel," in writing
        assert "the last 7 days · all channels · writing" in everything(await page(world, "ana"))
        assert "all time · all channels" in everything(await page(world, "ben"))
        assert "49 duels" in (await choose(world, "ana", "home_topic", "all")) + ever


async def test_opened_twice_and_out_of_order_the_newest_wish_is_shown(slack: Story) -> None:
    await page(slack, "ana")
    await slack.slack.levers.deliver_twice()
    await slack.slack.levers.hold_events()
    ana = slack.slack.person("ana")
    await slack.slack.open_home(ana)
    await choose_quietly(slack, "30d")
    await slack.slack.levers.release_events("lifo")
    await slack.settled()
    view = slack.slack.home_view(ana)
    assert view is not None
    assert "the last 30 days" in everything(view)


async def choose_quietly(world: Story, value: str) -> None:
    assert "the last 30 days" in await choose(world, "ana", "home_window", value)


async def test_slack_being_away_is_waited_for(slack: Story) -> None:
    await slack.slack.levers.fail_next("views.publish", "internal_error", times=2)
    await slack.slack.open_home(slack.slack.person("ana"))
    await slack.settled()
    for _ in range(3):
        await slack.later(seconds=10)
    assert slack.slack.home_view(slack.slack.person("ana")) is not None


async def test_a_channels_settings_open_from_there_for_those_who_may(slack: Story) -> None:
    for person, said in (("ana", "channel_settings"), ("ben", "Ask one of them")):
        view = await page(slack, person)
        user = slack.slack.person(person)
        ack = await slack.slack.click_in_view(
            user, view["id"], "home_settle", selected_conversation=slack.general
        )
        assert ack.ok
        assert said in shown(slack, person)
