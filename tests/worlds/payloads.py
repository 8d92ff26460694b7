"""What may leave the app for Slack, and what never may: looked through at the end of every story."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from playground import Playground
from playground.blocks import check_message, check_view
from playground.errors import SlackError

Payload = Mapping[str, Any]

MESSAGES = {"chat.postMessage", "chat.update", "chat.postEphemeral", "response_url"}
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg")
MOST_TEXT = 4_000
"""Characters of a text that `chat.update` takes, and any message may be updated."""
_WORD = re.compile(r"[^\W\d_]{2}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_LIVE = re.compile(r"<(?:!(?!date\^)|@|#)")
_OURS = re.compile(
    r"(?:\bby |\bvon |提问者：|由 )<@[UW]\w+>|(?:\bonly |\bnur |仅限 )<@[UW]\w+>(?:(?:, |、)<@[UW]\w+>)*"
    r"|(?:\b(?:For|Für|in)|适用于|在) <#[CGD]\w+>"
)
"""The only mentions that Duel makes: who asked, who revealed, who may start duels, which channel."""
_LIVE_ELEMENTS = {"broadcast", "usergroup", "channel", "user"}


def check(slack: Playground) -> None:
    """Raise `AssertionError` where something that was sent is not fit to be."""
    wrong = [
        f"{call.method}: {why}\n  {call.args}"
        for call in slack.calls
        for why in faults(call.method, call.args)
    ]
    wrong += [f"acknowledgement: {why}\n  {one}" for one in slack.answers for why in _answered(one)]
    assert not wrong, "\n".join(wrong)


def faults(method: str, args: Payload) -> Iterator[str]:
    """What is wrong with one call, in words."""
    if method in MESSAGES and not args.get("delete_original"):
        yield from _message(args, shared=method == "chat.postMessage")
    if method.startswith("views."):
        yield from _view(args["view"])
    is_picture = str(args.get("filename")).lower().endswith(PICTURES)
    if method == "files.getUploadURLExternal" and is_picture and not str(args.get("alt_txt") or "").strip():
        yield "a picture without alternative text (alt_txt)"


def _answered(args: Payload) -> Iterator[str]:
    if "view" in args:
        yield from _view(args["view"])
    elif "text" in args or "blocks" in args:
        yield from _message(args, shared=args.get("response_type") == "in_channel")


def _message(args: Payload, *, shared: bool) -> Iterator[str]:
    text, blocks = str(args.get("text") or ""), args.get("blocks") or []
    if not _WORD.search(text):
        yield f"no fallback text that can be read aloud: {text!r}"
    if len(text) > MOST_TEXT:
        yield f"a text of {len(text)} characters"
    if _CONTROL.search(text):
        yield "control characters in its text"
    if (shared or args.get("response_type") == "in_channel") and not (
        args.get("unfurl_links") is False and args.get("unfurl_media") is False
    ):
        yield "unfurling is not switched off: unfurl_links=False, unfurl_media=False"
    if args.get("parse") or args.get("link_names"):
        yield "Slack is asked to look for names in it"
    if _is_live(text):
        yield f"something live in its text: {text!r}"
    if blocks:
        try:
            check_message(blocks)
        except SlackError as refusal:
            yield f"{refusal.code}: {refusal.body().get('response_metadata', '')}"
    yield from _inside(blocks, in_message=True)


def _view(view: Payload) -> Iterator[str]:
    try:
        check_view(view)
    except SlackError as refusal:
        yield f"{refusal.code}: {refusal.body().get('response_metadata', '')}"
    yield from _inside(view["blocks"], in_message=False)


def _inside(blocks: Any, *, in_message: bool) -> Iterator[str]:
    for one in _objects(blocks):
        kind, text = one.get("type"), str(one.get("text"))
        if kind == "mrkdwn":
            if in_message and one.get("verbatim") is not True:
                yield f"names in plain words come alive without verbatim=True: {text!r}"
            if _is_live(text):
                yield f"something live in mrkdwn: {text!r}"
        elif kind == "markdown" and "<" in text:
            yield f"something live in markdown: {text!r}"
        elif kind in _LIVE_ELEMENTS:
            yield f"something live in rich text: {one}"
        elif kind == "image" and not str(one.get("alt_text") or "").strip():
            yield "a picture without alternative text (alt_text)"


def _is_live(text: str) -> bool:
    return bool(_LIVE.search(_OURS.sub("", text)))


def _objects(value: Any) -> Iterator[Payload]:
    """Every JSON object in it, at any depth."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _objects(item)
