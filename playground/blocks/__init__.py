"""Block Kit as Slack judges it: whole messages and views, refused with Slack's reasons."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

from playground.blocks.checks import array, boolean, record, string, typed
from playground.blocks.elements import plain
from playground.blocks.kinds import IN_MESSAGES, IN_VIEWS, letters
from playground.errors import SlackError
from playground.ids import Ids

_MARKDOWN_TOTAL = 12_000
_BLOCKS_TOTAL = 13_200
_CHARTS = 2
_MESSAGE = array(typed(IN_MESSAGES), 50, least=0)
_COMMON = {
    "private_metadata": string(3000, least=0),
    "callback_id": string(255, least=0),
    "external_id": string(255, least=0),
    "blocks": array(typed(IN_VIEWS), 100, least=0),
}
_VIEW = typed(
    {
        "modal": record(
            {"title": plain(24), "blocks": _COMMON["blocks"]},
            {
                **_COMMON,
                "submit": plain(24),
                "close": plain(24),
                "clear_on_close": boolean,
                "notify_on_close": boolean,
                "submit_disabled": boolean,
            },
        ),
        "home": record({"blocks": _COMMON["blocks"]}, _COMMON),
    }
)
_INTERACTIVE_EXCEPT = frozenset({"image", "plain_text", "mrkdwn"})


def check_message(blocks: Any, *, refused: Collection[str] = ()) -> None:
    """Raises SlackError: invalid_blocks_format, invalid_blocks (with the reasons), msg_blocks_too_long.

    `refused` are types that this workspace does not take.
    """
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    reasons = _Reasons()
    _MESSAGE(blocks, "/blocks", reasons)
    if not reasons.said:
        _check_ids(blocks, "/blocks", reasons)
    kinds = Counter(block.get("type") for block in blocks if isinstance(block, dict))
    for kind in kinds.keys() & set(refused):
        reasons(f"unsupported type: {kind}", "/blocks")
    if kinds["data_visualization"] > _CHARTS:
        reasons(f"no more than {_CHARTS} data_visualization blocks allowed", "/blocks")
    markdown = sum(
        letters(block) for block in blocks if isinstance(block, dict) and block.get("type") == "markdown"
    )
    if markdown > _MARKDOWN_TOTAL:
        reasons(f"markdown must be less than {_MARKDOWN_TOTAL + 1} characters in all", "/blocks")
    if reasons.said:
        raise SlackError(
            "invalid_blocks", errors=reasons.said, response_metadata={"messages": reasons.messages}
        )
    if sum(letters(block) for block in blocks) > _BLOCKS_TOTAL:
        raise SlackError("msg_blocks_too_long")


def check_view(view: Any) -> None:
    """Raises SlackError: invalid_arguments, with the reasons."""
    reasons = _Reasons()
    _VIEW(view, "/view", reasons)
    if not reasons.said:
        _check_ids(view["blocks"], "/view/blocks", reasons)
        kinds = [block.get("type") for block in view["blocks"] if isinstance(block, dict)]
        if view.get("type") == "modal" and "input" in kinds and "submit" not in view:
            reasons("missing required field: submit", "/view")
    if reasons.said:
        raise SlackError("invalid_arguments", response_metadata={"messages": reasons.messages})


def named(blocks: list[Any], ids: Ids) -> list[Any]:
    """The blocks as Slack keeps them: each block and each interactive element with an id."""
    kept = copy.deepcopy(blocks)
    for block in kept:
        block.setdefault("block_id", ids.next("")[-5:])
        for element in elements(block):
            element.setdefault("action_id", ids.next("")[-5:])
    return kept


def elements(block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The interactive elements of a block."""
    if block.get("type") not in ("actions", "section", "input", "context_actions"):
        return
    for element in [*block.get("elements", []), block.get("accessory"), block.get("element")]:
        if isinstance(element, dict) and element.get("type") not in _INTERACTIVE_EXCEPT:
            yield element


class _Reasons:
    """Collects what is wrong."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def __call__(self, sentence: str, at: str) -> None:
        self.said.append(f"{sentence} [json-pointer:{at}]")

    @property
    def messages(self) -> list[str]:
        return [f"[ERROR] {one}" for one in self.said]


def _check_ids(blocks: list[Any], at: str, reasons: _Reasons) -> None:
    """No block_id twice in a payload, no action_id twice in a block."""
    seen: set[Any] = set()
    for index, block in enumerate(blocks):
        if not isinstance(block, dict):
            continue
        if "block_id" in block and block["block_id"] in seen:
            reasons(f"`block_id` {block['block_id']!r} already exists", f"{at}/{index}/block_id")
        seen.add(block.get("block_id"))
        actions = [element["action_id"] for element in elements(block) if "action_id" in element]
        if len(actions) != len(set(actions)):
            reasons("`action_id` must be unique in its block", f"{at}/{index}")
