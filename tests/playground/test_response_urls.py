"""Response URLs: answering, replacing, deleting; five times in half an hour."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from playground import Playground
from tests.playground.conftest import Clock


def button(value: str) -> dict[str, Any]:
    text = {"type": "plain_text", "text": "Go"}
    return {
        "type": "actions",
        "elements": [{"type": "button", "text": text, "action_id": "go", "value": value}],
    }


async def test_an_ephemeral_is_replaced_and_deleted_by_its_response_url(
    slack: Playground, app: AsyncApp, client: AsyncWebClient, general: str, ana: str
) -> None:
    @app.action("go")
    async def go(ack: AsyncAck, respond: AsyncRespond, body: dict[str, Any]) -> None:
        assert "message" not in body
        await ack()
        if body["actions"][0]["value"] == "7":
            await respond(text="replaced", replace_original=True, blocks=[button("8")])
        else:
            await respond(delete_original=True)

    ts = (await client.chat_postEphemeral(channel=general, user=ana, text="x", blocks=[button("7")]))[
        "message_ts"
    ]
    await slack.click(ana, general, ts, "go")
    await slack.until(lambda: [one["text"] for one in slack.ephemerals(ana)] == ["replaced"])
    await slack.click(ana, general, ts, "go")
    await slack.until(lambda: not slack.ephemerals(ana))
    assert [call.method for call in slack.calls if call.method == "response_url"] == ["response_url"] * 2


async def test_a_message_is_replaced_and_deleted_by_its_response_url(
    slack: Playground, app: AsyncApp, client: AsyncWebClient, general: str, ana: str
) -> None:
    @app.action("go")
    async def go(ack: AsyncAck, respond: AsyncRespond, body: dict[str, Any]) -> None:
        await ack()
        if body["actions"][0]["value"] == "7":
            await respond(text="replaced", replace_original=True, blocks=[button("8")])
        else:
            await respond(delete_original=True)

    ts = (await client.chat_postMessage(channel=general, text="x", blocks=[button("7")]))["ts"]
    await slack.click(ana, general, ts, "go")
    await slack.until(lambda: [one["text"] for one in slack.messages(general)] == ["replaced"])
    await slack.click(ana, general, ts, "go")
    await slack.until(lambda: not slack.messages(general))


async def test_a_response_url_serves_five_times_in_thirty_minutes(
    slack: Playground, app: AsyncApp, clock: Clock, general: str, ana: str
) -> None:
    urls: list[str] = []

    @app.command("/quiz")
    async def quiz(ack: AsyncAck, command: dict[str, Any]) -> None:
        urls.append(command["response_url"])
        await ack()

    await slack.command(ana, general, "/quiz")
    await slack.command(ana, general, "/quiz")

    async def respond(url: str, **body: Any) -> tuple[int, str]:
        async with aiohttp.ClientSession() as session, session.post(url, json=body) as answer:
            return answer.status, await answer.text()

    assert await respond(urls[0]) == (400, '{"ok":false,"error":"no_text"}')
    assert (await respond(urls[0], blocks=[{"type": "banner"}]))[0] == 400
    assert await respond(urls[0], text="one") == (200, "ok")
    assert await respond(urls[0], text="two", response_type="in_channel") == (200, "ok")
    assert await respond(urls[0], text="three") == (200, "ok")
    assert await respond(urls[0], text="four") == (404, '{"ok":false,"error":"used_url"}')
    clock.at += 30 * 60 + 1
    assert await respond(urls[1], text="late") == (404, '{"ok":false,"error":"expired_url"}')
    assert [one["text"] for one in slack.ephemerals(ana)] == ["one", "three"]
    assert [one["text"] for one in slack.messages(general)] == ["two"]


async def test_response_urls_fail_and_lose_replies_as_levers_say(
    slack: Playground, app: AsyncApp, general: str, ana: str
) -> None:
    urls: list[str] = []

    @app.command("/quiz")
    async def quiz(ack: AsyncAck, command: dict[str, Any]) -> None:
        urls.append(command["response_url"])
        await ack()

    await slack.command(ana, general, "/quiz")
    await slack.levers.fail_next("response_url", "ratelimited")
    await slack.levers.lose_reply("response_url")
    async with aiohttp.ClientSession() as session:
        async with session.post(urls[0], json={"text": "one"}) as answer:
            assert (answer.status, answer.headers["Retry-After"]) == (429, "1")
        with pytest.raises(aiohttp.ClientConnectionError):
            await session.post(urls[0], json={"text": "two"})
    assert [one["text"] for one in slack.ephemerals(ana)] == ["two"]
