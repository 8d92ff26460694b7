"""Channels that another workspace made and shares: events name that one first, and are ours all the same."""

from tests.test_home import page
from tests.test_privacy import everything, forget
from tests.worlds.story import LEFT, Story

HOST = "T0HOST"


async def test_votes_by_emoji_are_written_as_they_come_and_end_the_vote_by_number(world: Story) -> None:
    await world.slack.levers.made_by(HOST)
    async with world.app(vote_quorum=2, votes_of="members"):
        duel = await world.duel("ana", "why?")
        await world.react("ben", duel, "a")
        assert await world.stored("SELECT team FROM register") == [(world.slack.team_id,)]
        await world.react("chloe", duel, "a")
        await world.settled()
        await world.later(seconds=1)
        assert "enough votes" in world.text(duel)
        assert "2 to 0" in world.text(duel)


async def test_whoever_mentions_it_is_one_person_with_whoever_clicks_and_types(slack: Story) -> None:
    await slack.slack.levers.made_by(HOST)
    await slack.mention("ana", "the secret of Ana?")
    (duel,) = slack.by_the_app()
    await slack.react("ben", duel, "a")
    paper = await slack.booth("ben", duel)
    assert "by your emoji, which everybody sees: A is better" in paper["text"]
    await slack.reveal("ana", duel)
    assert LEFT in slack.text(duel)
    assert "1 to 0" in slack.text(duel)
    assert "the secret of Ana?" in str(await page(slack, "ana"))
    await forget(slack, "ana")
    await slack.privacy.tick()
    assert "the secret of Ana" not in await everything(slack)


async def test_a_voter_whom_slack_does_not_show_costs_nobody_their_vote(world: Story) -> None:
    async with world.app(votes_of="team"):
        duel = await world.duel("ana", "why?")
        await world.slack.become_stranger(world.slack.person("chloe"), visible=False)
        for person, choice in (("ben", "a"), ("dev", "a"), ("chloe", "b")):
            await world.react(person, duel, choice)
        await world.later(hours=24)
        await world.later(minutes=2)
        assert "2 to 0" in world.text(duel)
