"""Events: who hears what, how often, in which order; sockets that come and go."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from playground import Playground
from tests.playground.conftest import Clock, Connect, Heard

Open = Callable[[], Awaitable[aiohttp.ClientWebSocketResponse]]


@pytest.fixture
async def raw(slack: Playground, client: AsyncWebClient) -> AsyncIterator[Open]:
    """Opens bare sockets that acknowledge nothing by themselves."""
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())

        async def connect() -> aiohttp.ClientWebSocketResponse:
            opened = await client.apps_connections_open(app_token=slack.app_token)
            return await stack.enter_async_context(session.ws_connect(opened["url"]))

        yield connect


async def test_an_event_is_complete(slack: Playground, raw: Open, general: str, ana: str, ben: str) -> None:
    ts = await slack.say(ana, general, "hello")
    socket = await raw()
    hello = await socket.receive_json()
    assert (hello["type"], hello["num_connections"]) == ("hello", 1)
    await slack.react(ben, general, ts, "thumbsup")
    envelope = await socket.receive_json()
    assert (envelope["type"], envelope["retry_attempt"], envelope["accepts_response_payload"]) == (
        "events_api",
        0,
        False,
    )
    payload = envelope["payload"]
    event = payload.pop("event")
    assert set(payload) == {
        "token",
        "team_id",
        "context_team_id",
        "context_enterprise_id",
        "api_app_id",
        "type",
        "event_id",
        "event_time",
        "authorizations",
        "is_ext_shared_channel",
        "event_context",
    }
    assert event == {
        "type": "reaction_added",
        "user": ben,
        "reaction": "+1",
        "item": {"type": "message", "channel": general, "ts": ts},
        "item_user": ana,
        "event_ts": event["event_ts"],
    }


async def test_an_unacknowledged_event_is_sent_again_as_often_as_slack_does(
    slack: Playground, raw: Open, general: str, ana: str
) -> None:
    await slack.levers.ack_within(0.05)
    socket = await raw()
    await socket.receive_json()
    await slack.react(ana, general, await slack.say(ana, general, "hello"), "a")
    seen = [await socket.receive_json() for _ in range(4)]
    assert [one["retry_attempt"] for one in seen] == [0, 1, 2, 3]
    assert [one["retry_reason"] for one in seen] == ["", "timeout", "timeout", "timeout"]
    assert len({one["payload"]["event_id"] for one in seen}) == 1
    assert len({one["envelope_id"] for one in seen}) == 4
    await slack.levers.delivered()


async def test_an_acknowledged_event_is_not_sent_again(
    slack: Playground, raw: Open, general: str, ana: str
) -> None:
    socket = await raw()
    await socket.receive_json()
    ts = await slack.say(ana, general, "hello")
    for name in ("a", "b"):
        await slack.react(ana, general, ts, name)
        envelope = await socket.receive_json()
        assert envelope["payload"]["event"]["reaction"] == name
        await socket.send_json({"envelope_id": envelope["envelope_id"]})
        await slack.levers.delivered()


async def test_each_event_goes_to_one_of_the_connections(
    slack: Playground, raw: Open, general: str, ana: str
) -> None:
    sockets = [await raw(), await raw()]
    assert [(await socket.receive_json())["num_connections"] for socket in sockets] == [1, 2]
    ts = await slack.say(ana, general, "hello")
    for name in ("a", "b", "heart", "eyes"):
        await slack.react(ana, general, ts, name)
    got = [
        [(await socket.receive_json())["payload"]["event"]["reaction"] for _ in range(2)]
        for socket in sockets
    ]
    assert sorted(got[0] + got[1]) == ["a", "b", "eyes", "heart"]


async def test_an_eleventh_connection_is_one_too_many(slack: Playground, raw: Open) -> None:
    sockets = [await raw() for _ in range(11)]
    first = [json.loads((await socket.receive()).data) for socket in sockets]
    assert [one["type"] for one in first] == ["hello"] * 10 + ["disconnect"]
    assert first[-1]["reason"] == "too_many_websockets"


async def test_a_ticket_serves_once(slack: Playground, client: AsyncWebClient) -> None:
    url = (await client.apps_connections_open(app_token=slack.app_token))["url"]
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(url):
            pass
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)


async def test_the_app_hears_only_of_channels_that_it_is_in(
    slack: Playground, heard: Heard, general: str, ana: str
) -> None:
    random = slack.channel("random")
    away = await slack.say(ana, random, "hello")
    here = await slack.say(ana, general, "hello")
    await slack.react(ana, random, away, "a")
    await slack.react(ana, general, here, "b")
    await slack.levers.delivered()
    assert [event["reaction"] for event in heard.events] == ["b"]


async def test_the_app_hears_only_what_it_subscribes_to(
    slack: Playground, heard: Heard, general: str, ana: str
) -> None:
    await slack.say(ana, general, "not for the app")
    await slack.say(ana, slack.im(ana), "for the app")
    await slack.say(ana, general, f"<@{slack.bot_user_id}> hello & welcome")
    await slack.open_home(ana)
    await slack.join(slack.bot_user_id, slack.channel("random"))
    await slack.levers.delivered()
    assert heard.kinds() == ["message", "app_mention", "app_home_opened", "member_joined_channel"]
    assert heard.events[0]["channel_type"] == "im"
    assert heard.events[1]["text"] == f"<@{slack.bot_user_id}> hello &amp; welcome"


async def test_slack_tells_the_bot_of_its_own_reactions_too(
    slack: Playground, client: AsyncWebClient, raw: Open, general: str, ana: str
) -> None:
    socket = await raw()
    await socket.receive_json()
    ts = await slack.say(ana, general, "hello")
    await client.reactions_add(channel=general, timestamp=ts, name="a")
    assert (await socket.receive_json())["payload"]["event"]["user"] == slack.bot_user_id


async def test_doubled_events_come_twice_with_one_id(
    slack: Playground, raw: Open, general: str, ana: str
) -> None:
    socket = await raw()
    await socket.receive_json()
    await slack.levers.deliver_twice()
    await slack.react(ana, general, await slack.say(ana, general, "hello"), "a")
    both = [await socket.receive_json() for _ in range(2)]
    assert [one["retry_attempt"] for one in both] == [0, 1]
    assert both[0]["payload"] == both[1]["payload"]


@pytest.mark.parametrize(
    ("order", "come"),
    [("fifo", ["a", "b", "ab"]), ("lifo", ["ab", "b", "a"]), ([2, 0, 1], ["ab", "a", "b"]), ([1], ["b"])],
)
async def test_held_events_come_in_the_order_that_the_test_wants(
    slack: Playground, heard: Heard, ana: str, order: Any, come: list[str]
) -> None:
    general = slack.channel("general")
    ts = await slack.say(ana, general, "hello")
    await slack.levers.hold_events()
    for name in ("a", "b", "ab"):
        await slack.react(ana, general, ts, name)
    assert not heard.events
    await slack.levers.release_events(order)
    await slack.levers.delivered()
    assert [event["reaction"] for event in heard.events] == come


@pytest.mark.parametrize("how", ["close", "refresh"])
async def test_after_a_dropped_socket_bolt_comes_back_and_misses_nothing(
    slack: Playground, heard: Heard, general: str, ana: str, how: Any
) -> None:
    ts = await slack.say(ana, general, "hello")
    await slack.levers.drop_socket(how)
    await slack.react(ana, general, ts, "a")
    await slack.connected()
    await slack.react(ana, general, ts, "b")
    await slack.levers.delivered()
    assert {event["reaction"] for event in heard.events} == {"a", "b"}


async def test_an_event_on_a_breaking_socket_is_sent_again_on_the_next(
    slack: Playground, raw: Open, general: str, ana: str
) -> None:
    first = await raw()
    await first.receive_json()
    await slack.react(ana, general, await slack.say(ana, general, "hello"), "a")
    await first.receive_json()
    await slack.levers.drop_socket("abort")
    second = await raw()
    await second.receive_json()
    again = await second.receive_json()
    assert (again["payload"]["event"]["reaction"], again["retry_attempt"]) == ("a", 1)


async def test_slack_gives_up_on_an_app_that_stays_away(
    slack: Playground, connect: Connect, clock: Clock, general: str, ana: str
) -> None:
    ts = await slack.say(ana, general, "hello")
    await slack.react(ana, general, ts, "a")
    clock.at += 3600
    app: AsyncApp = await connect()
    names: list[str] = []

    @app.event("reaction_added")
    async def added(event: dict[str, Any]) -> None:
        names.append(event["reaction"])

    await slack.react(ana, general, ts, "b")
    await slack.levers.delivered()
    assert names == ["b"]
