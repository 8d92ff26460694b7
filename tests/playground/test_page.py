"""What the page reads and does: the state, the stream, the acts; and the box on its own."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from playground import Playground
from tests.playground.conftest import MANIFEST

CHECKOUT = Path(__file__).parents[2]


class Browser:
    """What the page's script asks of the server."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self.url = url
        self.session = session

    async def state(self) -> Any:
        async with self.session.get(f"{self.url}/play/state") as answer:
            return await answer.json()

    async def act(self, who: str, do: str, **fields: Any) -> Any:
        async with self.session.post(f"{self.url}/play/act", json={"as": who, "do": do, **fields}) as answer:
            return await answer.json()


@pytest.fixture
async def browser(slack: Playground) -> AsyncIterator[Browser]:
    async with aiohttp.ClientSession() as session:
        yield Browser(slack.url, session)


async def test_the_state_has_all_that_the_page_shows(
    slack: Playground, browser: Browser, client: AsyncWebClient, general: str, ana: str
) -> None:
    ts = await slack.say(ana, general, "hello @quiz <3")
    await client.chat_postEphemeral(channel=general, user=ana, text="psst")
    state = await browser.state()
    assert set(state) == {
        "team",
        "me_default",
        "apps",
        "builtin_commands",
        "users",
        "channels",
        "messages",
        "ephemerals",
        "modals",
        "homes",
        "connected",
        "emoji",
    }
    assert state["me_default"] == ana
    assert [one["command"] for one in state["apps"][0]["commands"]] == ["/quiz", "/ask"]
    assert [(one["ts"], one["text"]) for one in state["messages"][general]] == [
        (ts, f"hello <@{slack.bot_user_id}> &lt;3")
    ]
    assert [(one["user"], one["message"]["text"]) for one in state["ephemerals"]] == [(ana, "psst")]
    assert (state["connected"], state["emoji"]["thumbsdown"]) == (False, "👎")
    assert {one["name"]: one["initials"] for one in state["users"]}["chloe"] == "CM"


async def test_the_stream_tells_each_change(
    slack: Playground, browser: Browser, client: AsyncWebClient, general: str, ana: str
) -> None:
    async with browser.session.get(f"{slack.url}/play/stream") as stream:
        assert stream.content_type == "text/event-stream"
        await stream.content.readuntil(b"\n\n")
        ts = (await client.chat_postMessage(channel=general, text="hello"))["ts"]
        await slack.react(ana, general, ts, "a")
        await client.chat_delete(channel=general, ts=ts)
        seen = [json.loads((await stream.content.readuntil(b"\n\n"))[6:]) for _ in range(3)]
    assert [one["kind"] for one in seen] == ["message", "message", "message_deleted"]
    assert seen[1]["message"]["reactions"][0]["users"] == [ana]


async def test_an_open_stream_ends_when_the_box_stops(slack: Playground, browser: Browser) -> None:
    async with browser.session.get(f"{slack.url}/play/stream") as stream:
        await stream.content.readuntil(b"\n\n")
        await slack.stop()
        assert await stream.content.read() == b""


async def test_people_talk_react_and_take_back(
    slack: Playground, browser: Browser, general: str, ana: str, ben: str
) -> None:
    said = await browser.act(ana, "message", channel=general, text="hello &amp; welcome")
    ts = said["ts"]
    assert slack.messages(general)[0]["text"] == "hello &amp; welcome"
    assert (await browser.act(ben, "react", channel=general, ts=ts, name="a"))["ok"]
    again = await browser.act(ben, "react", channel=general, ts=ts, name="a")
    assert again == {"ok": False, "error": "You have reacted with this already."}
    assert (await browser.act(ben, "unreact", channel=general, ts=ts, name="a"))["ok"]
    assert not (await browser.act(ben, "delete", channel=general, ts=ts))["ok"]
    assert (await browser.act(ana, "delete", channel=general, ts=ts))["ok"]
    assert not slack.messages(general)
    assert not (await browser.act(ana, "dance"))["ok"]


async def test_another_sites_script_gets_nothing_done(browser: Browser, general: str, ana: str) -> None:
    asked = json.dumps({"as": ana, "do": "message", "channel": general, "text": "spam"})
    async with browser.session.post(f"{browser.url}/play/act", data=asked) as answer:
        assert answer.status == 415
    async with browser.session.get(f"{browser.url}/play/state", headers={"Host": "evil.example"}) as answer:
        assert answer.status == 400


async def test_a_command_and_a_click_go_to_the_app(
    slack: Playground, browser: Browser, app: AsyncApp, client: AsyncWebClient, ana: str
) -> None:
    general = slack.channel("general")
    clicked: list[str] = []

    @app.command("/quiz")
    async def quiz(ack: AsyncAck, command: dict[str, Any]) -> None:
        await ack(f"You asked about {command['text']}")

    @app.action("pick")
    async def pick(ack: AsyncAck, action: dict[str, Any]) -> None:
        clicked.append(action["selected_option"]["value"])
        await ack()

    assert (await browser.act(ana, "message", channel=general, text="/quiz rivers"))["ok"]
    assert [one["text"] for one in slack.ephemerals(ana)] == ["You asked about rivers"]
    wrong = await browser.act(ana, "command", channel=general, command="/nope", text="")
    assert "/nope is not a valid command" in wrong["error"]
    option = {"text": {"type": "plain_text", "text": "One"}, "value": "1"}
    menu = {"type": "static_select", "action_id": "pick", "options": [option]}
    blocks = [{"type": "actions", "block_id": "row", "elements": [menu]}]
    ts = (await client.chat_postMessage(channel=general, text="x", blocks=blocks))["ts"]
    done = await browser.act(
        ana,
        "action",
        channel=general,
        ts=ts,
        type="static_select",
        action_id="pick",
        block_id="row",
        selected_option=option,
    )
    assert (done, clicked) == ({"ok": True}, ["1"])


async def test_the_page_and_its_assets_are_served(browser: Browser) -> None:
    async with browser.session.get(f"{browser.url}/") as answer:
        assert answer.content_type == "text/html"
    async with browser.session.get(f"{browser.url}/page/app.js") as answer:
        assert answer.content_type == "text/javascript"
    async with browser.session.get(f"{browser.url}/page/..%2Fplayground.py") as answer:
        assert answer.status == 404


async def test_as_a_companion_it_prints_its_address_and_ends_with_its_input(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps(MANIFEST))
    box = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "playground",
        "--companion",
        f"--manifest={manifest}",
        cwd=CHECKOUT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert box.stdin is not None
    assert box.stdout is not None
    address = json.loads(await box.stdout.readline())
    assert set(address) == {
        "url",
        "api_url",
        "bot_token",
        "app_token",
        "signing_secret",
        "client_id",
        "client_secret",
        "team_id",
        "bot_user_id",
    }
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(address["bot_token"], address["api_url"], session=session)
        assert (await client.auth_test())["user_id"] == address["bot_user_id"]
    box.stdin.close()
    rest = await box.communicate()
    assert (box.returncode, rest) == (0, (b"", b""))


async def test_a_taken_port_is_one_line_that_says_what_to_do(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps(MANIFEST))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        box = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "playground",
            f"--port={port}",
            f"--manifest={manifest}",
            cwd=CHECKOUT,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await box.communicate()
    assert (box.returncode, out) == (1, b"")
    assert err.decode().count("\n") == 1
    assert "--port" in err.decode()
