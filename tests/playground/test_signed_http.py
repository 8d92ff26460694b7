"""Signed HTTP: what Slack posts to an app's address, and the real Bolt behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from playground import Playground
from playground.errors import PersonError


@dataclass
class Heard:
    """What came in, and what is answered to it."""

    requests: list[tuple[dict[str, str], str]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)


Serve = Callable[[Callable[[web.Request], Awaitable[web.StreamResponse]]], Awaitable[str]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Serves a handler on loopback; its address."""
    async with AsyncExitStack() as stack:

        async def serving(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> str:
            app = web.Application()
            app.router.add_post("/slack/events", handler)
            runner = web.AppRunner(app)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            return f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"

        yield serving


@pytest.fixture
async def bolt(slack: Playground, client: AsyncWebClient, serve: Serve) -> AsyncApp:
    """A Bolt app over HTTP, whose address is entered."""
    app = AsyncApp(client=client, signing_secret=slack.signing_secret)

    async def handle(request: web.Request) -> web.Response:
        answer = await app.async_dispatch(
            AsyncBoltRequest(body=(await request.text()), headers=dict(request.headers))
        )
        headers = {name: values[0] for name, values in answer.headers.items()}
        return web.Response(status=answer.status, text=answer.body, headers=headers)

    await slack.levers.request_url(await serve(handle))
    return app


@pytest.fixture
async def heard(slack: Playground, serve: Serve) -> Heard:
    """A bare address that answers as a test says."""
    kept = Heard()

    async def handle(request: web.Request) -> web.Response:
        text = await request.text()
        if "url_verification" in text:
            return web.Response(text=(await request.json())["challenge"])
        kept.requests.append((dict(request.headers), text))
        status = kept.statuses.pop(0) if kept.statuses else 200
        return web.Response(status=status, headers=kept.headers)

    await slack.levers.request_url(await serve(handle))
    return kept


async def test_events_commands_and_interactions_reach_a_bolt_app(
    slack: Playground, bolt: AsyncApp, general: str, ana: str
) -> None:
    seen: list[Any] = []

    async def event(event: dict[str, Any]) -> None:
        seen.append(event["reaction"])

    async def command(ack: AsyncAck, command: dict[str, Any]) -> None:
        await ack(f"about {command['text']}")

    async def shortcut(ack: AsyncAck, body: dict[str, Any]) -> None:
        seen.append(body["callback_id"])
        await ack()

    bolt.event("reaction_added")(event)
    bolt.command("/quiz")(command)
    bolt.shortcut("start")(shortcut)
    await slack.react(ana, general, await slack.say(ana, general, "hello"), "a")
    ack = await slack.command(ana, general, "/quiz", "cats & dogs")
    assert (await slack.shortcut(ana, "start")).ok
    await slack.levers.delivered()
    assert (ack.ok, ack.text) == (True, "about cats &amp; dogs")
    assert seen == ["a", "start"]


@pytest.mark.parametrize("forged", [{"secret": "0" * 32}, {"age": 400.0}])
async def test_a_wrong_or_an_old_signature_is_refused(
    slack: Playground, bolt: AsyncApp, general: str, ana: str, forged: dict[str, Any]
) -> None:
    async def command(ack: AsyncAck) -> None:
        await ack("yes")

    bolt.command("/quiz")(command)
    slack.levers.signing(**forged)
    ack = await slack.command(ana, general, "/quiz", "cats")
    assert (ack.ok, ack.text) == (False, '/quiz failed with the error "dispatch_failed"')


async def test_an_address_that_does_not_know_the_challenge_is_not_taken(
    slack: Playground, serve: Serve
) -> None:
    async def deaf(_: web.Request) -> web.Response:
        return web.Response(text="hello")

    with pytest.raises(PersonError, match="challenge"):
        await slack.levers.request_url(await serve(deaf))


async def test_the_certificate_check_needs_no_signature(slack: Playground, bolt: AsyncApp) -> None:
    assert await slack.levers.check_ssl() == 200


async def test_an_event_that_fails_comes_three_times_more(
    slack: Playground, heard: Heard, general: str, ana: str
) -> None:
    heard.statuses = [500] * 4
    await slack.react(ana, general, await slack.say(ana, general, "hello"), "a")
    await slack.levers.delivered()
    tries = [headers.get("X-Slack-Retry-Num") for headers, _ in heard.requests]
    assert tries == [None, "1", "2", "3"]
    assert {headers.get("X-Slack-Retry-Reason") for headers, _ in heard.requests[1:]} == {"http_error"}
    assert len({text for _, text in heard.requests}) == 1


async def test_an_app_may_ask_not_to_be_told_again(
    slack: Playground, heard: Heard, general: str, ana: str
) -> None:
    heard.statuses, heard.headers = [500], {"X-Slack-No-Retry": "1"}
    await slack.react(ana, general, await slack.say(ana, general, "hello"), "a")
    await slack.levers.delivered()
    assert len(heard.requests) == 1


async def test_forms_and_json_come_as_slack_sends_them(
    slack: Playground, heard: Heard, general: str, ana: str
) -> None:
    await slack.command(ana, general, "/quiz", "cats")
    await slack.shortcut(ana, "start")
    await slack.react(ana, general, await slack.say(ana, general, "hello"), "a")
    await slack.levers.delivered()
    form = "application/x-www-form-urlencoded"
    assert [headers["Content-Type"] for headers, _ in heard.requests] == [form, form, "application/json"]
    assert "command=%2Fquiz" in heard.requests[0][1]
    assert heard.requests[1][1].startswith("payload=%7B")
