"""A duel from the question to the reveal."""

import pytest

from tests.worlds.provider import fails, says
from tests.worlds.story import LEFT, RIGHT, Story


async def test_two_unnamed_answers_are_posted_together_with_the_four_reactions(slack: Story) -> None:
    duel = await slack.duel("ana", "why is the sky blue?")
    text = slack.text(duel)
    assert "why is the sky blue?" in text
    assert "Left says blue." in text
    assert "Right says Rayleigh." in text
    assert [r["name"] for r in slack.message(duel)["reactions"]] == ["a", "b", "handshake", "-1"]


async def test_both_models_get_the_same_prompt(slack: Story) -> None:
    await slack.duel("ana", "is 1 < 2 & 3 > 2?")
    for provider in (slack.left, slack.right):
        (request,) = provider.requests
        assert request.body["messages"] == [{"role": "user", "content": "is 1 < 2 & 3 > 2?"}]
        assert request.body["stream"] is True
        assert request.body["max_tokens"] == 500


async def test_the_reveal_names_the_winner_with_speed_and_cost(slack: Story) -> None:
    duel = await slack.duel("ana", "why is the sky blue?")
    await slack.react("ben", duel, "a")
    await slack.react("chloe", duel, "a")
    await slack.react("dev", duel, "b")
    await slack.later(hours=24)
    text = slack.text(duel)
    assert LEFT in text
    assert RIGHT in text
    assert "wins this one" in text
    assert "2 to 1" in text
    assert "3 votes" in text
    assert "$0.000140" in text  # 10 tokens in at $2 and 20 out at $6 a million
    assert "$0.000260" in text
    assert "first words" in text
    assert "Reveal now" not in text


async def test_the_coin_decides_who_sits_on_which_side(world: Story) -> None:
    seats = []
    async with world.app(seed=5):
        for number in range(12):
            duel = await world.duel("ana", f"question {number}")
            await world.reveal("ana", duel)
            seats.append(world.text(duel).index(LEFT) < world.text(duel).index(RIGHT))
    assert len(set(seats)) == 2


async def test_a_vote_closes_by_its_own_length(slack: Story) -> None:
    duel = await slack.duel("ana", "for:10m why is the sky blue?")
    await slack.later(minutes=9)
    assert LEFT not in slack.text(duel)
    await slack.later(minutes=1)
    assert LEFT in slack.text(duel)


async def test_a_vote_closes_when_the_quorum_is_reached(world: Story) -> None:
    async with world.app(vote_quorum=2):
        duel = await world.duel("ana", "why?")
        await world.react("ben", duel, "a")
        await world.settled()
        assert LEFT not in world.text(duel)
        await world.react("chloe", duel, "b")
        await world.settled()
        assert LEFT in world.text(duel)


async def test_only_the_asker_can_reveal_early(slack: Story) -> None:
    duel = await slack.duel("ana", "why?")
    await slack.reveal("ben", duel)
    assert LEFT not in slack.text(duel)
    assert "Only the person who asked" in slack.told("ben")
    await slack.reveal("ana", duel)
    assert LEFT in slack.text(duel)
    assert "revealed early" in slack.text(duel)


async def test_nobody_voted_is_said_so(slack: Story) -> None:
    duel = await slack.duel("ana", "why?")
    await slack.later(hours=24)
    assert "Nobody voted." in slack.text(duel)


@pytest.mark.parametrize("prompt", ["for:10m", "with:left-id,right-id"])
async def test_an_empty_prompt_is_answered_with_an_example(slack: Story, prompt: str) -> None:
    ack = await slack.ask("ana", prompt)
    assert "Give them something to answer" in ack.text
    assert not slack.left.requests


async def test_a_prompt_over_the_limit_is_refused_with_both_figures(world: Story) -> None:
    async with world.app(max_prompt=100):
        ack = await world.ask("ana", "x" * 101)
        assert "101" in ack.text
        assert "100" in ack.text
    assert not world.left.requests


@pytest.mark.parametrize("text", ["for:soon why?", "for:0s why?", "for:999d why?", "for: why?"])
async def test_a_length_that_makes_no_sense_is_explained(slack: Story, text: str) -> None:
    ack = await slack.ask("ana", text)
    assert "for:" in ack.text
    assert "10m" in ack.text
    assert not slack.left.requests


async def test_help_is_told_to_the_asker_alone(slack: Story) -> None:
    await slack.ask("ana", "help")
    assert "/duel why is the sky blue?" in slack.told("ana")
    assert not slack.messages


async def test_in_a_channel_without_the_bot_nothing_is_run_and_the_asker_is_told_to_invite_it(
    slack: Story,
) -> None:
    await slack.ask("ana", "why?", slack.slack.channel("random"))
    await slack.settled()
    assert "/invite @Duel" in slack.told("ana")
    assert not slack.left.requests
    assert not slack.right.requests


async def test_one_failing_contender_does_not_take_the_other_ones_answer_away(slack: Story) -> None:
    slack.left.will(fails(400, {"error": {"message": "Content Exists Risk"}}))
    duel = await slack.duel("ana", "why?")
    text = slack.text(duel)
    assert "Right says Rayleigh." in text
    assert "Only one of the two answered" in text
    assert "content filter" in text
    assert "Content Exists Risk" in text
    assert "Reveal now" not in text


async def test_both_failing_is_one_clear_message(slack: Story) -> None:
    slack.left.will(fails(402, {"error": {"message": "Insufficient Balance"}}))
    slack.right.will(fails(401, {"error": {"message": "no such key", "code": "invalid_api_key"}}))
    duel = await slack.duel("ana", "why?")
    text = slack.text(duel)
    assert "Neither of the two answered" in text
    assert "out of credit" in text
    assert "API key was refused" in text
    assert len(slack.messages) == 1


async def test_an_answer_cut_off_at_the_limit_can_be_voted_on_and_says_so(slack: Story) -> None:
    slack.left.will(says("half an ans", finish="length"))
    duel = await slack.duel("ana", "why?")
    assert "cut off" in slack.text(duel)
    assert "Reveal now" in slack.text(duel)


async def test_long_answers_go_into_the_thread_whole_and_in_order(slack: Story) -> None:
    long = "\n\n".join(f"Paragraph {number}. " + "word " * 60 for number in range(60))
    slack.left.will(says(long))
    duel = await slack.duel("ana", "tell me everything")
    texts = [b["text"] for m in slack.thread(duel) for b in m["blocks"] if b["type"] == "markdown"]
    assert sum("Paragraph" in text for text in texts) >= 2
    assert [n for n in range(60) if f"Paragraph {n}." in "\n".join(texts)] == list(range(60))
    assert any("Right says Rayleigh." in text for text in texts)  # both or neither
    assert all(len(text) <= 12_000 for text in texts)
    assert len(slack.text(duel)) < 6_000


async def test_a_deleted_message_ends_the_duel(slack: Story) -> None:
    duel = await slack.duel("ana", "why?")
    await slack.slack.delete_message(duel.channel, duel.ts)
    await slack.later(hours=24)
    assert not slack.messages
