"""Slash commands: what is sent, what the person then sees."""

from __future__ import annotations

from typing import Any

import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from playground import Playground
from playground.errors import PersonError
from tests.playground.conftest import Clock, error


async def test_what_the_app_says_in_its_acknowledgement_is_seen_by_the_asker_alone(
    slack: Playground, app: AsyncApp, general: str, ana: str, ben: str
) -> None:
    @app.command("/quiz")
    async def quiz(ack: AsyncAck) -> None:
        await ack("Thinking…")

    ack = await slack.command(ana, general, "/quiz", "rivers")
    assert (ack.ok, ack.text) == (True, "Thinking…")
    assert [one["text"] for one in slack.ephemerals(ana)] == ["Thinking…"]
    assert not slack.ephemerals(ben)
    assert not slack.messages(general)


async def test_an_answer_in_channel_is_a_message_for_everybody(
    slack: Playground, app: AsyncApp, general: str, ana: str
) -> None:
    @app.command("/quiz")
    async def quiz(ack: AsyncAck) -> None:
        await ack(text="Who knows?", response_type="in_channel")

    await slack.command(ana, general, "/quiz")
    assert [one["text"] for one in slack.messages(general)] == ["Who knows?"]


async def test_a_command_comes_with_all_that_slack_sends(
    slack: Playground, app: AsyncApp, general: str, ana: str
) -> None:
    bodies: list[dict[str, Any]] = []

    @app.command("/quiz")
    async def quiz(ack: AsyncAck, body: dict[str, Any]) -> None:
        bodies.append(body)
        await ack()

    await slack.command(ana, general, "/quiz", "a < b && @ana")
    (body,) = bodies
    assert body["text"] == "a &lt; b &amp;&amp; @ana"
    assert (body["channel_name"], body["user_name"], body["user_id"]) == ("general", "ana", ana)
    assert set(body) == {
        "token",
        "team_id",
        "team_domain",
        "channel_id",
        "channel_name",
        "user_id",
        "user_name",
        "command",
        "text",
        "api_app_id",
        "is_enterprise_install",
        "response_url",
        "trigger_id",
    }


async def test_a_command_that_asks_for_escaping_gets_live_mentions(
    slack: Playground, app: AsyncApp, general: str, ana: str, ben: str
) -> None:
    texts: list[str] = []

    @app.command("/ask")
    async def ask(ack: AsyncAck, command: dict[str, Any]) -> None:
        texts.append(command["text"])
        await ack()

    await slack.command(ana, general, "/ask", "@ben in #general")
    assert texts == [f"<@{ben}|ben> in <#{general}|general>"]


async def test_with_no_app_connected_the_person_reads_dispatch_failed(
    slack: Playground, general: str, ana: str
) -> None:
    ack = await slack.command(ana, general, "/quiz")
    assert (ack.ok, ack.text) == (False, '/quiz failed with the error "dispatch_failed"')


async def test_an_app_that_does_not_acknowledge_in_time_is_reported(
    slack: Playground, app: AsyncApp, general: str, ana: str
) -> None:
    await slack.levers.ack_within(0.05)
    ack = await slack.command(ana, general, "/quiz")  # the app has no listener for it
    assert (ack.ok, ack.text) == (False, '/quiz failed with the error "operation_timeout"')


async def test_an_acknowledgement_with_broken_blocks_is_an_error_for_the_person(
    slack: Playground, app: AsyncApp, general: str, ana: str
) -> None:
    @app.command("/quiz")
    async def quiz(ack: AsyncAck) -> None:
        await ack(blocks=[{"type": "banner"}])

    ack = await slack.command(ana, general, "/quiz")
    assert (ack.ok, ack.text) == (False, '/quiz failed with the error "dispatch_unknown_error"')
    assert not slack.ephemerals(ana)


async def test_commands_are_refused_in_threads_and_where_they_do_not_exist(
    slack: Playground, app: AsyncApp, general: str, ana: str
) -> None:
    ts = await slack.say(ana, general, "hello")
    with pytest.raises(PersonError, match="not supported in threads"):
        await slack.command(ana, general, "/quiz", thread_ts=ts)
    with pytest.raises(PersonError, match="/nope is not a valid command"):
        await slack.command(ana, general, "/nope")


async def test_a_command_works_in_a_channel_that_the_bot_is_not_in(
    slack: Playground, app: AsyncApp, client: AsyncWebClient, ana: str
) -> None:
    @app.command("/quiz")
    async def quiz(ack: AsyncAck) -> None:
        await ack()

    random = slack.channel("random")
    assert (await slack.command(ana, random, "/quiz")).ok
    assert await error(client.chat_postMessage(channel=random, text="hi")) == "not_in_channel"


async def test_invite_adds_the_bot(slack: Playground, client: AsyncWebClient, ana: str) -> None:
    random = slack.channel("random")
    await slack.command(ana, random, "/invite", "@Quiz")
    assert (await client.chat_postMessage(channel=random, text="hi"))["ok"]
    with pytest.raises(PersonError, match="already in this channel"):
        await slack.command(ana, random, "/invite", "@Quiz")
    with pytest.raises(PersonError, match="Nobody here is called"):
        await slack.command(ana, random, "/invite", "@nobody")


async def test_a_trigger_serves_once_and_for_three_seconds(
    slack: Playground, app: AsyncApp, client: AsyncWebClient, clock: Clock, ana: str
) -> None:
    triggers: list[str] = []

    @app.command("/quiz")
    async def quiz(ack: AsyncAck, command: dict[str, Any]) -> None:
        triggers.append(command["trigger_id"])
        await ack()

    view = {"type": "modal", "title": {"type": "plain_text", "text": "Quiz"}, "blocks": []}
    for _ in range(2):
        await slack.command(ana, slack.channel("general"), "/quiz")
    await client.views_open(trigger_id=triggers[0], view=view)
    assert await error(client.views_open(trigger_id=triggers[0], view=view)) == "exchanged_trigger_id"
    clock.at += 4
    assert await error(client.views_open(trigger_id=triggers[1], view=view)) == "expired_trigger_id"
    assert await error(client.views_open(trigger_id="nonsense", view=view)) == "invalid_arguments"
