"""`/duel export`: the votes as a file, for one person alone."""

from typing import Any

import pytest

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
    assert said["text"] == "1 duel of that channel."
    (file,) = sent["files"]
    assert file["name"] == "votes.csv"
    assert len(slack.messages) == before
    heading, row = slack.slack.file(file["id"]).decode().splitlines()
    assert heading.startswith("duel,team,channel,asker,")
    assert ",facts,person," in row
    assert ",anon-" in row
    assert slack.slack.person("ben") not in row


async def test_a_file_whose_fate_is_unknown_is_not_sent_again_and_the_asker_is_told(slack: Story) -> None:
    duel = await slack.duel("ana", "why?")
    await slack.reveal("ana", duel)
    await slack.slack.levers.lose_reply("files.completeUploadExternal")
    await slack.ask("ben", "export")
    await slack.settled()
    await slack.later(minutes=1)
    _, sent, perhaps = _direct(slack, "ben")
    assert sent["files"]
    assert perhaps["text"].endswith("ask for it again: `/duel export`")


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.completeUploadExternal"])
async def test_a_file_that_slack_refuses_for_a_while_is_sent_once_it_takes_it(
    slack: Story, method: str
) -> None:
    duel = await slack.duel("ana", "why?")
    await slack.reveal("ana", duel)
    await slack.slack.levers.fail_next(method, "not_allowed_now", times=2)
    await slack.ask("ben", "export")
    await slack.settled()
    for _ in range(3):
        await slack.later(minutes=1)
    _, sent = _direct(slack, "ben")
    assert sent["files"]


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
