"""`/ask`: one answer by whom the votes support, and an honest line about why; once, whatever happens."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.test_digest import bare, digests, everything
from tests.worlds.history import hold, weeks_of
from tests.worlds.provider import fails, says
from tests.worlds.story import LEFT, RIGHT, Shown, Story, story

MONDAY = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
CLEAR = ["lll", "ll", "lr", "lll", "llr", "l", "lt"]
"""Votes of a week that the left one wins."""
BROKE = fails(402, {"error": {"message": "Insufficient Balance"}})
LONG = "\n\n".join(f"Paragraph {number}. " + "word " * 60 for number in range(40))


@pytest.fixture
async def one(tmp_path: Path) -> AsyncIterator[Story]:
    """A world on SQLite only: what is shown is the same on every database."""
    async with story(f"sqlite:///{tmp_path / 'one.db'}") as told:
        yield told


async def past(world: Story, weeks: int, a_week: list[str], **same: Any) -> None:
    await hold(
        world.database_url, world.slack.team_id, world.general, weeks_of(MONDAY, weeks, a_week, **same)
    )


def calls(world: Story) -> tuple[int, int]:
    return len(world.left.requests), len(world.right.requests)


def why(world: Story, shown: Shown) -> str:
    """The last line of a message."""
    return str(world.message(shown)["blocks"][-1]["elements"][0]["text"])


async def test_by_a_verdict_on_the_topic_that_the_asker_names(world: Story) -> None:
    await past(world, 4, CLEAR, topic="coding")
    world.left.will(says("Left says blue.", model="model-of-left"))
    async with world.app(ask_duel_share=1):
        shown = await world.question("ana", "as:coding reverse a list")
    assert calls(world) == (1, 0)
    text = world.text(shown)
    assert f"*{LEFT}*" in text
    assert "Left says blue." in text
    assert why(world, shown) == (
        f"*{LEFT}* answered: this team's votes prefer it to {RIGHT} on coding, 24 of 24 decided duels "
        "(evidence 808 to 1; 60 to 1 is asked for). Topic by the asker."
    )
    assert world.told("ana") == ""


async def test_as_it_reads(one: Story, snapshot: SnapshotAssertion) -> None:
    await past(one, 4, CLEAR, topic="coding")
    one.left.will(says("**Blue**, <@U1> ![x](http://x/y)", model="another-model"))
    async with one.app():
        shown = await one.question("ana", "why is the sky blue?")
    message = one.message(shown)
    assert message["text"] == snapshot(name="text")
    assert bare(message["blocks"]) == snapshot(name="blocks")


async def test_by_a_verdict_over_all_topics_where_the_topic_has_none(world: Story) -> None:
    await past(world, 4, CLEAR)
    async with world.app(ask_duel_share=1):
        shown = await world.question("ana", "as:writing a haiku")
    assert calls(world) == (1, 0)
    line = why(world, shown)
    assert f"this team's votes prefer it to {RIGHT} over all topics, 24 of 24" in line
    assert "On writing alone it is not known yet (0 duels)." in line


async def test_two_that_are_shown_to_be_equal_are_answered_by_the_cheaper_one(one: Story) -> None:
    await past(one, 4, ["l", "r", "t"] * 130, language=None)
    async with one.app(ask_duel_share=1):
        shown = await one.question("ana", "why?")
    assert calls(one) == (0, 1)
    line = why(one, shown)
    assert f"*{RIGHT}* answered: it and {LEFT} are equally good for this team over all prompts" in line
    assert f"It is the cheaper one: $0.000100 an answer here on average, and {LEFT} $0.000600." in line


@pytest.mark.parametrize("share", [0.0, 1.0])
async def test_where_nothing_is_known_it_says_so_and_takes_the_default_or_lets_both_duel(
    world: Story, share: float
) -> None:
    async with world.app(ask_duel_share=share):
        await world.ask("ana", "for:10m as:facts why?", command="/ask")
        await world.settled()
        (message,) = world.messages
        if share == 0:
            assert calls(world) == (1, 0)
            assert (
                f"*{LEFT}* answered. Whether this team prefers it to {RIGHT} on facts is not "
                "known yet: 0 duels so far, and 0 over all topics. Neither is known to be cheaper, so it is "
                "the first of the two in the settings." in everything(message)
            )
            return
        assert calls(world) == (1, 1)
        told = world.told("ana")
        assert (
            "is not known yet: 0 duels so far, and 0 over all topics. So both answer, unnamed, in a duel"
            in told
        )
        assert LEFT not in told + everything(message)
        assert RIGHT not in told + everything(message)
        assert "Which one is better?" in everything(message)
        assert await world.stored("SELECT topic, vote_for_s, state FROM duel") == [("facts", 600, "open")]
        assert await world.stored("SELECT fate, chosen FROM question") == [("dueled", None)]


async def test_a_lead_without_a_verdict_is_not_followed(world: Story) -> None:
    await past(world, 1, ["l", "l", "l", "r"])
    async with world.app(ask_duel_share=0):
        shown = await world.question("ana", "why?")
    line = why(world, shown)
    assert (
        f"Whether this team prefers it to {LEFT} over all prompts is not known yet: 4 duels so far." in line
    )
    assert f"*{RIGHT}* answered" in line
    assert "It is the cheaper one: $0.000100 an answer here on average" in line


async def test_without_bills_the_cheaper_one_by_todays_prices(world: Story) -> None:
    contenders = world.settings()["contenders"]
    contenders["right-id"]["prices"] = [{"since": "2026-01-01", "rates": {"input": "1", "output": "2"}}]
    async with world.app(ask_duel_share=0, contenders=contenders):
        shown = await world.question("ana", "why?")
    assert calls(world) == (0, 1)
    assert "It is the cheaper one, by the prices of today." in why(world, shown)


async def test_two_others_to_choose_from(world: Story) -> None:
    async with world.app(ask_duel_share=0):
        await world.question("ana", "with:right-id,left-id why?")
        assert calls(world) == (0, 1)
        refused = await world.ask("ana", "with:right-id,nobody why?", command="/ask")
        assert "There is no contender “nobody”" in refused.text


@pytest.mark.parametrize("text", ["", "help", " ? "])
async def test_it_explains_itself_to_whoever_asks_alone(slack: Story, text: str) -> None:
    ack = await slack.ask("ana", text, command="/ask")
    assert "The verdict of" in ack.text or "A verdict of all duels so far" in ack.text
    assert "In 20 % of such cases both answer" in ack.text
    assert slack.messages == []
    assert await slack.stored("SELECT count(*) FROM question") == [(0,)]


async def test_options_without_a_prompt_are_refused(slack: Story) -> None:
    ack = await slack.ask("ana", "as:coding", command="/ask")
    assert "`/ask why is the sky blue?`" in ack.text


async def test_a_paused_one_is_not_chosen_and_two_paused_ones_are_refused(world: Story) -> None:
    await past(world, 4, CLEAR)
    async with world.app():
        world.left.will(BROKE)
        failed = await world.question("ana", "why?")
        assert f"*{LEFT}* could not answer: " in world.text(failed)
        assert "Ask again, or let both answer" in world.text(failed)
        assert f"{LEFT} could not answer “why?”" in world.told("ana")
        shown = await world.question("ana", "and why?")
        assert f"*{RIGHT}* answered, for {LEFT} is paused just now. Nothing was compared." in why(
            world, shown
        )
        world.right.will(BROKE)
        await world.question("ana", "why again?")
        refused = await world.ask("ana", "why once more?", command="/ask")
        assert "is paused since" in refused.text
        assert await world.stored("SELECT count(*) FROM question") == [(3,)]


async def test_a_failed_answer_shows_what_there_was_and_what_to_do(world: Story) -> None:
    world.left.will(says("Half an answ", finish="content_filter"))
    async with world.app(ask_duel_share=0):
        shown = await world.question("ana", "why?")
    assert "Half an answ" in world.text(shown)
    assert "could not answer" in world.text(shown)
    assert await world.stored("SELECT fate FROM question") == [("failed",)]


async def test_a_long_answer_stands_in_the_thread_each_part_once(world: Story) -> None:
    world.left.will(says(LONG))
    async with world.app(ask_duel_share=0):
        shown = await world.question("ana", "why? " * 600)
    replies = [str(message["blocks"]) for message in world.thread(shown)]
    assert len(replies) == len(set(replies)) == 4
    assert "Paragraph 39" in replies[-1]
    assert "goes on in the thread" in world.text(shown)


async def test_delivered_twice_it_is_one_question(slack: Story) -> None:
    command = {
        "command": "/ask",
        "text": "why?",
        "team_id": "T1",
        "user_id": slack.slack.person("ana"),
        "channel_id": slack.general,
        "trigger_id": "1.2.abc",
        "response_url": "",
    }
    for _ in range(2):
        await slack.slack.levers.delivery.ask("slash_commands", command)
    await slack.settled()
    assert len(slack.messages) == 1
    assert await slack.stored("SELECT count(*) FROM question") == [(1,)]


async def test_a_duel_and_a_question_of_the_same_trigger_do_not_meet(slack: Story) -> None:
    command = {
        "text": "why?",
        "team_id": "T1",
        "user_id": slack.slack.person("ana"),
        "channel_id": slack.general,
        "trigger_id": "1.2.abc",
        "response_url": "",
    }
    for name in ("/ask", "/duel"):
        await slack.slack.levers.delivery.ask("slash_commands", {**command, "command": name})
    await slack.settled()
    assert len(slack.messages) == 2


async def test_where_it_is_not_invited_the_asker_is_told_and_nothing_is_paid(world: Story) -> None:
    async with world.app(duels_per_person_a_day=1, ask_duel_share=0):
        ack = await world.ask("ana", "why?", world.slack.channel("random"), command="/ask")
        assert ack.ok
        await world.settled()
        assert "/invite @Duel" in world.told("ana")
        assert calls(world) == (0, 0)
        await world.question("ana", "why?")  # the other one has asked nobody, and does not count


async def test_questions_share_the_limits_of_duels_and_are_settled_at_their_cost(world: Story) -> None:
    async with world.app(duels_per_person_a_day=2, ask_duel_share=0):
        await world.duel("ana", "why?")
        await world.question("ana", "why?")
        for command in ("/ask", "/duel"):
            refused = await world.ask("ana", "why?", command=command)
            assert "You have had 1 duel and 1 question today; the limit is 2." in refused.text
        assert calls(world) == (2, 1)
        assert await world.stored("SELECT nano_usd FROM question") == [
            (140_000,)
        ]  # 10 × $2 + 20 × $6 a million


async def test_money_is_set_aside_for_the_dearer_one_before_anything_is_paid(world: Story) -> None:
    async with world.app(usd_per_channel_a_day="0.003", ask_duel_share=0):
        refused = await world.ask("ana", "why?", command="/ask")
        assert "and this question may cost up to $0.0036" in refused.text
        assert await world.stored("SELECT * FROM question") == []
    assert calls(world) == (0, 0)


async def test_where_the_limits_leave_no_room_for_a_duel_one_of_them_answers(world: Story) -> None:
    async with world.app(usd_per_channel_a_day="0.005", ask_duel_share=1):
        shown = await world.question("ana", "why?")
        assert "is not known yet: 0 duels so far" in why(world, shown)
        assert calls(world) == (1, 0)
        assert await world.stored("SELECT * FROM duel") == []


async def test_a_duel_instead_counts_once(world: Story) -> None:
    async with world.app(duels_per_person_a_day=1, ask_duel_share=1):
        await world.ask("ana", "why?", command="/ask")
        await world.settled()
        assert calls(world) == (1, 1)
        assert "You have had 1 duel today" in (await world.ask("ana", "why?", command="/ask")).text


async def test_a_message_that_is_deleted_ends_it_and_the_answer_is_not_paid_twice(world: Story) -> None:
    gate = asyncio.Event()
    world.left.will(says("Late.", wait_for=gate))
    async with world.app(ask_duel_share=0):
        await world.ask("ana", "why?", command="/ask")
        await world.left.until(lambda: world.left.open == 1)
        (message,) = world.messages
        await world.slack.delete_message(world.general, message["ts"])
        gate.set()
        await world.later(minutes=5)
    assert calls(world) == (1, 0)
    assert await world.stored("SELECT fate, reply_to FROM question") == [("failed", None)]
    assert await world.stored("SELECT status FROM job WHERE kind = 'ask'") == [("done",)]


async def test_a_post_whose_answer_was_lost_is_found_by_the_next_process(world: Story) -> None:
    async with AsyncExitStack() as first:
        await first.enter_async_context(world.app(ask_duel_share=0))
        await world.slack.levers.lose_reply("chat.postMessage")
        await world.ask("ana", "why?", command="/ask")
        await world.settled()
    async with world.app(ask_duel_share=0):
        await world.later(minutes=10)
    (message,) = world.messages
    assert "Left says blue." in everything(message)
    assert calls(world) == (1, 0)


async def test_frozen_while_the_model_answers_it_shows_and_stores_nothing_of_what_it_hears_then(
    world: Story,
) -> None:
    gate = asyncio.Event()
    world.left.will(says("From the sleeper.", wait_for=gate), says("From the one awake."))
    async with world.app(job_lease="30s", ask_duel_share=0) as sleeper:
        await world.ask("ana", "why?", command="/ask")
        await world.left.until(lambda: world.left.open == 1)
        async with world.app(job_lease="30s", ask_duel_share=0) as awake:
            world.clock.advance(31)
            await awake.look()
            await awake.idle()
            gate.set()
            await sleeper.idle()
    (message,) = world.messages
    assert "From the one awake." in everything(message)
    assert await world.stored("SELECT text FROM reply") == [("From the one awake.",)]


@pytest.mark.parametrize("tries", [5, 6])
async def test_an_answer_that_cannot_be_shown_ends_with_its_message_and_its_asker_told(
    world: Story, tries: int
) -> None:
    async with world.app(ask_duel_share=0):
        await world.slack.levers.fail_next("chat.update", "invalid_blocks", times=tries)
        await world.ask("ana", "why?", command="/ask")
        await world.settled()
        for _ in range(5):
            await world.later(minutes=5)
        assert await world.stored("SELECT status FROM job WHERE kind = 'ask'") == [("done",)]
    (message,) = world.messages
    told_there = "There is no answer. Slack refused: invalid_blocks" in everything(message)
    assert told_there is (tries == 5)
    assert "Slack refused: invalid_blocks" in world.told("ana")
    assert calls(world) == (1, 0)


async def test_the_digest_and_stats_tell_what_it_saved_and_what_it_lost(one: Story) -> None:
    await past(one, 6, [*CLEAR, "rr"], topic="coding")
    async with one.app():
        await one.question("ana", "as:coding why?")
        await one.ask("ana", "stats")
        await one.later(hours=24 * 6)
        await one.tick()
    said = (
        "1 question was answered by one model. $0.000140 spent. The other model would have cost about "
        "$0.000100 instead of $0.000140: about $0.0000400 more spent (an estimate, by what its answers to "
        "such prompts cost on average). What was lost: by the share of duels that each model won, this team "
        "would have liked the other answer better for about 0.1 of 1, and the one given for about 0.8."
    )
    (message,) = digests(one)
    assert said in everything(message)
    assert said in json.dumps(one.slack.ephemerals(one.slack.person("ana")))


async def test_a_channel_that_only_asks_gets_its_digest_once(world: Story) -> None:
    elsewhere = weeks_of(MONDAY, 6, [*CLEAR, "rr"], topic="coding")
    await hold(world.database_url, world.slack.team_id, world.slack.channel("random"), elsewhere)
    async with world.app():
        await world.question("ana", "as:coding why?")
        await world.later(hours=24 * 6 - 4)  # Monday, a little before nine
        await world.tick()
        assert digests(world) == []
        for _ in range(3):
            await world.later(hours=24)
            await world.tick()
    (message,) = digests(world)
    told = everything(message)
    assert "No verdict" in told
    assert "1 question was answered by one model. $0.000140 spent." in told
    assert "about $0.0000400 more spent (an estimate" in told
    assert "liked the other answer better for about 0.1 of 1, and the one given for about 0.8." in told
    assert await world.stored("SELECT count(*) FROM duel WHERE id NOT LIKE 'past%'") == [(0,)]


async def test_without_a_question_nothing_is_said_of_routing(one: Story) -> None:
    await past(one, 1, ["l"])
    async with one.app():
        await one.tick()
    (message,) = digests(one)
    assert "/ask" not in everything(message)


# ── the real program, killed ──
