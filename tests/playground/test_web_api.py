"""The Web API: who may call it, and what each method refuses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from playground import Playground
from tests.playground.conftest import MANIFEST, Clock, error, refused


async def test_auth_test_says_who_the_bot_is(slack: Playground, client: AsyncWebClient) -> None:
    who = await client.auth_test()
    assert (who["user_id"], who["team_id"], who["bot_id"]) == (slack.bot_user_id, slack.team_id, slack.bot_id)
    assert "chat:write" in who.headers["X-OAuth-Scopes"]
    assert (await client.bots_info(bot=slack.bot_id))["bot"]["user_id"] == slack.bot_user_id
    assert (await client.api_test(foo="bar"))["args"] == {"foo": "bar"}
    assert await error(client.api_test(error="my_error")) == "my_error"


async def test_tokens_are_checked(slack: Playground, client: AsyncWebClient) -> None:
    assert await error(client.auth_test(token="xoxb-wrong")) == "invalid_auth"
    assert await error(client.auth_test(token="")) == "not_authed"
    assert await error(client.auth_test(token=slack.app_token)) == "not_allowed_token_type"
    assert await error(client.apps_connections_open(app_token=slack.bot_token)) == "not_allowed_token_type"
    assert await error(client.api_call("chat.shout")) == "unknown_method"
    assert [call.token_kind for call in slack.calls] == ["unknown", "none", "app", "bot", "bot"]


async def test_arguments_are_taken_from_query_form_and_json(slack: Playground, general: str) -> None:
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    form = {"token": slack.bot_token, "text": "form", "blocks": '[{"type": "divider"}]'}
    async with aiohttp.ClientSession() as session:
        url = f"{slack.api_url}chat.postMessage"
        async with session.post(url, params={"channel": general}, data=form) as answer:
            assert (await answer.json())["ok"]
        async with session.post(url, json={"channel": general, "text": "json"}, headers=headers) as answer:
            assert (await answer.json())["ok"]
    assert [call.args.get("text") for call in slack.calls] == ["form", "json"]
    assert slack.calls[0].args["blocks"] == [{"type": "divider"}]
    assert all("token" not in call.args for call in slack.calls)
    assert [call.at_index for call in slack.calls] == [0, 1]


Doing = Callable[[AsyncWebClient, dict[str, str]], Awaitable[Any]]
REFUSALS: dict[str, tuple[str, Doing]] = {
    "post: no such channel": (
        "channel_not_found",
        lambda c, at: c.chat_postMessage(channel="C0NONE", text="x"),
    ),
    "post: not a member": (
        "not_in_channel",
        lambda c, at: c.chat_postMessage(channel=at["random"], text="x"),
    ),
    "post: private, not a member": (
        "channel_not_found",
        lambda c, at: c.chat_postMessage(channel=at["secret"], text="x"),
    ),
    "post: archived": ("is_archived", lambda c, at: c.chat_postMessage(channel=at["old"], text="x")),
    "post: nothing": (
        "no_text",
        lambda c, at: c.api_call("chat.postMessage", json={"channel": at["general"]}),
    ),
    "post: no such thread": (
        "thread_not_found",
        lambda c, at: c.chat_postMessage(channel=at["general"], text="x", thread_ts="1.000001"),
    ),
    "post: bad metadata": (
        "invalid_metadata_schema",
        lambda c, at: c.chat_postMessage(channel=at["general"], text="x", metadata={"event_type": "quiz"}),
    ),
    "post: blocks are no list": (
        "invalid_blocks_format",
        lambda c, at: c.chat_postMessage(channel=at["general"], text="x", blocks="{"),
    ),
    "update: no such message": (
        "message_not_found",
        lambda c, at: c.chat_update(channel=at["general"], ts="1.000001", text="x"),
    ),
    "update: someone else's": (
        "cant_update_message",
        lambda c, at: c.chat_update(channel=at["general"], ts=at["anas"], text="x"),
    ),
    "update: too long": (
        "msg_too_long",
        lambda c, at: c.chat_update(channel=at["general"], ts=at["mine"], text="x" * 4001),
    ),
    "delete: someone else's": (
        "cant_delete_message",
        lambda c, at: c.chat_delete(channel=at["general"], ts=at["anas"]),
    ),
    "whisper: to nobody": (
        "user_not_found",
        lambda c, at: c.chat_postEphemeral(channel=at["general"], user="U0NONE", text="x"),
    ),
    "whisper: to a stranger": (
        "user_not_in_channel",
        lambda c, at: c.chat_postEphemeral(channel=at["bots"], user=at["ana"], text="x"),
    ),
    "react: unknown emoji": (
        "invalid_name",
        lambda c, at: c.reactions_add(channel=at["general"], timestamp=at["mine"], name="no_such_emoji"),
    ),
    "react: no such message": (
        "message_not_found",
        lambda c, at: c.reactions_add(channel=at["general"], timestamp="1.000001", name="a"),
    ),
    "react: not a member": (
        "not_in_channel",
        lambda c, at: c.reactions_add(channel=at["random"], timestamp="1.000001", name="a"),
    ),
    "react: twice": (
        "already_reacted",
        lambda c, at: c.reactions_add(channel=at["general"], timestamp=at["mine"], name="thumbsup"),
    ),
    "unreact: never did": (
        "no_reaction",
        lambda c, at: c.reactions_remove(channel=at["general"], timestamp=at["mine"], name="b"),
    ),
    "replies: no such thread": (
        "thread_not_found",
        lambda c, at: c.conversations_replies(channel=at["general"], ts="1.000001"),
    ),
    "history: not a member": ("not_in_channel", lambda c, at: c.conversations_history(channel=at["random"])),
    "history: bad cursor": (
        "invalid_cursor",
        lambda c, at: c.conversations_history(channel=at["general"], cursor="what"),
    ),
    "info: no such channel": ("channel_not_found", lambda c, at: c.conversations_info(channel="C0NONE")),
    "user: nobody": ("user_not_found", lambda c, at: c.users_info(user="U0NONE")),
    "no channel at all": (
        "invalid_arguments",
        lambda c, at: c.api_call("chat.postMessage", json={"text": "x"}),
    ),
    "no item": ("no_item_specified", lambda c, at: c.api_call("reactions.get")),
    "join: archived": ("is_archived", lambda c, at: c.conversations_join(channel=at["old"])),
}


@pytest.mark.parametrize(("code", "call"), REFUSALS.values(), ids=REFUSALS)
async def test_what_slack_refuses_is_refused(
    slack: Playground, client: AsyncWebClient, ana: str, code: str, call: Doing
) -> None:
    bot, general = slack.bot_user_id, slack.channel("general")
    at = {
        "ana": ana,
        "general": general,
        "random": slack.channel("random"),
        "secret": await slack.add_channel("secret", members=[ana], private=True),
        "bots": await slack.add_channel("bots", members=[bot]),
        "old": await slack.add_channel("old", members=[bot, ana]),
        "anas": await slack.say(ana, general, "hello"),
        "mine": (await client.chat_postMessage(channel=general, text="hello"))["ts"],
    }
    await client.reactions_add(channel=general, timestamp=at["mine"], name="+1")
    await slack.archive(at["old"])
    assert await error(call(client, at)) == code


async def test_a_missing_scope_is_named_beside_those_that_are_there(
    slack: Playground, client: AsyncWebClient, general: str
) -> None:
    await client.conversations_history(channel=general)  # an optional scope counts as granted
    await slack.levers.revoke_scope("channels:history", "groups:history")
    answer = await refused(client.conversations_history(channel=general))
    assert answer["error"] == "missing_scope"
    assert answer["needed"] == "channels:history,groups:history,im:history"
    assert "chat:write" in answer["provided"].split(",")
    await slack.levers.grant_scope("groups:history")
    assert (await refused(client.conversations_history(channel=general)))["needed"] == "channels:history"
    await slack.levers.revoke_scope("reactions:write")
    assert await error(client.reactions_add(channel=general, timestamp="1.0", name="a")) == "missing_scope"


async def test_a_planned_failure_happens_as_often_as_planned_and_changes_nothing(
    slack: Playground, client: AsyncWebClient, general: str
) -> None:
    await slack.levers.fail_next("chat.postMessage", "internal_error", times=2, http_status=500)
    for _ in range(2):
        assert await error(client.chat_postMessage(channel=general, text="x")) == "internal_error"
    await client.chat_postMessage(channel=general, text="x")
    assert len(slack.messages(general)) == 1


async def test_a_rate_limit_comes_as_429_with_retry_after(
    slack: Playground, client: AsyncWebClient, general: str
) -> None:
    await slack.levers.fail_next("chat.update", "ratelimited", retry_after=7)
    with pytest.raises(SlackApiError) as refusal:
        await client.chat_update(channel=general, ts="1.0", text="x")
    response = refusal.value.response
    assert (response.status_code, response.headers["Retry-After"]) == (429, "7")
    assert response["error"] == "ratelimited"


async def test_posting_is_limited_to_about_one_a_second_a_channel(clock: Clock) -> None:
    async with (
        Playground(MANIFEST, now=clock, posts_per_second=1.0) as slack,
        aiohttp.ClientSession() as session,
    ):
        client = AsyncWebClient(slack.bot_token, slack.api_url, session=session, retry_handlers=[])
        channel = slack.channel("general")
        for _ in range(5):
            await client.chat_postMessage(channel=channel, text="a burst passes")
        with pytest.raises(SlackApiError) as refusal:
            await client.chat_postMessage(channel=channel, text="too much")
        assert (refusal.value.response.status_code, refusal.value.response.headers["Retry-After"]) == (
            429,
            "1",
        )
        await client.chat_postMessage(channel=slack.person("ana"), text="another channel has its own limit")
        clock.at += 1
        await client.chat_postMessage(channel=channel, text="waited")


async def test_a_lost_reply_has_changed_the_state_all_the_same(
    slack: Playground, client: AsyncWebClient, general: str
) -> None:
    await slack.levers.lose_reply("chat.postMessage")
    with pytest.raises(aiohttp.ClientConnectionError):
        await client.chat_postMessage(channel=general, text="was it posted?")
    assert [one["text"] for one in slack.messages(general)] == ["was it posted?"]
    (call,) = slack.calls
    assert call.response is not None
    assert call.response["ok"]
    await client.chat_postMessage(channel=general, text="the next one is answered")


async def test_waiting_in_vain_shows_what_is_there(
    slack: Playground, client: AsyncWebClient, general: str
) -> None:
    await client.chat_postMessage(channel=general, text="only this")
    with pytest.raises(AssertionError, match="only this"):
        await slack.until(lambda: False, timeout=0)


async def test_a_body_that_is_no_json_object_is_refused(slack: Playground) -> None:
    headers = {"Authorization": f"Bearer {slack.bot_token}", "Content-Type": "application/json"}
    async with aiohttp.ClientSession(headers=headers) as session:
        for body, code in (("{", "invalid_json"), ("[]", "json_not_object")):
            async with session.post(f"{slack.api_url}auth.test", data=body) as answer:
                assert await answer.json() == {"ok": False, "error": code}
