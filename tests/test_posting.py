"""Slack at its worst: lost answers, rate limits, missing scopes, a channel that is no more."""

from tests.worlds.story import LEFT, Story


async def test_a_post_whose_answer_is_lost_is_looked_for_and_not_repeated(slack: Story) -> None:
    await slack.slack.levers.lose_reply("chat.postMessage")
    await slack.ask("ana", "why?")
    await slack.settled()
    await slack.later(seconds=2)
    (message,) = slack.messages
    assert "Left says blue." in str(message["blocks"])
    assert len(slack.left.requests) == 1


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
    for _ in range(4):
        await slack.later(seconds=20)
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
