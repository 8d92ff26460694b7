"""A duel that has failed, asked again by its asker."""

from tests.worlds.provider import fails, says
from tests.worlds.story import LEFT, Shown, Story

BUSY = fails(400, {"error": {"message": "Content Exists Risk"}})


async def ask_again(story: Story, person: str, duel: Shown) -> None:
    await story.slack.click(story.slack.person(person), duel.channel, duel.ts, "ask_again")
    await story.settled()


async def test_only_what_failed_is_asked_and_the_vote_opens(slack: Story) -> None:
    slack.left.will(BUSY)
    duel = await slack.duel("ana", "why?")
    assert "Ask again" in slack.text(duel)
    slack.left.will(says("Left says blue."))
    await ask_again(slack, "ana", duel)
    text = slack.text(duel)
    assert "Which one is better?" in text
    assert "Left says blue." in text
    assert "Right says Rayleigh." in text
    assert LEFT not in text
    assert len(slack.right.requests) == 1
    await slack.react("ben", duel, "a")
    await slack.reveal("ana", duel)
    assert "names were shown" in slack.text(duel)
    assert len(slack.by_the_app()) == 1


async def test_where_both_failed_the_votes_count(slack: Story) -> None:
    slack.left.will(BUSY)
    slack.right.will(BUSY)
    duel = await slack.duel("ana", "why?")
    slack.left.will(says("Left says blue."))
    slack.right.will(says("Right says Rayleigh."))
    await ask_again(slack, "ana", duel)
    assert "Which one is better?" in slack.text(duel)
    assert await slack.stored("SELECT excluded FROM duel") == [(None,)]


async def test_only_the_asker_asks_again_and_only_once(slack: Story) -> None:
    slack.left.will(BUSY)
    duel = await slack.duel("ana", "why?")
    await ask_again(slack, "ben", duel)
    assert "Only the person who asked" in slack.told("ben")
    assert len(slack.left.requests) == 1
    ana = slack.slack.person("ana")
    await slack.slack.click(ana, duel.channel, duel.ts, "ask_again")
    await slack.settled()
    assert len(slack.left.requests) == 2


async def test_asking_again_stays_within_the_limits_with_what_was_spent(world: Story) -> None:
    async with world.app(usd_per_channel_a_day="0.008"):  # one duel may cost up to 0.007 before it is settled
        world.left.will(says("", finish="stop"))
        duel = await world.duel("ana", "why?")
        ((first,),) = await world.stored("SELECT sum(nano_usd) FROM spending")
        await ask_again(world, "ana", duel)
        ((second,),) = await world.stored("SELECT sum(nano_usd) FROM spending")
        assert second > first  # the failed attempt's cost is still there
        assert await world.stored("SELECT count(*) FROM spending") == [(3,)]


async def test_asking_again_over_a_limit_is_refused_and_changes_nothing(world: Story) -> None:
    world.left.will(BUSY)
    async with world.app():
        duel = await world.duel("ana", "why?")
    async with world.app(usd_per_channel_a_day="0.0005"):
        await ask_again(world, "ana", duel)
        assert "the limit is" in world.told("ana")
        assert "Only one of the two answered" in world.text(duel)
        assert len(world.left.requests) == 1
        assert await world.stored("SELECT state FROM duel") == [("void",)]


async def test_it_can_be_asked_again_as_often_as_it_fails_and_all_of_it_counts(slack: Story) -> None:
    slack.left.will(says("", finish="stop"))
    duel = await slack.duel("ana", "why?")
    ((once,),) = await slack.stored(
        "SELECT nano_usd FROM spending JOIN answer USING (duel_id, side) WHERE outcome = 'empty'"
    )
    for _ in range(7):
        await ask_again(slack, "ana", duel)
    assert len(slack.left.requests) == 8
    assert await slack.stored("SELECT nano_usd FROM spending WHERE side = '0'") == [(7 * once,)]
