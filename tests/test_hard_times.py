"""Two troubles at once, and other things that a reviewer tried."""

import asyncio

import pytest
from sqlalchemy import text

from bot.errors import SettingsError
from storage.database import Database
from tests.worlds.provider import fails, says
from tests.worlds.story import LEFT, Shown, Story

LONG = "\n\n".join(f"Paragraph {number}. " + "word " * 60 for number in range(12))


async def _unseen(world: Story, person: str, duel: Shown, emoji: str) -> None:
    """A reaction of which Slack never tells us."""
    await world.slack.levers.hold_events()
    await world.react(person, duel, emoji)
    await world.slack.levers.release_events([])


async def test_where_one_fails_the_other_ones_long_answer_is_shown_whole(slack: Story) -> None:
    slack.left.will(fails(400, {"error": {"message": "Content Exists Risk"}}))
    slack.right.will(says(LONG))
    duel = await slack.duel("ana", "why?")
    assert "Only one of the two answered" in slack.text(duel)
    assert "Paragraph 11." in str(slack.thread(duel))


@pytest.mark.parametrize(("first", "second"), [("a", "b"), ("b", "a"), ("handshake", "a"), ("a", "-1")])
async def test_a_mind_changed_while_nobody_listened_is_the_newest_vote(
    slack: Story, first: str, second: str
) -> None:
    duel = await slack.duel("ana", "why?")
    await slack.react("ben", duel, first)
    await _unseen(slack, "ben", duel, second)
    await slack.later(hours=24)
    for _ in range(9):  # its event may still come
        await slack.later(seconds=10)
    emoji = {"-1": "thumbsdown"}.get(second, second)
    assert f"1 vote · :{emoji}:" in slack.text(duel)


@pytest.mark.socket_mode
async def test_what_was_seen_before_the_closing_closes_no_vote(slack: Story) -> None:
    duel = await slack.duel("ana", "for:10m why?")
    await slack.react("ben", duel, "a")
    stop = await slack.slack.levers.stop_at("reactions.get", "after")
    await slack.slack.levers.drop_socket()
    await stop.reached.wait()
    await slack.slack.connected()
    await slack.slack.levers.hold_events()
    await slack.unreact("ben", duel, "a")
    await slack.react("ben", duel, "b")
    await slack.slack.levers.release_events([])
    slack.clock.advance(600)
    stop.release()
    await slack.settled()
    await slack.later(seconds=1)
    assert "1 vote · :b:" in slack.text(duel)


async def test_another_bots_reaction_makes_no_quorum(world: Story) -> None:
    async with world.app(vote_quorum=2):
        duel = await world.duel("ana", "why?")
        await world.slack.become_bot(world.slack.person("ben"))
        await world.react("ben", duel, "a")
        await world.react("chloe", duel, "b")
        await world.settled()
        assert LEFT not in world.text(duel)
        await world.react("dev", duel, "b")
        await world.settled()
        assert "2 to 0" in world.text(duel)


@pytest.mark.parametrize("error", ["token_revoked", "invalid_auth", "account_inactive"])
@pytest.mark.parametrize("method", ["reactions.get", "chat.update"])
async def test_a_token_that_is_changed_in_time_ends_no_duel(slack: Story, method: str, error: str) -> None:
    duel = await slack.duel("ana", "for:10m why?")
    await slack.react("ben", duel, "a")
    await slack.slack.levers.fail_next(method, error, times=3)
    await slack.later(minutes=10)
    for _ in range(4):
        await slack.later(minutes=1)
    assert "1 to 0" in slack.text(duel)


async def test_a_message_deleted_during_the_reveal_takes_no_vote_away(slack: Story) -> None:
    duel = await slack.duel("ana", "for:10m why?")
    await slack.react("ben", duel, "a")
    await slack.slack.levers.fail_next("chat.update", "message_not_found")
    await slack.later(minutes=10)
    assert await slack.stored("SELECT state, void_reason FROM duel") == [("revealed", None)]
    assert await slack.stored("SELECT choice FROM ballot") == [("a",)]


async def test_a_look_up_that_fails_for_a_moment_doubles_nothing(slack: Story) -> None:
    await slack.slack.levers.lose_reply("chat.postMessage")
    await slack.slack.levers.fail_next("conversations.history", "fatal_error", times=5, http_status=500)
    await slack.ask("ana", "why?")
    await slack.settled()
    for _ in range(6):
        await slack.later(minutes=1)
    (message,) = slack.messages
    assert "Left says blue." in str(message["blocks"])


async def test_a_long_absence_of_slack_leaves_a_duel_its_own_attempts(slack: Story) -> None:
    duel = await slack.duel("ana", "for:10m why?")
    await slack.react("ben", duel, "a")
    await slack.slack.levers.fail_next("reactions.get", "fatal_error", times=6)
    await slack.slack.levers.fail_next("reactions.get", "missing_scope")
    for _ in range(12):
        await slack.later(minutes=5)
    assert "1 to 0" in slack.text(duel)


async def test_an_end_that_slack_will_not_show_whole_is_shown_without_the_answers(slack: Story) -> None:
    duel = await slack.duel("ana", "for:10m why?")
    await slack.react("ben", duel, "a")
    await slack.slack.levers.fail_next("chat.update", "invalid_blocks", times=6)
    for _ in range(8):
        await slack.later(minutes=10)
    assert "1 to 0" in slack.text(duel)
    assert "Left says blue." not in slack.text(duel)
    assert await slack.stored("SELECT count(*) FROM job WHERE status = 'open'") == [(0,)]


async def test_an_emoji_that_slack_does_not_know_is_left_out_of_the_offer_only(world: Story) -> None:
    async with world.app(vote_emoji="one,two,no_such_emoji,x"):
        duel = await world.duel("ana", "why?")
        assert "Which one is better?" in world.text(duel)
        assert [r["name"] for r in world.message(duel)["reactions"]] == ["one", "two", "x"]


@pytest.mark.parametrize("names", ["a,b,handshake", "a,a,b,b", "a,b,thumbsdown,-1", ":a:,b,,x"])
async def test_emoji_that_cannot_tell_four_choices_apart_are_refused(world: Story, names: str) -> None:
    with pytest.raises(SettingsError, match="VOTE_EMOJI"):
        async with world.app(vote_emoji=names):
            pass


async def test_reveal_pressed_before_the_vote_is_open_is_not_called_over(slack: Story) -> None:
    stop = await slack.slack.levers.stop_at("reactions.add", nth=2)
    await slack.ask("ana", "why?")
    await stop.reached.wait()
    (message,) = slack.messages
    await slack.slack.click(slack.slack.person("ana"), slack.general, message["ts"], "reveal_duel")
    await slack.slack.until(lambda: "One moment" in slack.told("ana"))
    stop.release()
    await slack.settled()
    await slack.slack.click(slack.slack.person("ana"), slack.general, message["ts"], "reveal_duel")
    await slack.settled()
    assert LEFT in str(slack.messages)


@pytest.mark.socket_mode
async def test_a_new_duel_does_not_wait_for_votes_that_slack_will_not_let_us_look_at(slack: Story) -> None:
    for number in range(52):
        await slack.ask("ana", f"question {number}")
    await slack.settled()
    await slack.slack.levers.fail_next("reactions.get", "ratelimited", times=1000, retry_after=20)
    await slack.slack.levers.drop_socket()
    await slack.slack.connected()
    await slack.ask("ben", "a new one")
    await slack.slack.until(
        lambda: any("a new one" in str(m) and "Which one is better?" in str(m) for m in slack.messages)
    )


@pytest.mark.socket_mode
@pytest.mark.parametrize("method", ["auth.test", "apps.connections.open"])
async def test_slacks_own_trouble_at_the_start_is_not_blamed_on_the_token(world: Story, method: str) -> None:
    await world.slack.levers.fail_next(method, "internal_error", times=9)
    with pytest.raises(SettingsError, match="Slack cannot be reached") as caught:
        async with world.app():
            pass
    assert "TOKEN" not in str(caught.value)


async def test_the_parts_in_the_thread_come_in_the_order_of_the_sides_not_of_the_speed(world: Story) -> None:
    for left_s, right_s in ((9.0, 0.1), (0.1, 9.0)):
        world.left.will(says(LONG, after_s=left_s, for_s=left_s))
        world.right.will(says(LONG, after_s=right_s, for_s=right_s))
        async with world.app():
            duel = await world.duel("ana", f"why after {left_s}?")
            assert [part["text"][:8] for part in world.thread(duel)] == ["Answer A", "Answer B"]


async def test_a_deleted_message_voids_the_duel_in_the_books(slack: Story) -> None:
    duel = await slack.duel("ana", "why?")
    await slack.slack.delete_message(duel.channel, duel.ts)
    await slack.later(hours=24)
    assert await slack.stored("SELECT state, void_reason FROM duel") == [
        ("void", "The duel's message was deleted.")
    ]


async def test_a_message_deleted_while_the_models_answer_stops_them(slack: Story) -> None:
    gate = asyncio.Event()
    slack.right.will(says("Late.", wait_for=gate))
    await slack.ask("ana", "why?")
    await slack.slack.until(lambda: any("One answer is in" in payload for payload in slack.sent))
    (message,) = slack.messages
    await slack.slack.levers.fail_next("chat.update", "message_not_found", times=9)
    await slack.slack.delete_message(slack.general, message["ts"])
    gate.set()
    await slack.settled()
    assert await slack.stored("SELECT state FROM duel") == [("void",)]


async def test_a_prompt_too_long_for_the_card_stands_whole_in_the_thread(slack: Story) -> None:
    prompt = " ".join(f"word{number}" for number in range(900))
    duel = await slack.duel("ana", prompt)
    assert "The whole prompt stands in the thread." in slack.text(duel)
    quoted = [m["blocks"][0]["elements"][0]["elements"][0]["text"] for m in slack.thread(duel)]
    assert "".join(quoted) == prompt


async def test_an_error_of_the_database_puts_no_prompt_and_no_way_to_people_into_the_log(
    slack: Story, caplog: pytest.LogCaptureFixture
) -> None:
    database = Database(slack.database_url)
    async with database.write() as connection:  # as where an older program meets newer tables
        await connection.execute(text("ALTER TABLE duel RENAME COLUMN round TO rounds"))
    await database.close()
    ack = await slack.ask("ben", "the secret of Ben?")
    assert "Something broke inside Duel" in ack.text
    assert "INSERT INTO duel" in caplog.text
    assert "secret of Ben" not in caplog.text
    assert "/response/" not in caplog.text
