"""Amazon Bedrock's Converse: its request, and its binary stream put into the events of an OpenAI stream.

botocore decodes the frames (the extra `bedrock`); it is imported when a stream is read, not before.
"""

import json
import struct
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

from bot.contenders.roster import Contender
from bot.contenders.said import Said
from bot.contenders.sse import MAX_EVENT, Event, EventTooLarge

MEDIA_TYPE = "application/vnd.amazon.eventstream"

FINISH: Mapping[str, str] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "content_filtered": "content_filter",
    "guardrail_intervened": "content_filter",
}
STATUS: Mapping[str, int] = {
    "validationException": 400,
    "accessDeniedException": 403,
    "resourceNotFoundException": 404,
    "modelTimeoutException": 408,
    "throttlingException": 429,
    "serviceUnavailableException": 503,
}
"""What an exception inside a stream would have been as an HTTP status; any other is the server's fault."""


def body(contender: Contender, said: Said, _asker: str | None) -> dict[str, Any]:
    """A request in Converse's form: `maxTokens` caps thinking and answer together."""
    budget = contender.thinking_budget if contender.thinking else 0
    limit = {"maxTokens": contender.limits.max_tokens + budget}
    return {
        "messages": [{"role": role, "content": [{"text": text}]} for role, text in said.turns],
        **({} if said.system is None else {"system": [{"text": said.system}]}),
        **contender.extra_body,
        "inferenceConfig": limit | contender.extra_body.get("inferenceConfig", {}),
    }


class Decoder:
    """Feed it chunks, cut anywhere; it gives back what they complete, as chunks of an OpenAI stream."""

    def __init__(self) -> None:
        library: Any = import_module("botocore.eventstream")
        # a header that botocore cannot read is not always its own error
        self._broken: tuple[type[Exception], ...] = (library.ParserError, KeyError, ValueError, struct.error)
        self._frames = library.EventStreamBuffer()
        self._pending = 0  # bytes since the last whole frame

    def feed(self, chunk: bytes) -> Iterator[Event]:
        """Take one chunk. Raises `EventTooLarge`; a broken frame comes out as an event that is no JSON."""
        self._frames.add_data(chunk)
        self._pending += len(chunk)
        try:
            for frame in self._frames:
                self._pending = 0
                yield from _events(frame.headers, frame.payload)
        except self._broken:
            yield Event(b"a broken frame")
            return
        if self._pending > MAX_EVENT:
            raise EventTooLarge

    def close(self) -> Iterator[Event]:
        """The stream has ended: half a frame is nothing."""
        yield from ()


def _events(headers: Mapping[str, Any], payload: bytes) -> Iterator[Event]:
    if headers.get(":message-type") != "event":
        yield _error(headers, payload)
        return
    try:
        told = json.loads(payload)
    except (ValueError, RecursionError):
        yield Event(payload or b"an empty frame")
        return
    match headers.get(":event-type"), told:
        case "contentBlockDelta", {"delta": {"text": str(text)}}:
            yield _chunk({"content": text})
        case "contentBlockDelta", {"delta": {"reasoningContent": {"text": str(thought)}}}:
            yield _chunk({"reasoning_content": thought})
        case "messageStop", {"stopReason": str(reason)}:
            yield _chunk({}, FINISH.get(reason, reason))
        case "metadata", {"usage": dict(usage)}:
            yield Event(json.dumps({"choices": [], "usage": _usage(usage)}).encode())
            yield Event(b"[DONE]")


def _chunk(delta: Mapping[str, str], finish: str | None = None) -> Event:
    return Event(json.dumps({"choices": [{"delta": delta, "finish_reason": finish}]}).encode())


def _usage(usage: Mapping[str, Any]) -> dict[str, Any]:
    """Converse counts tokens read from and written to the cache beside `inputTokens`, OpenAI inside it."""

    def count(name: str) -> int | None:
        value = usage.get(name)
        return value if isinstance(value, int) else None

    fresh, cached = count("inputTokens"), count("cacheReadInputTokens") or 0
    written = count("cacheWriteInputTokens") or 0
    return {
        "prompt_tokens": None if fresh is None else fresh + cached + written,
        "completion_tokens": usage.get("outputTokens"),
        "prompt_tokens_details": {"cached_tokens": cached},
    }


def _error(headers: Mapping[str, Any], payload: bytes) -> Event:
    """An exception (modelled) or an error (not), with the code of the status that it amounts to."""
    kind = str(headers.get(":exception-type") or headers.get(":error-code") or "")
    try:
        message = json.loads(payload).get("message", "")
    except (ValueError, RecursionError, AttributeError):
        message = headers.get(":error-message", "")
    said = {"code": str(STATUS.get(kind, 500)), "message": f"{kind}: {message}"}
    return Event(json.dumps({"error": said}).encode(), "error")
