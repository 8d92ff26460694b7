"""Messages: editing, threads, metadata, reading back."""

from __future__ import annotations

from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from playground import Playground
from tests.playground.conftest import error

SECTION: list[dict[str, Any]] = [{"type": "section", "text": {"type": "mrkdwn", "text": "*bold*"}}]
METADATA = {"event_type": "quiz", "event_payload": {"number": 7}}


async def test_text_alone_takes_the_blocks_away_and_keeps_metadata_and_reactions(
    slack: Playground, client: AsyncWebClient, general: str, ana: str
) -> None:
    posted = await client.chat_postMessage(channel=general, text="one", blocks=SECTION, metadata=METADATA)
    await slack.react(ana, general, posted["ts"], "a")
    answer = await client.chat_update(channel=general, ts=posted["ts"], text="two")
    (message,) = slack.messages(general)
    assert (answer["ts"], answer["text"]) == (posted["ts"], "two")
    assert "blocks" not in message
    assert message["metadata"] == METADATA
    assert message["reactions"] == [{"name": "a", "users": [ana], "count": 1}]
    assert message["edited"]["user"] == slack.bot_user_id


async def test_blocks_alone_keep_the_text_and_show_no_edit(
    slack: Playground, client: AsyncWebClient, general: str
) -> None:
    posted = await client.chat_postMessage(channel=general, text="one")
    await client.api_call("chat.update", json={"channel": general, "ts": posted["ts"], "blocks": SECTION})
    (message,) = slack.messages(general)
    assert (message["text"], message["blocks"][0]["type"]) == ("one", "section")
    assert "edited" not in message


async def test_empty_metadata_removes_it(slack: Playground, client: AsyncWebClient, general: str) -> None:
    posted = await client.chat_postMessage(channel=general, text="one", metadata=METADATA)
    await client.chat_update(channel=general, ts=posted["ts"], text="two", metadata={})
    assert "metadata" not in slack.messages(general)[0]


async def test_metadata_is_read_back_only_when_asked_for(client: AsyncWebClient, general: str) -> None:
    posted = await client.chat_postMessage(channel=general, text="one", metadata=METADATA)
    await client.chat_postMessage(channel=general, text="two", thread_ts=posted["ts"], metadata=METADATA)
    plain = await client.conversations_history(channel=general)
    full = await client.conversations_history(channel=general, include_all_metadata=True)
    assert [one.get("metadata") for one in plain["messages"]] == [None]
    assert [one.get("metadata") for one in full["messages"]] == [METADATA]
    thread = await client.conversations_replies(channel=general, ts=posted["ts"], include_all_metadata=True)
    assert [one["metadata"] for one in thread["messages"]] == [METADATA, METADATA]
    shown = await client.reactions_get(channel=general, timestamp=posted["ts"])
    assert "metadata" not in shown["message"]


async def test_text_is_cut_at_forty_thousand(slack: Playground, client: AsyncWebClient, general: str) -> None:
    await client.chat_postMessage(channel=general, text="x" * 50_000)
    assert len(slack.messages(general)[0]["text"]) == 40_000


async def test_every_block_and_button_gets_an_id(client: AsyncWebClient, general: str) -> None:
    button = {"type": "button", "text": {"type": "plain_text", "text": "Go"}}
    posted = await client.chat_postMessage(
        channel=general, text="x", blocks=[*SECTION, {"type": "actions", "elements": [button]}]
    )
    section, actions = posted["message"]["blocks"]
    assert section["block_id"] != actions["block_id"]
    assert actions["elements"][0]["action_id"]


async def test_a_thread_counts_its_replies(
    slack: Playground, client: AsyncWebClient, general: str, ana: str
) -> None:
    root = (await client.chat_postMessage(channel=general, text="root"))["ts"]
    reply = await slack.say(ana, general, "reply", thread_ts=root)
    await slack.say(ana, general, "a reply to the reply joins the same thread", thread_ts=reply)
    message = slack.messages(general)[0]
    assert (message["reply_count"], message["reply_users"], message["thread_ts"]) == (2, [ana], root)
    top = await client.conversations_history(channel=general)
    assert [one["text"] for one in top["messages"]] == ["root"]
    thread = await client.conversations_replies(channel=general, ts=root)
    assert [one["text"] for one in thread["messages"]][:2] == ["root", "reply"]


async def test_a_deleted_parent_leaves_a_tombstone(
    slack: Playground, client: AsyncWebClient, general: str, ana: str
) -> None:
    root = (await client.chat_postMessage(channel=general, text="root"))["ts"]
    await slack.say(ana, general, "reply", thread_ts=root)
    await client.chat_delete(channel=general, ts=root)
    assert slack.messages(general)[0]["subtype"] == "tombstone"
    assert await error(client.chat_update(channel=general, ts=root, text="x")) == "message_not_found"
    assert await error(client.reactions_get(channel=general, timestamp=root)) == "message_not_found"


async def test_history_goes_by_pages_and_bounds(
    slack: Playground, client: AsyncWebClient, general: str, ana: str
) -> None:
    stamps = [await slack.say(ana, general, f"number {count}") for count in range(5)]
    assert stamps == sorted(set(stamps))
    texts: list[str] = []
    async for page in await client.conversations_history(channel=general, limit=2):
        texts += [one["text"] for one in page["messages"]]
    assert texts == [f"number {count}" for count in (4, 3, 2, 1, 0)]

    async def between(**bounds: Any) -> list[str]:
        answer = await client.conversations_history(
            channel=general, oldest=stamps[1], latest=stamps[3], **bounds
        )
        return [one["ts"] for one in answer["messages"]]

    assert await between() == [stamps[2]]
    assert await between(inclusive=True) == [stamps[3], stamps[2], stamps[1]]


async def test_a_page_follows_on_the_last_whatever_is_said_meanwhile(
    slack: Playground, client: AsyncWebClient, general: str, ana: str
) -> None:
    stamps = [await slack.say(ana, general, f"number {count}") for count in range(5)]
    first = await client.conversations_history(channel=general, limit=2, oldest=stamps[0])
    await slack.say(ana, general, "meanwhile")
    second = await client.conversations_history(
        channel=general, limit=9, oldest=stamps[0], cursor=first["response_metadata"]["next_cursor"]
    )
    assert [one["ts"] for one in (*first["messages"], *second["messages"])] == stamps[:0:-1]


async def test_reactions_are_read_back_under_slacks_names(
    slack: Playground, client: AsyncWebClient, general: str, ana: str, ben: str
) -> None:
    ts = (await client.chat_postMessage(channel=general, text="x"))["ts"]
    await client.reactions_add(channel=general, timestamp=ts, name="thumbsdown")
    await slack.react(ana, general, ts, "thumbsdown")
    await slack.react(ben, general, ts, "wave::skin-tone-3")
    seen = await client.reactions_get(channel=general, timestamp=ts, full=True)
    assert {one["name"]: one["users"] for one in seen["message"]["reactions"]} == {
        "-1": [slack.bot_user_id, ana],
        "wave::skin-tone-3": [ben],
    }
    mine = await client.reactions_list()
    assert [item["message"]["ts"] for item in mine["items"]] == [ts]
    await client.reactions_remove(channel=general, timestamp=ts, name="-1")
    await slack.unreact(ana, general, ts, "-1")
    await slack.unreact(ben, general, ts, "wave::skin-tone-3")
    assert "reactions" not in slack.messages(general)[0]


async def test_channels_and_people_are_listed(
    slack: Playground, client: AsyncWebClient, general: str, ana: str
) -> None:
    secret = await slack.add_channel("secret", members=[ana], private=True)
    both = await client.conversations_list(types="public_channel,private_channel")
    assert [one["name"] for one in both["channels"]] == ["general", "random"]
    assert [one["is_member"] for one in both["channels"]] == [True, False]
    assert await error(client.conversations_info(channel=secret)) == "channel_not_found"
    assert [one["name"] for one in (await client.users_conversations())["channels"]] == ["general"]
    info = await client.conversations_info(channel=general, include_num_members=True)
    assert (info["channel"]["name"], info["channel"]["num_members"]) == ("general", 5)
    assert ana in (await client.conversations_members(channel=general))["members"]
    assert (await client.users_info(user=ana))["user"]["real_name"] == "Ana Silva"
    assert len((await client.users_list())["members"]) == 5
    assert (await client.conversations_join(channel=slack.channel("random")))["channel"]["is_member"]


async def test_a_persons_id_is_an_address_for_direct_messages(
    slack: Playground, client: AsyncWebClient, ana: str
) -> None:
    opened = await client.conversations_open(users=[ana])
    posted = await client.chat_postMessage(channel=ana, text="psst")
    assert posted["channel"] == opened["channel"]["id"] == slack.im(ana)


async def test_a_permalink_leads_to_the_message(
    slack: Playground, client: AsyncWebClient, general: str
) -> None:
    ts = (await client.chat_postMessage(channel=general, text="x"))["ts"]
    link = (await client.chat_getPermalink(channel=general, message_ts=ts))["permalink"]
    assert link == f"{slack.url}/archives/{general}/p{ts.replace('.', '')}"


async def test_a_whisper_is_for_one_person(
    slack: Playground, client: AsyncWebClient, general: str, ana: str, ben: str
) -> None:
    told = await client.chat_postEphemeral(channel=general, user=ana, text="just you", blocks=SECTION)
    assert [(one["ts"], one["channel"]) for one in slack.ephemerals(ana)] == [(told["message_ts"], general)]
    assert not slack.ephemerals(ben)
    assert (
        await error(client.chat_update(channel=general, ts=told["message_ts"], text="x"))
        == "message_not_found"
    )


async def test_a_file_comes_in_three_steps(slack: Playground, client: AsyncWebClient, general: str) -> None:
    await client.files_upload_v2(
        content=b"\x89PNG", filename="chart.png", title="Chart", channel=general, initial_comment="Look"
    )
    (message,) = slack.messages(general)
    (file,) = message["files"]
    assert (message["text"], file["title"], file["mimetype"], file["size"]) == (
        "Look",
        "Chart",
        "image/png",
        4,
    )
    assert client.session is not None
    async with client.session.get(file["url_private"]) as answer:
        assert await answer.read() == b"\x89PNG"


async def test_a_file_without_its_bytes_is_not_found(client: AsyncWebClient, general: str) -> None:
    announced = await client.files_getUploadURLExternal(filename="chart.png", length=4)
    files: list[dict[str, str | None]] = [{"id": announced["file_id"]}]
    assert (
        await error(client.files_completeUploadExternal(files=files, channel_id=general)) == "file_not_found"
    )
    assert client.session is not None
    async with client.session.post(announced["upload_url"], data=b"longer than announced") as answer:
        assert answer.status == 400
