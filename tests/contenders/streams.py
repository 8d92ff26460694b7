"""Streams as a fuzzer makes them up: what is said in one, how it is framed, and where it is cut."""

import json
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from bot.duel import Outcome

TEXT = st.text(max_size=12) | st.sampled_from(
    ["\u2028", "\u0085", "\r\n\r\n", "data: [DONE]\n\n", "🌌", "\0", "{"]
)
USAGE = st.none() | st.fixed_dictionaries(
    {"prompt_tokens": st.integers(0, 10**6), "completion_tokens": st.integers(0, 10**6)}
)
ENDS = ("stop", "length", "content_filter", "insufficient_system_resource", "error", "garbled", "cut", "done")
"""The finish reasons, and other ways in which a stream may end."""
FAILED = {
    "content_filter": Outcome.REFUSED,
    "insufficient_system_resource": Outcome.OVERLOADED,
    "error": Outcome.OVERLOADED,
    "garbled": Outcome.BAD_RESPONSE,
    "cut": Outcome.TRUNCATED,
    "done": Outcome.TRUNCATED,
}
ERROR = {"error": {"code": "server_overloaded", "message": "too many"}}


@dataclass
class Said:
    """A stream, and what a plain decode of it gives."""

    text: str = ""
    reasoning: str = ""
    usage: dict[str, int] | None = None
    finish: str | None = None
    end: str = "stop"
    raw: bytes = b""
    chunks: list[bytes] = field(default_factory=list)

    @property
    def outcome(self) -> Outcome:
        """By the table of faults, once more and on its own."""
        failed = FAILED.get(self.end)
        if failed is None and not self.text.strip():
            return Outcome.EMPTY
        return failed or (Outcome.CUT_OFF if self.end == "length" else Outcome.OK)


@st.composite
def streams(draw: st.DrawFn) -> Said:
    """Reasoning, content, usage and noise in any order, framed in any way, with any end, cut anywhere."""
    said = Said(end=draw(st.sampled_from(ENDS)))
    framing = draw(_framings())
    kinds = draw(st.lists(st.sampled_from(["content", "reasoning_content", "usage", "both", "noise"])))
    pieces = [_piece(draw, said, framing, kind) for kind in kinds]
    said.raw = b"".join([framing.start, *pieces, _end(draw, said, framing)])
    edges = sorted({0, len(said.raw), *draw(st.lists(st.integers(0, len(said.raw))))})
    said.chunks = [said.raw[start:end] for start, end in pairwise(edges)]
    return said


@dataclass(frozen=True)
class _Framing:
    """How one server writes its events."""

    newline: str
    space: str
    indent: int | None
    ascii: bool
    extra: tuple[str, ...]
    start: bytes

    def event(self, chunk: Any) -> bytes:
        text = (
            chunk
            if isinstance(chunk, str)
            else json.dumps(chunk, ensure_ascii=self.ascii, indent=self.indent)
        )
        lines = [*self.extra, *(f"data:{self.space}{line}" for line in text.split("\n")), "", ""]
        return self.newline.join(lines).encode()


def _framings() -> st.SearchStrategy[_Framing]:
    extra = st.lists(
        st.sampled_from([": keep-alive", "id: 7", "retry: 10", "event: message", "foo", "foo: bar"])
    )
    return st.builds(
        _Framing,
        newline=st.sampled_from(["\n", "\r\n", "\r"]),
        space=st.sampled_from(["", " "]),
        indent=st.sampled_from([None, None, 1]),
        ascii=st.booleans(),
        extra=extra.map(tuple),
        start=st.sampled_from([b"", b"\xef\xbb\xbf"]),
    )


def _chunk(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    return {"model": "m", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


def _piece(draw: st.DrawFn, said: Said, framing: _Framing, kind: str) -> bytes:
    if kind == "noise":
        return draw(
            st.sampled_from([b"\n", b": x\n\n", b"data:\n\n", framing.event(_chunk({"role": "assistant"}))])
        )
    if kind == "usage":
        said.usage = draw(USAGE) or said.usage
        return framing.event({"choices": [], "usage": said.usage})
    names = ("content", "reasoning_content") if kind == "both" else (kind,)
    delta: dict[str, Any] = {name: draw(st.none() | TEXT) for name in names}
    said.text += delta.get("content") or ""
    said.reasoning += delta.get("reasoning_content") or ""
    chunk = _chunk(delta)
    if draw(st.booleans()):
        said.usage = draw(USAGE) or said.usage
        chunk["usage"] = said.usage
    return framing.event(chunk)


def _end(draw: st.DrawFn, said: Said, framing: _Framing) -> bytes:
    done = framing.event("[DONE]")
    match said.end:
        case "error":
            return framing.event(ERROR) + done
        case "garbled":
            return framing.event('{"choices": [}')
        case "cut":
            return framing.event(_chunk({"content": "lost"}))[: draw(st.integers(0, 20))]
        case "done":
            return done
    said.finish = said.end
    end = framing.event(_chunk({}, said.end))
    if draw(st.booleans()):
        said.usage = draw(USAGE) or said.usage
        end += framing.event({"choices": [], "usage": said.usage})
    if draw(st.booleans()):
        end += done
    return end.rstrip(b"\r\n") if draw(st.booleans()) else end
