"""Slack at its worst: lost answers, rate limits, missing scopes, a channel that is no more."""

import pytest

from tests.worlds.story import LEFT, Story


async def test_a_post_whose_answer_is_lost_is_looked_for_and_not_repeated(slack: Story) -> None:
    await slack.slack.levers.lose_reply("chat.postMessage")
    await slack.ask("ana", "why?")
    await slack.settled()
    await slack.later(seconds=2)
    (message,) = slack.messages
    assert "Left says blue." in str(message["blocks"])
    assert len(slack.left.requests) == 1


async def test_a_busy_channel_hides_no_post_of_unknown_fate(slack: Story) -> None:
    for number in range(5):
        await slack.slack.say(slack.slack.person("ben"), slack.general, f"long ago {number}")
    slack.clock.advance(24 * 3600)
    await slack.slack.levers.lose_reply("chat.postMessage")
    await slack.ask("ana", "why?")
    await slack.settled()
    for number in range(450):
        await slack.slack.say(slack.slack.person("ben"), slack.general, f"number {number}")
    await slack.later(seconds=2)
    (message,) = [one for one in slack.messages if one.get("bot_id")]
    assert "Left says blue." in str(message["blocks"])
    looks = [call.args for call in slack.slack.calls if call.method == "conversations.history"]
    assert len(looks) == 3
    assert all(slack.clock.now().timestamp() - float(look["oldest"]) < 660 for look in looks)


async def test_without_the_history_scope_a_duel_comes_rather_twice_than_never(slack: Story) -> None:
    await slack.slack.levers.revoke_scope("channels:history", "groups:history")
    await slack.slack.levers.lose_reply("chat.postMessage")
    await slack.ask("ana", "why?")
    await slack.settled()
    await slack.later(seconds=2)
    assert "Left says blue." in str(slack.messages[-1]["blocks"])


async def test_slack_failing_for_a_while_delays_a_duel_and_loses_nothing(slack: Story) -> None:
    await slack.slack.levers.fail_next("chat.postMessage", "fatal_error", times=2)
    await slack.ask("ana", "why?")
    await slack.settled()
    assert not slack.messages
    await slack.later(seconds=2)
    await slack.later(seconds=4)
    (message,) = slack.messages
    assert "Left says blue." in str(message["blocks"])


async def test_a_duel_that_cannot_be_posted_is_given_up_with_a_word_to_the_asker(slack: Story) -> None:
    await slack.slack.levers.fail_next("chat.postMessage", "restricted_action", times=20)
    await slack.ask("ana", "why?")
    for _ in range(6):
        await slack.later(minutes=1)
    assert "restricted_action" in slack.told("ana")
    assert not slack.left.requests


async def test_a_lost_update_of_the_answers_is_made_again_and_nothing_is_paid_twice(slack: Story) -> None:
    await slack.slack.levers.fail_next("chat.update", "fatal_error", times=6)
    await slack.ask("ana", "why?")
    await slack.settled()
    for _ in range(8):
        await slack.later(minutes=1)
    (message,) = slack.messages
    assert "Left says blue." in str(message["blocks"])
    assert len(slack.left.requests) == len(slack.right.requests) == 1


async def test_a_channel_archived_during_the_vote_ends_the_duel(slack: Story) -> None:
    duel = await slack.duel("ana", "why?")
    await slack.slack.archive(slack.general)
    await slack.later(hours=24)
    assert LEFT not in slack.text(duel)
    calls = len(slack.slack.calls)
    await slack.later(hours=24)
    assert len(slack.slack.calls) == calls


@pytest.mark.socket_mode
async def test_a_dropped_socket_is_opened_again_and_votes_go_on(slack: Story) -> None:
    duel = await slack.duel("ana", "why?")
    await slack.slack.levers.drop_socket()
    await slack.slack.connected()
    await slack.react("ben", duel, "a")
    await slack.later(hours=24)
    assert "1 to 0" in slack.text(duel)


async def test_no_message_unfurls_anything_and_every_one_has_a_fallback_text(slack: Story) -> None:
    duel = await slack.duel("ana", "why?")
    await slack.reveal("ana", duel)
    shown = [c for c in slack.slack.calls if c.method in ("chat.postMessage", "chat.update")]
    assert len(shown) >= 3
    for call in shown:
        assert call.args["text"].strip()
        if call.method == "chat.postMessage":
            assert call.args["unfurl_links"] in (False, "0", "false", "False")
            assert call.args["unfurl_media"] in (False, "0", "false", "False")


async def test_a_rate_limit_is_waited_for_as_long_as_slack_says_and_loses_nothing(slack: Story) -> None:
    await slack.slack.levers.fail_next("chat.postMessage", "ratelimited", retry_after=40)
    await slack.ask("ana", "why?")
    await slack.settled()
    await slack.later(seconds=39)
    assert not slack.messages
    await slack.later(seconds=1)
    (message,) = slack.messages
    assert "Left says blue." in str(message["blocks"])


async def test_slack_away_for_an_hour_ends_no_duel(slack: Story) -> None:
    duel = await slack.duel("ana", "for:10m why?")
    await slack.react("ben", duel, "a")
    await slack.slack.levers.fail_next("reactions.get", "fatal_error", times=1000)
    for _ in range(12):
        await slack.later(minutes=5)
    assert LEFT not in slack.text(duel)
    slack.slack.levers.forget_failures()
    await slack.later(minutes=5)
    assert "1 to 0" in slack.text(duel)


@pytest.mark.socket_mode
async def test_events_missed_while_the_socket_was_down_are_read_from_slack_when_it_is_back(
    world: Story,
) -> None:
    async with world.app(vote_quorum=2):
        duel = await world.duel("ana", "why?")
        await world.slack.levers.hold_events()
        await world.react("ben", duel, "b")
        await world.react("chloe", duel, "b")
        await world.slack.levers.release_events([])
        assert LEFT not in world.text(duel)
        await world.slack.levers.drop_socket()
        await world.slack.until(lambda: "2 to 0" in world.text(duel))
        assert "as soon as enough votes were in" in world.text(duel)


@pytest.mark.socket_mode
async def test_a_socket_silent_for_too_long_is_replaced(slack: Story) -> None:
    opened = "apps.connections.open"
    before = sum(call.method == opened for call in slack.slack.calls)
    slack.clock.advance(29 * 60)
    await slack.socket.watch()
    assert sum(call.method == opened for call in slack.slack.calls) == before
    slack.clock.advance(2 * 60)
    await slack.socket.watch()
    assert sum(call.method == opened for call in slack.slack.calls) == before + 1
    await slack.slack.connected()
    duel = await slack.duel("ana", "why?")
    assert "Left says blue." in slack.text(duel)


async def test_a_duel_whose_bot_is_removed_from_the_channel_ends_and_calls_slack_no_more(
    slack: Story,
) -> None:
    duel = await slack.duel("ana", "why?")
    await slack.slack.leave(slack.slack.bot_user_id, slack.general)
    await slack.slack.levers.fail_next("reactions.get", "not_in_channel")
    await slack.later(hours=24)
    assert LEFT not in slack.text(duel)
    calls = len(slack.slack.calls)
    await slack.later(hours=24)
    assert len(slack.slack.calls) == calls


async def test_a_token_that_stays_revoked_ends_the_duels_that_are_open_after_a_day(slack: Story) -> None:
    await slack.duel("ana", "for:10m why?")
    await slack.slack.levers.fail_next("reactions.get", "token_revoked", times=999)
    for _ in range(305):
        await slack.later(minutes=5)
    assert await slack.stored("SELECT state FROM duel") == [("void",)]
    assert await slack.stored("SELECT count(*) FROM job WHERE status = 'open'") == [(0,)]
