"""Block Kit: every limit is held, and the reason says where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.playground.conftest import error, refused

Block = dict[str, Any]


def plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def section(text: str, **more: Any) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(**more: Any) -> Block:
    return {"type": "button", "text": plain("Go"), **more}


def actions(*elements: Block, **more: Any) -> Block:
    return {"type": "actions", "elements": list(elements), **more}


def table(rows: int, columns: int, text: str = "x") -> Block:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": text}] * columns] * rows}


def markdown(length: int) -> Block:
    return {"type": "markdown", "text": "x" * length}


def chart(**more: Any) -> Block:
    pie = {"type": "pie", "segments": [{"label": "won", "value": 3}, {"label": "lost", "value": 1}]}
    return {"type": "data_visualization", "title": "Standings", "chart": pie, **more}


def plot(kind: str, *series: tuple[str, Mapping[str, float]]) -> Block:
    data = [
        {"name": name, "data": [{"label": label, "value": value} for label, value in points.items()]}
        for name, points in series
    ]
    axes = {"categories": ["coding", "maths"], "y_label": "%"}
    return chart(chart={"type": kind, "series": data, "axis_config": axes})


OPTION = {"text": plain("One"), "value": "1"}
GOOD: dict[str, list[Block]] = {
    "sections": [section("x" * 3000), {"type": "section", "fields": [plain("x")] * 10}],
    "headings and rules": [{"type": "header", "text": plain("x" * 150)}, {"type": "divider"}],
    "context": [{"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * 10}],
    "buttons": [actions(*[button(action_id=str(number), value="v" * 2000) for number in range(25)])],
    "menus": [
        section("x", accessory={"type": "static_select", "options": [OPTION], "placeholder": plain("Pick")})
    ],
    "input": [{"type": "input", "label": plain("Name"), "element": {"type": "plain_text_input"}}],
    "image": [
        {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a", "title": plain("A")}
    ],
    "rich text": [
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}],
        }
    ],
    "markdown": [markdown(6_000), markdown(6_000)],
    "table": [table(100, 20) | {"column_settings": [{"align": "right", "is_wrapped": True}]}],
    "charts": [chart(), plot("line", ("A", {"coding": 61, "maths": 0}), ("B", {"maths": -1, "coding": 2}))],
    "fifty": [{"type": "divider"}] * 50,
}
BAD: dict[str, tuple[list[Block], str]] = {
    "too many blocks": ([{"type": "divider"}] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
    "unknown block": ([{"type": "banner"}], "unsupported type: banner [json-pointer:/blocks/0/type]"),
    "no type": ([{"text": "x"}], "missing required field: type [json-pointer:/blocks/0]"),
    "long section": (
        [section("x" * 3001)],
        "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
    ),
    "empty section": ([section("")], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    "section of nothing": (
        [{"type": "section"}],
        "must define either `text` or `fields` [json-pointer:/blocks/0]",
    ),
    "eleven fields": (
        [{"type": "section", "fields": [plain("x")] * 11}],
        "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
    ),
    "stray property": (
        [section("x", colour="red")],
        "invalid additional property: colour [json-pointer:/blocks/0]",
    ),
    "long header": (
        [{"type": "header", "text": plain("x" * 151)}],
        "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
    ),
    "mrkdwn header": (
        [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
        "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
    ),
    "eleven in context": (
        [{"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * 11}],
        "no more than 10 items allowed [json-pointer:/blocks/0/elements]",
    ),
    "empty actions": ([actions()], "no fewer than 1 items allowed [json-pointer:/blocks/0/elements]"),
    "26 buttons": (
        [actions(*[button(action_id=str(number)) for number in range(26)])],
        "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
    ),
    "long button": (
        [actions(button(text=plain("x" * 76)))],
        "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
    ),
    "long value": (
        [actions(button(value="x" * 2001))],
        "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
    ),
    "long action id": (
        [actions(button(action_id="x" * 256))],
        "must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]",
    ),
    "odd style": (
        [actions(button(style="loud"))],
        "must be one of: primary, danger [json-pointer:/blocks/0/elements/0/style]",
    ),
    "one action id twice": (
        [actions(button(action_id="a"), button(action_id="a"))],
        "`action_id` must be unique in its block [json-pointer:/blocks/0]",
    ),
    "one block id twice": (
        [{"type": "divider", "block_id": "a"}, {"type": "divider", "block_id": "a"}],
        "`block_id` 'a' already exists [json-pointer:/blocks/1/block_id]",
    ),
    "text input in actions": (
        [actions({"type": "plain_text_input"})],
        "unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]",
    ),
    "six in an overflow": (
        [section("x", accessory={"type": "overflow", "options": [OPTION] * 6})],
        "no more than 5 items allowed [json-pointer:/blocks/0/accessory/options]",
    ),
    "a select of nothing": (
        [section("x", accessory={"type": "static_select"})],
        "must define exactly one of: options, option_groups [json-pointer:/blocks/0/accessory]",
    ),
    "image from nowhere": (
        [{"type": "image", "alt_text": "a"}],
        "must define exactly one of: image_url, slack_file [json-pointer:/blocks/0]",
    ),
    "much markdown": (
        [markdown(6_000), markdown(6_001)],
        "markdown must be less than 12001 characters in all [json-pointer:/blocks]",
    ),
    "101 rows": ([table(101, 1)], "no more than 100 items allowed [json-pointer:/blocks/0/rows]"),
    "21 columns": ([table(1, 21)], "no more than 20 items allowed [json-pointer:/blocks/0/rows/0]"),
    "a full table": (
        [table(11, 1, "x" * 1000)],
        "must be less than 10001 characters in all [json-pointer:/blocks/0/rows]",
    ),
    "ragged rows": (
        [{"type": "table", "rows": [table(1, 1)["rows"][0], table(1, 2)["rows"][0]]}],
        "all rows must have the same number of cells [json-pointer:/blocks/0/rows]",
    ),
    "three charts": (
        [chart(), chart(), chart()],
        "no more than 2 data_visualization blocks allowed [json-pointer:/blocks]",
    ),
    "long title of a chart": (
        [chart(title="x" * 51)],
        "must be less than 51 characters [json-pointer:/blocks/0/title]",
    ),
    "seven segments": (
        [chart(chart={"type": "pie", "segments": [{"label": "x", "value": 1}] * 7})],
        "no more than 6 items allowed [json-pointer:/blocks/0/chart/segments]",
    ),
    "a segment of nothing": (
        [chart(chart={"type": "pie", "segments": [{"label": "x", "value": 0}]})],
        "must be greater than 0 [json-pointer:/blocks/0/chart/segments/0/value]",
    ),
    "a category without its value": (
        [plot("bar", ("A", {"coding": 61}))],
        "must have one data point for each category [json-pointer:/blocks/0/chart/series/0/data]",
    ),
    "two series of one name": (
        [plot("area", *[("A", {"coding": 61, "maths": 50})] * 2)],
        "series names must be unique [json-pointer:/blocks/0/chart/series]",
    ),
}


@pytest.mark.parametrize("blocks", GOOD.values(), ids=GOOD)
async def test_what_slack_takes_is_taken(client: AsyncWebClient, general: str, blocks: list[Block]) -> None:
    assert (await client.chat_postMessage(channel=general, text="x", blocks=blocks))["ok"]


@pytest.mark.parametrize(("blocks", "reason"), BAD.values(), ids=BAD)
async def test_what_slack_refuses_comes_back_with_the_reason(
    client: AsyncWebClient, general: str, blocks: list[Block], reason: str
) -> None:
    answer = await refused(client.chat_postMessage(channel=general, text="x", blocks=blocks))
    assert answer["error"] == "invalid_blocks"
    assert answer["response_metadata"]["messages"] == [f"[ERROR] {reason}"]


async def test_blocks_can_be_too_long_together(client: AsyncWebClient, general: str) -> None:
    blocks = [section("x" * 2700)] * 5
    assert (
        await error(client.chat_postMessage(channel=general, text="x", blocks=blocks))
        == "msg_blocks_too_long"
    )


async def test_updates_whispers_and_files_are_checked_too(
    client: AsyncWebClient, general: str, ana: str
) -> None:
    ts = (await client.chat_postMessage(channel=general, text="x"))["ts"]
    bad = [section("")]
    assert await error(client.chat_update(channel=general, ts=ts, text="x", blocks=bad)) == "invalid_blocks"
    assert (
        await error(client.chat_postEphemeral(channel=general, user=ana, blocks=bad, text="x"))
        == "invalid_blocks"
    )


async def test_blocks_validate_asks_without_posting(client: AsyncWebClient) -> None:
    assert (await client.blocks_validate(blocks=[section("x")]))["ok"]
    assert (await client.blocks_validate(message={"blocks": [section("x")]}))["ok"]
    assert (await client.blocks_validate(view={"type": "home", "blocks": [section("x")]}))["ok"]
    assert await error(client.blocks_validate(blocks=[section("")])) == "invalid_blocks"
    assert await error(client.blocks_validate()) == "invalid_arguments"
