"""Votes in secret: one with the emoji, seen by nobody else, and never lost."""

import asyncio

import pytest

from tests.worlds.story import LEFT, RIGHT, Story


async def test_a_secret_vote_counts_and_only_its_voter_sees_it(slack: Story) -> None:
    duel = await slack.duel("ana", "why?")
    before = slack.text(duel)
    paper = await slack.secretly("ben", duel, "b")
    assert "in secret: B is better" in paper["text"]
    assert slack.text(duel) == before
    assert not slack.told("ana")
    assert not [m for m in slack.messages if "secret:" in str(m)]
    await slack.later(hours=24)
    assert "1 to 0" in slack.text(duel)
    assert "B is better" not in str(slack.thread(duel))


async def test_a_secret_vote_is_changed_and_withdrawn_on_the_same_paper(slack: Story) -> None:
    duel = await slack.duel("ana", "why?")
    paper = await slack.secretly("ben", duel, "b")
    await slack.mark("ben", duel, paper, "tie")
    (shown,) = slack.slack.ephemerals(slack.slack.person("ben"))
    assert "Equally good" in shown["text"]
    await slack.mark("ben", duel, shown, "withdraw")
    (shown,) = slack.slack.ephemerals(slack.slack.person("ben"))
    assert "no vote on this duel yet" in shown["text"]
    assert "Withdraw" not in str(shown["blocks"])
    await slack.later(hours=24)
    assert "Nobody voted." in slack.text(duel)


async def test_of_emoji_and_secret_the_newest_counts_once(slack: Story) -> None:
    duel = await slack.duel("ana", "why?")
    await slack.react("ben", duel, "a")
    await slack.secretly("ben", duel, "b")
    await slack.secretly("chloe", duel, "a")
    await slack.react("chloe", duel, "handshake")
    paper = await slack.booth("chloe", duel)
    assert "by your emoji, which everybody sees: Equally good" in paper["text"]
    await slack.later(hours=24)
    await slack.later(minutes=2)  # for events that may still be on their way
    assert "2 votes" in slack.text(duel)
    assert "equally good 1" in slack.text(duel)
    assert "1 to 0" in slack.text(duel)
    assert sorted(await slack.stored("SELECT choice FROM ballot")) == [("b",), ("tie",)]
    await slack.press("dev", duel, "why_duel")
    assert "1 older emoji" in slack.told("dev")
    assert "taken off" not in slack.told("dev")


async def test_a_withdrawn_secret_vote_gives_the_emoji_back(slack: Story) -> None:
    duel = await slack.duel("ana", "why?")
    await slack.react("ben", duel, "a")
    await slack.secretly("ben", duel, "b")
    paper = await slack.secretly("ben", duel, "withdraw")
    assert "by your emoji, which everybody sees: A is better" in paper["text"]


@pytest.mark.socket_mode
async def test_slacks_own_count_drops_no_secret_vote_whatever_was_missed(slack: Story) -> None:
    duel = await slack.duel("ana", "why?")
    await slack.react("dev", duel, "a")
    await slack.slack.levers.hold_events()
    await slack.unreact("dev", duel, "a")
    await slack.slack.levers.release_events([])
    await slack.secretly("ben", duel, "b")
    await slack.slack.levers.drop_socket()
    await slack.slack.connected()
    await slack.later(hours=24)
    await slack.later(seconds=1)  # the look at the reconnection may have had the duel in hand at its end
    assert "1 vote " in slack.text(duel)


async def test_a_quorum_counts_both_ways(world: Story) -> None:
    async with world.app(vote_quorum=2):
        duel = await world.duel("ana", "why?")
        await world.react("ben", duel, "a")
        assert LEFT not in world.text(duel)
        await world.secretly("chloe", duel, "a")
        assert "2 to 0" in world.text(duel)


async def test_a_paper_left_open_past_the_end_says_that_it_is_over(slack: Story) -> None:
    duel = await slack.duel("ana", "why?")
    paper = await slack.secretly("ben", duel, "a")
    await slack.reveal("ana", duel)
    text = slack.text(duel)
    await slack.mark("ben", duel, paper, "b")
    assert "What counted for you: A is better." in slack.told("ben")
    assert slack.text(duel) == text
    assert await slack.stored("SELECT choice FROM ballot") == [("a",)]


async def test_a_latecomer_is_told_once_and_alone_why_it_does_not_count(slack: Story) -> None:
    duel = await slack.duel("ana", "why?")
    await slack.react("chloe", duel, "a")
    await slack.reveal("ana", duel)
    for emoji in ("b", "handshake"):
        await slack.react("ben", duel, emoji)
        await slack.react("chloe", duel, emoji)
    await slack.settled()
    assert slack.told("ben").count("does not count") == 1
    assert slack.told("chloe").count("What you had voted before does.") == 1
    assert not slack.told("ana")


async def test_one_whose_vote_was_counted_is_told_nothing_when_its_event_comes_late(slack: Story) -> None:
    duel = await slack.duel("ana", "why?")
    await slack.slack.levers.hold_events()
    await slack.react("ben", duel, "a")
    await slack.reveal("ana", duel)
    assert "1 to 0" in slack.text(duel)
    await slack.slack.levers.release_events("fifo")
    await slack.settled()
    assert not slack.told("ben")


async def test_the_result_says_who_was_faster_and_offers_why_and_a_rematch(slack: Story) -> None:
    duel = await slack.duel("ana", "as:facts for:1h why?")
    await slack.reveal("ana", duel)
    assert "for both" in slack.text(duel)
    await slack.press("ben", duel, "why_duel")
    assert "How this duel was counted" in str(slack.slack.ephemerals(slack.slack.person("ben"))[-1])
    assert len(slack.messages) == 1
    await slack.press("ben", duel, "rematch_duel")
    first, second = slack.messages
    assert f"asked by <@{slack.slack.person('ben')}>" in str(second)
    assert "why?" in str(second)
    assert LEFT not in str(second)
    assert RIGHT not in str(second)
    facts = await slack.stored("SELECT count(DISTINCT id), count(DISTINCT topic), min(vote_for_s) FROM duel")
    assert facts == [(2, 1, 3600)]
    assert first["ts"] != second["ts"]


async def test_a_double_click_on_rematch_is_one_duel_and_a_click_after_its_answers_another(
    slack: Story,
) -> None:
    duel, ben = await slack.duel("ana", "why?"), slack.slack.person("ben")
    await slack.reveal("ana", duel)
    stop = await slack.slack.levers.stop_at("chat.postMessage")
    both = [slack.slack.click(ben, duel.channel, duel.ts, "rematch_duel") for _ in range(2)]
    assert all(ack.ok for ack in await asyncio.gather(*both))
    await stop.reached.wait()
    await slack.slack.click(ben, duel.channel, duel.ts, "rematch_duel")  # they see nothing yet
    stop.release()
    await slack.settled()
    assert (len(slack.messages), len(slack.left.requests), len(slack.right.requests)) == (2, 2, 2)
    await slack.press("ben", duel, "rematch_duel")
    assert (len(slack.messages), len(slack.left.requests), len(slack.right.requests)) == (3, 3, 3)


async def test_limits_hold_for_a_rematch(world: Story) -> None:
    async with world.app(duels_per_channel_a_day=1):
        duel = await world.duel("ana", "why?")
        await world.reveal("ana", duel)
        await world.press("ben", duel, "rematch_duel")
        assert "the limit is 1" in world.told("ben")
        assert len(world.messages) == 1


@pytest.mark.parametrize("who", ["asker", "anyone"])
async def test_who_may_reveal_is_set(world: Story, who: str) -> None:
    async with world.app(reveal_by=who):
        duel = await world.duel("ana", "why?")
        await world.reveal("ben", duel)
        if who == "asker":
            assert "Only the person who asked" in world.told("ben")
            assert LEFT not in world.text(duel)
        else:
            assert f"revealed early by <@{world.slack.person('ben')}>" in world.text(duel)
