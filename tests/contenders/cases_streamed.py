"""Faults 1 to 19 and 31: what goes wrong inside a stream."""

import json
from collections.abc import Iterator
from decimal import Decimal

from bot.duel import Outcome
from tests.contenders.cases import (
    COST,
    END,
    HELLO,
    STOP,
    THOUGHT,
    Case,
    error,
    failed,
    fine,
    part,
    whole,
)
from tests.worlds.provider import DONE, KEEP_ALIVE, Reply, Step, chunk, cut, sse, usage

KEPT_ALIVE: tuple[Step, ...] = (KEEP_ALIVE, 15.0)
EXACT = 'naïve 天空 \u2028 \u0085 🌌 \\ " \t end'


def times() -> Iterator[Case]:
    yield fine("01 keep-alive comments for 90 s, then an answer", whole(*KEPT_ALIVE * 6, HELLO), ttft_s=90.0)
    forever = part(*KEPT_ALIVE * 9, hang=True)
    told = "no first token within 300 s: try again (3 tries)"
    yield failed("02 keep-alives forever", Outcome.TIMEOUT, told, *[forever] * 3, requests=3)
    yield fine("02 keep-alives forever, but not the second time", forever, whole(HELLO))
    yield fine("02 not even a status line", Reply(before=(121.0,), hang=True), whole(HELLO))
    told = "stood still for 60 s"
    silence = part(THOUGHT, 59.0, THOUGHT, 61.0, hang=True)
    yield failed("03 reasoning, then silence", Outcome.TIMEOUT, told, silence, reasoning="Hm.Hm.")
    yield failed("03 text, then silence", Outcome.TIMEOUT, told, part(HELLO, 61.0, hang=True), text="Hello")
    yield fine("03 silence after a keep-alive", part(KEEP_ALIVE, 61.0, hang=True), whole(HELLO))
    slow = part(HELLO, *KEPT_ALIVE * 20, hang=True)
    yield failed("03 never at an end", Outcome.TIMEOUT, "not finished within 300 s", slow, text="Hello")


def endings() -> Iterator[Case]:
    yield failed(
        "04 reasoning only, then stop",
        Outcome.EMPTY,
        "raise its token limit",
        whole(THOUGHT),
        reasoning="Hm.",
        finish="stop",
        cost=COST,
    )
    blank = whole(chunk(content=" \n"))
    yield failed("04 nothing", Outcome.EMPTY, "was empty", blank, text=" \n", finish="stop", cost=COST)
    told = "no finish reason"
    yield failed("05 end with no finish reason", Outcome.TRUNCATED, told, part(HELLO), text="Hello")
    done = part(HELLO, usage(), DONE)
    yield failed("05 [DONE] alone", Outcome.TRUNCATED, told, done, text="Hello", cost=COST)
    halfway = part(HELLO, HELLO[:40])
    yield failed("05 end inside an event", Outcome.TRUNCATED, told, halfway, text="Hello")
    torn = part(HELLO, HELLO[:40], reset=True)
    yield failed(
        "06 reset mid-chunk", Outcome.TRUNCATED, "broke in the middle of the answer", torn, text="Hello"
    )
    dead = Reply(head=False, reset=True)
    yield fine("06 reset before any token", part(KEEP_ALIVE, reset=True), dead, whole(HELLO))
    told = "broke before a word was said: try again (3 tries)"
    yield failed("06 reset before any token, always", Outcome.UNREACHABLE, told, dead, requests=3)
    yield fine("07 finish reason but no [DONE]", whole(HELLO, end=(STOP, usage())))
    yield fine("07 finish reason, then silence", part(HELLO, STOP, 6.0, hang=True), cost=None)
    yield fine("07 finish reason and usage, then a reset", part(HELLO, STOP, usage(), reset=True))
    for name, outcome, told in (
        ("08 length", Outcome.CUT_OFF, ""),
        ("09 content_filter", Outcome.REFUSED, "content filter"),
        ("10 insufficient_system_resource", Outcome.OVERLOADED, "try again in a minute"),
        ("10 a reason of no text answer, tool_calls", Outcome.BAD_RESPONSE, "put it differently"),
    ):
        reason = name.split()[-1]
        reply = whole(HELLO, end=(chunk(finish=reason), usage(), DONE))
        yield failed(f"{name} mid-stream", outcome, told, reply, text="Hello", finish=reason, cost=COST)
    empty = whole(end=(chunk(finish="insufficient_system_resource"), usage(), DONE))
    yield fine("10 insufficient_system_resource before any token", empty, whole(HELLO), cost=2 * COST)


def bookkeeping() -> Iterator[Case]:
    last = {"prompt_tokens": 10, "completion_tokens": 20}
    stop = sse({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], "usage": last})

    def counting(text: str, usage: object) -> bytes:
        return sse({"choices": [{"index": 0, "delta": {"content": text}}], "usage": usage})

    first = {"prompt_tokens": 10, "completion_tokens": 1}
    yield fine("11 usage in a chunk with no choices", whole(HELLO))
    yield fine("11 usage in the last chunk", part(HELLO, stop, DONE))
    yield fine(
        "11 usage in every chunk", part(counting("Hel", first), counting("lo", last), stop, usage(), DONE)
    )
    yield fine("11 usage null in all but one", part(counting("Hello", None), stop, counting("", None), DONE))
    yield fine("12 no usage at all", whole(HELLO, end=(STOP, DONE)), cost=None)
    nonsense = sse({"choices": [], "usage": {"prompt_tokens": -1, "completion_tokens": True}})
    yield fine("12 usage that counts nothing", whole(HELLO, end=(STOP, nonsense, DONE)), cost=None)
    for name, counted in {
        "without the details object": usage(prompt_cache_hit_tokens=8, prompt_cache_miss_tokens=2),
        "with it as well": usage(prompt_cache_hit_tokens=8, prompt_tokens_details={"cached_tokens": 8}),
    }.items():
        reply = whole(HELLO, end=(STOP, counted, DONE))
        yield fine(f"13 prompt_cache_hit_tokens {name}", reply, cached=8, cost=Decimal("0.000128"))
    nothing = (
        chunk(role="assistant"),
        chunk(),
        chunk(content=None, reasoning_content=None),
        chunk(content=""),
        sse({"choices": [{"index": 0, "delta": None}]}),
        sse({"choices": [{}]}),
        sse({"choices": None}),
    )
    yield fine("14 empty, null and role-only deltas", whole(*nothing, 5.0, HELLO), ttft_s=5.0)


def framings() -> Iterator[Case]:
    exact = chunk(content=EXACT)
    stream = exact + b"".join(END)
    for name, raw in {
        "UTF-8 split at every byte": stream,
        "CRLF split across chunks": stream.replace(b"\n", b"\r\n"),
        "lone CR": stream.replace(b"\n", b"\r"),
        "BOM": b"\xef\xbb\xbf" + stream,
    }.items():
        yield fine(f"15 {name}", part(*cut(raw)), text=EXACT)
    indented = json.dumps(json.loads(exact[6:]), ensure_ascii=False, indent=1).encode()
    for name, raw in {
        "multi-line data": b"".join(b"data: " + line + b"\n" for line in indented.split(b"\n")) + b"\n",
        "data: with no space": b"data:" + exact[6:],
        "empty data:": b"data:\n\ndata\n\ndata: \n\n" + exact,
        "retry:, id: and others": b"retry: 10\nid: 7\nevent: message\nfoo: bar\nbaz\n" + exact,
    }.items():
        yield fine(f"16 {name}", whole(raw), text=EXACT)
    yield fine("16 no newline at the end", whole(exact, end=(STOP, usage().rstrip(b"\n"))), text=EXACT)
    lines = "one\u2028two\u0085three"
    yield fine("17 U+2028 and U+0085 in content", whole(chunk(content=lines)), text=lines)
    halves = [
        b'data: {"choices":[{"delta":{"content":"%s"}}]}\n\n' % half for half in (b"\\ud83c", b"\\udf0c!")
    ]
    yield fine("17 one character escaped in two chunks", whole(*halves), text="🌌!")
    for name, raw in {
        "a malformed JSON chunk": b'data: {"choices": [}\n\n',
        "JSON that is no object": b"data: [1]\n\n",
        "JSON too deep to read": b"data: " + b"[" * 100_000 + b"\n\n",
    }.items():
        told = "not what the protocol allows"
        yield failed(f"18 {name}", Outcome.BAD_RESPONSE, told, whole(HELLO, raw), text="Hello")


def errors() -> Iterator[Case]:
    beside = {"choices": [{"delta": {}, "finish_reason": "error"}], **error("429", "slow")}
    for name, raw, outcome, told in (
        ("error object", sse(error("server_overloaded", "too many")), Outcome.OVERLOADED, "too many"),
        ("error object beside choices", sse(beside), Outcome.RATE_LIMITED, "slow"),
        ("error in words", sse({"error": "model not found"}), Outcome.CONFIGURATION, "model not found"),
        ("code, DataInspectionFailed", sse({"code": "DataInspectionFailed"}), Outcome.REFUSED, "filter"),
        ("code, Arrearage", sse({"code": "Arrearage", "message": "pay"}), Outcome.OUT_OF_CREDIT, "pay"),
        ("code, InvalidParameter", sse({"code": "InvalidParameter"}), Outcome.CONFIGURATION, "malformed"),
        ("code, a status", sse({"object": "error", "code": 402}), Outcome.OUT_OF_CREDIT, "out of credit"),
        ("event: error", b"event: error\n" + sse({"message": "gone"}), Outcome.OVERLOADED, "said: gone"),
        ("event: error in words", b"event: error\ndata: timed out\n\n", Outcome.OVERLOADED, "timed out"),
        ("event: error, no words", b"event: error\ndata: {}\n\n", Outcome.OVERLOADED, "server failed"),
    ):
        yield failed(f"19 {name}", outcome, told, part(HELLO, raw), text="Hello")
    failing = part(usage(), sse(error("server_error", "oh")))
    yield fine("19 error before any token, paid for", failing, whole(HELLO), cost=2 * COST)


def floods() -> Iterator[Case]:
    line = chunk(content="x" * 1_000_000)
    text = chunk(content="x" * 100_000)
    comment = b":" + b" " * 262_143 + b"\n"
    for name, reply, kept in (
        ("a line of 1 MB", whole(HELLO, line), "Hello"),
        ("a line of 1 MB in small chunks", whole(HELLO, *cut(line, *range(4096, len(line), 4096))), "Hello"),
        ("text without end", part(*[text] * 12, hang=True), "x" * 1_000_000),
        ("comments without end", part(HELLO, *[comment] * 300, hang=True), "Hello"),
    ):
        yield failed(f"31 {name}", Outcome.BAD_RESPONSE, "past all bounds", reply, text=kept)


STREAMED = (*times(), *endings(), *bookkeeping(), *framings(), *errors(), *floods())
