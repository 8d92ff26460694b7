"""Bedrock's Converse stream on the wire: each message a binary frame with headers and two checksums."""

import json
import struct
from typing import Any
from zlib import crc32

from tests.worlds.provider import Reply, Step


def frame(payload: Any, **headers: str) -> bytes:
    """One frame; a header's `_` stands for `-`, and its colon is put before it."""
    headed = b"".join(_header(":" + name.replace("_", "-"), value) for name, value in headers.items())
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return packed(headed, body)


def packed(headers: bytes, body: bytes) -> bytes:
    """One frame of headers and body as they are."""
    prelude = struct.pack("!II", 16 + len(headers) + len(body), len(headers))
    head = prelude + struct.pack("!I", crc32(prelude))
    return head + headers + body + struct.pack("!I", crc32(head + headers + body))


def event(kind: str, payload: Any) -> bytes:
    return frame(payload, message_type="event", event_type=kind, content_type="application/json")


def exception(kind: str, message: str) -> bytes:
    return frame({"message": message}, message_type="exception", exception_type=kind)


def text(said: str) -> bytes:
    return event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": said}})


def thought(said: str) -> bytes:
    return event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"reasoningContent": {"text": said}}})


def stop(reason: str = "end_turn") -> bytes:
    return event("messageStop", {"stopReason": reason})


def usage(input_: int = 10, output: int = 20, **more: int) -> bytes:
    counted = {"inputTokens": input_, "outputTokens": output, "totalTokens": input_ + output, **more}
    return event("metadata", {"usage": counted, "metrics": {"latencyMs": 1}})


def converses(*steps: Step) -> Reply:
    """A stream of these frames."""
    return Reply(steps, content_type="application/vnd.amazon.eventstream")


def _header(name: str, value: str) -> bytes:
    raw = value.encode()
    return bytes([len(name)]) + name.encode() + b"\x07" + struct.pack("!H", len(raw)) + raw
