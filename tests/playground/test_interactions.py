"""Buttons, shortcuts, modals and homes."""

from __future__ import annotations

from typing import Any

import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from playground import Playground
from playground.errors import PersonError
from tests.playground.conftest import error, refused

Block = dict[str, Any]
GO: Block = {"type": "button", "text": {"type": "plain_text", "text": "Go"}, "action_id": "go", "value": "7"}
BUTTON: list[Block] = [{"type": "actions", "block_id": "row", "elements": [GO]}]
NAME: Block = {
    "type": "input",
    "block_id": "name",
    "label": {"type": "plain_text", "text": "Name"},
    "element": {"type": "plain_text_input", "action_id": "text"},
}


def modal(title: str = "Quiz", **more: Any) -> Block:
    submit = {"type": "plain_text", "text": "OK"}
    text = {"type": "plain_text", "text": title}
    return {"type": "modal", "title": text, "submit": submit, "blocks": [NAME], **more}


async def test_a_click_brings_the_message_and_the_element(
    slack: Playground, app: AsyncApp, client: AsyncWebClient, general: str, ana: str
) -> None:
    bodies: list[dict[str, Any]] = []

    @app.action("go")
    async def go(ack: AsyncAck, body: dict[str, Any]) -> None:
        bodies.append(body)
        await ack()

    ts = (await client.chat_postMessage(channel=general, text="x", blocks=BUTTON))["ts"]
    assert (await slack.click(ana, general, ts, "go")).ok
    (body,) = bodies
    (action,) = body["actions"]
    assert (action["type"], action["block_id"], action["value"]) == ("button", "row", "7")
    assert body["container"] == {
        "type": "message",
        "message_ts": ts,
        "channel_id": general,
        "is_ephemeral": False,
    }
    assert body["user"] == {"id": ana, "username": "ana", "name": "ana", "team_id": slack.team_id}
    assert body["message"]["ts"] == ts
    assert {"trigger_id", "response_url", "state", "team", "enterprise", "api_app_id", "token"} <= set(body)


async def test_a_click_that_nobody_answers_says_so(
    slack: Playground, app: AsyncApp, client: AsyncWebClient, general: str, ana: str
) -> None:
    ts = (await client.chat_postMessage(channel=general, text="x", blocks=BUTTON))["ts"]
    await slack.levers.ack_within(0.05)
    ack = await slack.click(ana, general, ts, "go")
    assert (ack.ok, ack.text) == (False, "Operation timed out. Apps need to respond within 3 seconds.")
    with pytest.raises(PersonError, match="not there any more"):
        await slack.click(ana, general, ts, "gone")


async def test_a_modal_is_opened_corrected_and_submitted(
    slack: Playground, app: AsyncApp, client: AsyncWebClient, general: str, ana: str
) -> None:
    @app.shortcut("start")
    async def start(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=modal(callback_id="ask"))

    @app.view("ask")
    async def asked(ack: AsyncAck, view: dict[str, Any]) -> None:
        name = view["state"]["values"]["name"]["text"]["value"]
        await ack() if name else await ack(response_action="errors", errors={"name": "Say who."})

    assert (await slack.shortcut(ana, "start")).ok
    view = await slack.until(lambda: slack.modal(ana))
    assert view is not None
    empty = await slack.submit(
        ana, view["id"], {"name": {"text": {"type": "plain_text_input", "value": None}}}
    )
    assert empty.payload == {"response_action": "errors", "errors": {"name": "Say who."}}
    assert slack.modal(ana) is not None
    await slack.submit(ana, view["id"], {"name": {"text": {"type": "plain_text_input", "value": "Ana"}}})
    assert slack.modal(ana) is None


async def test_modals_stack_update_and_close(
    slack: Playground, app: AsyncApp, client: AsyncWebClient, general: str, ana: str
) -> None:
    closed: list[bool] = []

    @app.shortcut("start")
    async def start(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=modal("First", callback_id="first"))

    @app.view("first")
    async def first(ack: AsyncAck) -> None:
        await ack(response_action="push", view=modal("Second", callback_id="second", notify_on_close=True))

    @app.view("second")
    async def second(ack: AsyncAck) -> None:
        await ack(response_action="update", view=modal("Third", callback_id="third", notify_on_close=True))

    @app.view_closed("third")
    async def third(ack: AsyncAck, body: dict[str, Any]) -> None:
        closed.append(body["is_cleared"])
        await ack()

    def title() -> str | None:
        view = slack.modal(ana)
        return None if view is None else view["title"]["text"]

    def top() -> str:
        view = slack.modal(ana)
        assert view is not None
        return str(view["id"])

    await slack.shortcut(ana, "start")
    await slack.until(lambda: title() == "First")
    await slack.submit(ana, top())
    assert title() == "Second"
    await slack.submit(ana, top())
    assert title() == "Third"
    stale = await refused(client.views_update(view_id=top(), view=modal("X"), hash="stale"))
    assert stale["error"] == "hash_conflict"
    await client.views_update(view_id=top(), view=modal("Fourth", callback_id="third", notify_on_close=True))
    assert title() == "Fourth"
    await slack.close_view(ana, top())
    assert (title(), closed) == ("First", [False])
    await slack.close_view(ana, top())
    assert title() is None
    assert await error(client.views_update(view_id="V0NONE", view=modal())) == "not_found"


async def test_a_modal_whose_answer_is_of_no_use_shows_trouble(
    slack: Playground, app: AsyncApp, client: AsyncWebClient, ana: str
) -> None:
    @app.shortcut("start")
    async def start(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=modal(callback_id="ask"))

    @app.view("ask")
    async def asked(ack: AsyncAck) -> None:
        await ack(response_action="errors", errors={"no such block": "x"})

    await slack.shortcut(ana, "start")
    view = await slack.until(lambda: slack.modal(ana))
    assert view is not None
    with pytest.raises(PersonError, match="We had some trouble connecting"):
        await slack.submit(ana, view["id"])


BAD_VIEWS: dict[str, tuple[Block, str]] = {
    "long title": (modal("x" * 25), "must be less than 25 characters [json-pointer:/view/title/text]"),
    "input without submit": (
        {key: value for key, value in modal().items() if key != "submit"},
        "missing required field: submit [json-pointer:/view]",
    ),
    "no blocks": (
        {key: value for key, value in modal().items() if key != "blocks"},
        "missing required field: blocks [json-pointer:/view]",
    ),
    "101 blocks": (
        modal(blocks=[{"type": "divider"}] * 101),
        "no more than 100 items allowed [json-pointer:/view/blocks]",
    ),
    "markdown": (
        modal(blocks=[{"type": "markdown", "text": "x"}]),
        "unsupported type: markdown [json-pointer:/view/blocks/0/type]",
    ),
    "much private metadata": (
        modal(private_metadata="x" * 3001),
        "must be less than 3001 characters [json-pointer:/view/private_metadata]",
    ),
}


@pytest.mark.parametrize(("view", "reason"), BAD_VIEWS.values(), ids=BAD_VIEWS)
async def test_a_bad_view_is_refused_with_the_reason(
    client: AsyncWebClient, view: Block, reason: str
) -> None:
    answer = await refused(client.views_open(trigger_id="any", view=view))
    assert answer["error"] == "invalid_arguments"
    assert answer["response_metadata"]["messages"] == [f"[ERROR] {reason}"]


async def test_a_shortcut_on_a_message_brings_the_message(
    slack: Playground, app: AsyncApp, general: str, ana: str, ben: str
) -> None:
    seen: list[tuple[str, str]] = []

    @app.shortcut("about")
    async def about(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        seen.append((body["message"]["text"], body["channel"]["name"]))
        await ack()
        await respond("only you see this")

    ts = await slack.say(ben, general, "the moon")
    await slack.shortcut(ana, "about", general, ts)
    await slack.until(lambda: slack.ephemerals(ana))
    assert seen == [("the moon", "general")]
    with pytest.raises(PersonError, match="no such shortcut"):
        await slack.shortcut(ana, "about")


async def test_a_home_is_published_and_its_buttons_work(
    slack: Playground, app: AsyncApp, client: AsyncWebClient, ana: str
) -> None:
    clicked: list[str] = []

    @app.event("app_home_opened")
    async def opened(event: dict[str, Any]) -> None:
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": BUTTON})

    @app.action("go")
    async def go(ack: AsyncAck, body: dict[str, Any]) -> None:
        clicked.append(body["container"]["type"])
        await ack()

    await slack.open_home(ana)
    home = await slack.until(lambda: slack.home_view(ana))
    assert home is not None
    assert (await slack.click_in_view(ana, home["id"], "go")).ok
    assert clicked == ["view"]
    bad = {"type": "home", "blocks": [{"type": "banner"}]}
    assert await error(client.views_publish(user_id=ana, view=bad)) == "invalid_arguments"
