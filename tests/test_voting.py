"""Votes as people cast them, and as Slack delivers them."""

import pytest

from tests.worlds.story import LEFT, RIGHT, Shown, Story


async def _result(world: Story, duel: Shown) -> str:
    await world.later(hours=24)
    await world.later(seconds=10)  # who has several on is waited for: an event may be on its way
    return world.text(duel)


async def test_the_newest_reaction_of_a_person_is_their_vote(slack: Story) -> None:
    duel = await slack.duel("ana", "why?")
    await slack.react("ben", duel, "a")
    await slack.react("ben", duel, "handshake")
    assert ":handshake: equally good 1" in await _result(slack, duel)
    assert "1 vote ·" in slack.text(duel)


async def test_a_withdrawn_reaction_gives_back_the_earlier_vote(slack: Story) -> None:
    duel = await slack.duel("ana", "why?")
    await slack.react("ben", duel, "a")
    await slack.react("ben", duel, "thumbsdown")
    await slack.unreact("ben", duel, "thumbsdown")
    assert "wins this one*, 1 to 0" in await _result(slack, duel)


async def test_one_who_takes_everything_off_has_no_vote(slack: Story) -> None:
    duel = await slack.duel("ana", "why?")
    await slack.react("ben", duel, "b")
    await slack.unreact("ben", duel, "b")
    assert "Nobody voted." in await _result(slack, duel)


async def test_events_doubled_and_backwards_give_the_same_votes(slack: Story) -> None:
    duel = await slack.duel("ana", "why?")
    await slack.slack.levers.deliver_twice()
    await slack.slack.levers.hold_events()
    await slack.react("ben", duel, "a")
    await slack.react("ben", duel, "b")
    await slack.unreact("ben", duel, "b")
    await slack.react("chloe", duel, "thumbsdown")
    await slack.slack.levers.release_events("lifo")
    await slack.delivered()
    text = await _result(slack, duel)
    assert "wins this one*, 1 to 0" in text
    assert "2 votes" in text


async def test_votes_whose_events_never_came_are_read_from_slack_before_closing(slack: Story) -> None:
    duel = await slack.duel("ana", "why?")
    await slack.slack.levers.hold_events()
    await slack.react("ben", duel, "b")
    await slack.react("chloe", duel, "b")
    await slack.slack.levers.release_events([])
    text = await _result(slack, duel)
    assert "2 to 0" in text


@pytest.mark.parametrize("last", ["b", "handshake"])
async def test_events_still_on_their_way_at_the_end_are_waited_for(slack: Story, last: str) -> None:
    duel = await slack.duel("ana", "why?")
    await slack.react("ben", duel, "a")
    await slack.slack.levers.hold_events()
    for name in {"b": "handshake", "handshake": "b"}[last], last:
        await slack.react("ben", duel, name)
    await slack.later(hours=24)
    await slack.later(seconds=89)
    assert LEFT not in slack.text(duel)
    await slack.slack.levers.release_events("lifo")
    await slack.delivered()
    await slack.later(seconds=10)
    said = {"b": "wins this one*, 1 to 0", "handshake": ":handshake: equally good 1"}
    assert said[last] in slack.text(duel)


@pytest.mark.socket_mode
async def test_votes_told_of_during_a_look_at_slack_are_not_undone_by_what_it_saw(slack: Story) -> None:
    duel = await slack.duel("ana", "why?")
    stop = await slack.slack.levers.stop_at("reactions.get", "after")
    await slack.slack.levers.drop_socket()
    await stop.reached.wait()
    await slack.slack.connected()
    for name in "b", "a", "handshake":
        await slack.react("ben", duel, name)
    stop.release()
    await slack.settled()
    await slack.later(hours=24)
    await slack.later(seconds=10)
    assert ":handshake: equally good 1" in slack.text(duel)


async def test_a_choice_put_on_again_at_the_end_is_the_newest_though_its_events_come_late(
    slack: Story,
) -> None:
    duel = await slack.duel("ana", "why?")
    await slack.react("ben", duel, "handshake")
    await slack.react("ben", duel, "a")
    await slack.slack.levers.hold_events()
    await slack.unreact("ben", duel, "handshake")
    await slack.react("ben", duel, "handshake")
    await slack.later(hours=24)
    assert LEFT not in slack.text(duel)
    await slack.slack.levers.release_events()
    await slack.delivered()
    await slack.later(seconds=10)
    assert ":handshake: equally good 1" in slack.text(duel)


async def test_an_event_that_never_comes_is_not_waited_for_for_ever(slack: Story) -> None:
    duel = await slack.duel("ana", "why?")
    await slack.slack.levers.hold_events()
    await slack.react("ben", duel, "a")
    await slack.react("ben", duel, "b")
    await slack.slack.levers.release_events([])
    await slack.later(hours=24)
    for _ in range(9):
        assert LEFT not in slack.text(duel)
        await slack.later(seconds=10)
    assert "wins this one*, 1 to 0" in slack.text(duel)


async def test_a_vote_taken_off_while_nobody_listened_does_not_count(slack: Story) -> None:
    duel = await slack.duel("ana", "why?")
    await slack.react("ben", duel, "b")
    await slack.slack.levers.hold_events()
    await slack.unreact("ben", duel, "b")
    await slack.slack.levers.release_events([])
    assert "Nobody voted." in await _result(slack, duel)


async def test_a_late_vote_changes_no_result(slack: Story) -> None:
    duel = await slack.duel("ana", "why?")
    await slack.react("ben", duel, "a")
    text = await _result(slack, duel)
    await slack.react("chloe", duel, "b")
    await slack.react("dev", duel, "b")
    await slack.later(hours=1)
    assert slack.text(duel) == text


async def test_the_bots_own_reactions_are_no_votes(slack: Story) -> None:
    duel = await slack.duel("ana", "why?")
    assert "Nobody voted." in await _result(slack, duel)


async def test_other_emoji_are_no_votes(slack: Story) -> None:
    duel = await slack.duel("ana", "why?")
    await slack.react("ben", duel, "tada")
    assert "Nobody voted." in await _result(slack, duel)


async def test_a_thumb_of_any_skin_is_a_thumb(slack: Story) -> None:
    duel = await slack.duel("ana", "why?")
    await slack.react("ben", duel, "-1::skin-tone-4")
    assert ":thumbsdown: both bad 1" in await _result(slack, duel)


async def test_two_duels_in_one_channel_keep_their_votes_apart(slack: Story) -> None:
    first = await slack.duel("ana", "one?")
    second = await slack.duel("ben", "two?")
    await slack.react("chloe", first, "a")
    await slack.react("chloe", second, "b")
    await slack.react("dev", second, "b")
    await slack.later(hours=24)
    assert "1 to 0" in slack.text(first)
    assert "2 to 0" in slack.text(second)


async def test_the_emoji_can_be_chosen(world: Story) -> None:
    async with world.app(vote_emoji="one,two,scales,x"):
        duel = await world.duel("ana", "why?")
        assert ":scales:" in world.text(duel)
        await world.react("ben", duel, "two")
        await world.later(hours=24)
        text = world.text(duel)
        assert "1 to 0" in text
        assert LEFT in text
        assert RIGHT in text


@pytest.mark.parametrize("who", ["bot", "stranger"])
async def test_who_has_no_vote_gets_none_by_voting_during_the_last_look(world: Story, who: str) -> None:
    async with world.app(votes_of="team"):
        duel = await world.duel("ana", "why?")
        dev = world.slack.person("dev")
        await (world.slack.become_bot(dev) if who == "bot" else world.slack.become_stranger(dev))
        stop = await world.slack.levers.stop_at("reactions.get", "after")
        await world.slack.click(world.slack.person("ana"), duel.channel, duel.ts, "reveal_duel")
        await stop.reached.wait()
        await world.react("dev", duel, "a")
        await world.delivered()
        stop.release()
        await world.settled()
        await world.later(minutes=2)  # for events that may still be on their way
        assert "Nobody voted." in world.text(duel)
