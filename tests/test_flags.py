"""Answers that people call unsafe: a fact of its own, told to operators once, and no vote."""

from tests.worlds.provider import says
from tests.worlds.story import LEFT, RIGHT, Shown, Story

LONG = "A long answer. " * 200


async def _long_duel(world: Story) -> tuple[Shown, dict[str, Shown]]:
    """A duel whose answers stand in its thread, and its answers by who gave them."""
    world.left.will(says("Left. " + LONG))
    world.right.will(says("Right. " + LONG))
    duel = await world.duel("ana", "why?")
    parts = {
        name: Shown(duel.channel, message["ts"])
        for message in world.thread(duel)
        for name in ("Left.", "Right.")
        if name in str(message["blocks"])
    }
    return duel, parts


async def test_a_flag_is_told_after_the_reveal_and_is_no_vote(slack: Story) -> None:
    duel, parts = await _long_duel(slack)
    before = slack.text(duel)
    for person in ("ben", "chloe"):
        await slack.react(person, parts["Left."], "rotating_light")
    await slack.react("dev", parts["Right."], "rotating_light")
    await slack.unreact("dev", parts["Right."], "rotating_light")
    assert slack.text(duel) == before
    await slack.reveal("ana", duel)
    text = slack.text(duel)
    assert f":rotating_light: *{LEFT}*: called unsafe by 2 people" in text
    assert f":rotating_light: *{RIGHT}*" not in text
    assert "Nobody voted." in text
    await slack.ask("ben", "stats")
    shown = str(slack.slack.ephemerals(slack.slack.person("ben"))[-1]["blocks"])
    assert f"Called unsafe: {LEFT} 1 answer." in shown


async def test_flags_doubled_late_and_backwards_are_the_same(slack: Story) -> None:
    duel, parts = await _long_duel(slack)
    await slack.slack.levers.deliver_twice()
    await slack.slack.levers.hold_events()
    await slack.react("ben", parts["Left."], "rotating_light")
    await slack.unreact("ben", parts["Left."], "rotating_light")
    await slack.react("chloe", parts["Right."], "rotating_light")
    await slack.slack.levers.release_events("lifo")
    await slack.settled()
    await slack.reveal("ana", duel)
    assert f"*{RIGHT}*: called unsafe by 1 person" in slack.text(duel)
    assert f":rotating_light: *{LEFT}*" not in slack.text(duel)


async def test_operators_are_told_once_for_each_answer_and_not_whose_it_is(world: Story) -> None:
    ops = await world.slack.add_channel("ops", members=[world.slack.bot_user_id])
    async with world.app(operators_channel=ops):
        _, parts = await _long_duel(world)
        for person in ("ben", "chloe"):
            await world.react(person, parts["Left."], "rotating_light")
        await world.settled()
        (told,) = world.slack.messages(ops)
        assert "was called unsafe" in told["text"]
        assert LEFT not in str(told)
        assert "/archives/" in str(told)


async def test_on_any_other_message_it_means_nothing(slack: Story) -> None:
    duel = await slack.duel("ana", "why?")
    await slack.react("ben", duel, "rotating_light")
    assert await slack.stored("SELECT count(*) FROM flag") == [(0,)]


async def test_a_short_answer_is_flagged_on_the_ballot_alone_and_operators_are_told(world: Story) -> None:
    ops = await world.slack.add_channel("ops", members=[world.slack.bot_user_id])
    async with world.app(operators_channel=ops):
        duel = await world.duel("ana", "why?")
        before = world.text(duel)
        ben = world.slack.person("ben")
        paper = await world.booth("ben", duel)
        await world.slack.click(ben, duel.channel, paper["ts"], "flag_answer_a")
        await world.settled()
        paper = world.slack.ephemerals(ben)[-1]
        assert "You call answer A unsafe" in str(paper["blocks"])
        assert "You have no vote" in paper["text"]
        assert len(world.slack.messages(ops)) == 1
        assert world.text(duel) == before
        await world.slack.click(ben, duel.channel, paper["ts"], "flag_answer_b")
        await world.settled()
        await world.slack.click(ben, duel.channel, paper["ts"], "flag_answer_b")
        await world.settled()
        assert "You call answer A unsafe" in str(world.slack.ephemerals(ben)[-1]["blocks"])
        await world.reveal("ana", duel)
        text = world.text(duel)
        assert text.count("called unsafe by 1 person") == 1
        assert "Nobody voted." in text
