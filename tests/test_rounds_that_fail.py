"""Rounds that fail or are cancelled: what is told of them, and how the conversation goes on."""

import asyncio

from tests.test_rounds import BUSY, ask_on, heard, states
from tests.worlds.provider import says
from tests.worlds.story import LEFT, RIGHT, Story


async def test_where_not_both_have_answered_nothing_can_go_on(slack: Story) -> None:
    slack.left.will(BUSY)
    first = await slack.duel("ana", "why?")
    await slack.mention("ben", "and now in French", first.ts)
    assert "no conversation to go on with" in slack.told("ben")
    assert "Ask again" in slack.told("ben")
    assert len(slack.by_the_app()) == 1


async def test_a_round_that_failed_tells_nothing_and_is_passed_over(slack: Story) -> None:
    first = await slack.duel("ana", "why?")
    slack.left.will(BUSY)
    second = await ask_on(slack, "ana", first)
    text = slack.text(second)
    assert "No vote on this round: Only one of the two answered" in text
    for hint in (LEFT, RIGHT, "Right says", "Risk", "answer A", "Answer A"):
        assert hint not in text
    assert await states(slack) == ["open", "closed"]
    slack.left.will(says("Left goes on."))
    third = await ask_on(slack, "ana", first, "and in German")
    assert [message["content"] for message in heard(slack, "left")[-1]] == [
        "why?",
        "Left says blue.",
        "and in German",
    ]
    await slack.press("ana", second, "ask_again")
    assert "gone on without it" in slack.told("ana")
    await slack.reveal("ana", third)
    assert await states(slack) == ["revealed", "void", "revealed"]
    assert "Content Exists Risk" in slack.text(second)


async def test_a_round_that_failed_is_asked_again_on_the_same_sides_and_counts(slack: Story) -> None:
    first = await slack.duel("ana", "why?")
    slack.left.will(BUSY)
    second = await ask_on(slack, "ana", first)
    slack.left.will(says("Left again."))
    await slack.press("ana", second, "ask_again")
    assert "Left again." in slack.text(second)
    assert len(heard(slack, "right")) == 2
    one, two = slack.text(first), slack.text(second)
    assert (one.index("Left says") < one.index("Right says")) == (
        two.index("Left again") < two.index("Right says")
    )
    assert await slack.stored("SELECT excluded FROM duel WHERE round = 2") == [(None,)]


async def test_a_round_can_be_cancelled_and_the_first_goes_on(slack: Story) -> None:
    first = await slack.duel("ana", "why?")
    gate = asyncio.Event()
    slack.left.will(says("Late.", wait_for=gate))
    await slack.slack.say(
        slack.slack.person("ana"), slack.general, f"<@{slack.slack.bot_user_id}> and now?", first.ts
    )
    await slack.slack.until(lambda: len(slack.by_the_app()) == 2 and len(slack.right.requests) == 2)
    second = slack.by_the_app()[-1]
    await slack.press("ana", second, "cancel_duel")
    assert "Cancelled by the asker" in slack.text(second)
    assert LEFT not in slack.text(second)
    await slack.reveal("ana", first)
    assert LEFT in slack.text(first)
    assert await states(slack) == ["revealed", "void"]


async def test_a_round_is_as_long_as_a_prompt_may_be(world: Story) -> None:
    async with world.app(max_prompt=50):
        first = await world.duel("ana", "why?")
        await world.mention("ana", "and now " + "in French " * 6, first.ts)
        assert "the limit is 50" in world.told("ana")
        assert len(world.by_the_app()) == 1


async def test_a_round_that_was_given_up_tells_its_names_with_the_others(slack: Story) -> None:
    first = await slack.duel("ana", "for:1h why?")
    second = await ask_on(slack, "ana", first, "for:5h and now?")
    await slack.slack.levers.fail_next("chat.update", "msg_too_long", times=7)
    for _ in range(6):
        await slack.later(hours=1 if await states(slack) == ["open", "open"] else 0, minutes=10)
    assert await states(slack) == ["closed", "open"]
    assert await slack.stored("SELECT status FROM job WHERE kind = 'duel' ORDER BY status") == [
        ("done",),
        ("open",),
    ]
    await slack.reveal("ana", second)
    for shown in (first, second):
        assert LEFT in slack.text(shown)
