"""`/duel export`: the votes as a file, for one person alone."""

from typing import Any

from tests.worlds.story import Story


def _direct(world: Story, person: str) -> list[dict[str, Any]]:
    """What stands in somebody's direct messages with the app."""
    found: list[dict[str, Any]] = world.slack.messages(world.slack.im(world.slack.person(person)))
    return found


async def test_whoever_asks_gets_the_channels_votes_and_nobody_else_does(slack: Story) -> None:
    duel = await slack.duel("ana", "as:facts why?")
    await slack.react("ben", duel, "a")
    await slack.reveal("ana", duel)
    before = len(slack.messages)
    ack = await slack.ask("ben", "export")
    assert "direct message" in ack.text
    await slack.settled()
    said, sent = _direct(slack, "ben")
    assert said["text"] == "1 duels of that channel."
    (file,) = sent["files"]
    assert file["name"] == "votes.csv"
    assert len(slack.messages) == before
    heading, row = slack.slack.file(file["id"]).decode().splitlines()
    assert heading.startswith("duel,team,channel,asker,")
    assert ",facts,person," in row
    assert ",anon-" in row
    assert slack.slack.person("ben") not in row


async def test_where_no_duel_has_ended_that_is_said(slack: Story) -> None:
    await slack.ask("ben", "export")
    await slack.settled()
    assert [message["text"] for message in _direct(slack, "ben")] == [
        "No duel has ended in that channel yet."
    ]


async def test_without_the_scope_the_asker_is_told_what_is_missing(slack: Story) -> None:
    duel = await slack.duel("ana", "why?")
    await slack.reveal("ana", duel)
    await slack.slack.levers.revoke_scope("files:write")
    await slack.ask("ben", "export")
    await slack.settled()
    for _ in range(5):
        await slack.later(minutes=10)
    assert "scope files:write" in _direct(slack, "ben")[-1]["text"]
