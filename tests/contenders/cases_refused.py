"""Faults 20 to 28: what a provider says instead of a stream."""

from collections.abc import Iterator
from typing import Any

from bot.duel import Outcome
from tests.contenders.cases import COST, HELLO, HTML, Case, error, failed, fine, whole
from tests.worlds.provider import Reply, fails

NAMES = "The supported API model names are deepseek-flash or deepseek-v4-pro, but you passed deepseek-chat."


def no_streams() -> Iterator[Case]:
    plain = {"id": "c1", "object": "chat.completion", "choices": [{"message": {"content": "Hello"}}]}
    for name, reply in {
        "HTML": fails(200, HTML, "text/html"),
        "plain JSON": fails(200, plain),
        "no content type": Reply((HELLO,), content_type=None),
    }.items():
        told = "did not send a stream: check the contender's address"
        yield failed(f"20 200 with {name}", Outcome.BAD_RESPONSE, told, reply)
    inside = fails(200, {"code": "Throttling.RateQuota", "message": "slow down"})
    yield failed("20 200 with an error in plain JSON", Outcome.RATE_LIMITED, "slow down", inside)
    moved = Reply(status=302, content_type="text/html", headers={"location": "/elsewhere"})
    yield failed("20 a redirect", Outcome.BAD_RESPONSE, "check the contender's address", moved)
    garbage = Reply(before=(b"SSH-2.0-OpenSSH_9.6\r\n\r\n",), head=False, hang=True)
    yield failed("20 no HTTP at all", Outcome.BAD_RESPONSE, "check the contender's address", garbage)


def refusals() -> Iterator[Case]:
    for name, status, body in (
        ("DeepSeek", 400, error("invalid_request_error", NAMES)),
        ("DashScope", 404, error("model_not_found", NAMES)),
        ("DashScope's code", 400, {"code": "ModelNotFound", "message": NAMES}),
        ("vLLM", 404, {"object": "error", "message": NAMES, "type": "NotFoundError", "code": 404}),
    ):
        told = f"correct the contender's model id (Tested said: {NAMES})"
        yield failed(f"21 400 unknown model, {name}", Outcome.CONFIGURATION, told, fails(status, body))
    azure = "The response was filtered due to the prompt triggering content management policy."
    for name, body in {
        "Content Exists Risk": error("invalid_request_error", "Content Exists Risk"),
        "DataInspectionFailed": {"code": "DataInspectionFailed", "message": "Input data may be odd."},
        "data_inspection_failed": error("data_inspection_failed", "Input data may be odd."),
        "Azure content_filter": error("content_filter", azure),
    }.items():
        yield failed(f"22 400 {name}", Outcome.REFUSED, "content filter refused it", fails(400, body))
    for name, status, body in (
        ("401", 401, error("", "Authentication Fails")),
        ("403", 403, error("", "Forbidden")),
        ("invalid_api_key", 400, error("invalid_api_key", "Incorrect API key provided.")),
        ("access_denied", 400, error("access_denied", "Access denied.")),
    ):
        yield failed(f"23 {name}", Outcome.AUTHENTICATION, "check the key", fails(status, body))
    for name, status, body in (
        ("402", 402, error("invalid_request_error", "Insufficient Balance")),
        ("Arrearage", 400, {"code": "Arrearage", "message": "Access denied."}),
    ):
        yield failed(f"24 {name}", Outcome.OUT_OF_CREDIT, "top it up", fails(status, body))


def parameters() -> Iterator[Case]:
    place: dict[str, Any] = {"loc": ["body", "thinking", "type"], "msg": "Extra inputs are not permitted"}
    azure = "Extra parameters ['stream_options', 'thinking'] are not allowed when extra-parameters is not set"
    for name, status, body in (
        ("422", 422, {"detail": [place]}),
        ("Extra parameters", 400, error("", azure)),
        (
            "Unsupported parameter",
            400,
            {"error": {"param": "thinking.type", "message": "Unsupported parameter"}},
        ),
        ("Unrecognized argument", 400, error("", "Unrecognized request argument supplied: thinking")),
    ):
        yield fine(f"25 {name}, dropped once", fails(status, body), whole(HELLO))
    still = fails(422, error("", "Unknown parameter: 'thinking'."))
    yield failed("25 refused all the same", Outcome.CONFIGURATION, "malformed", still, requests=2)
    for name, words in {
        "one that is not ours": "Extra inputs are not permitted: foo",
        "the limit that both have": "Unsupported parameter: 'max_tokens'",
    }.items():
        reply = fails(422, error("", words))
        yield failed(f"25 {name}", Outcome.CONFIGURATION, f"(Tested said: {words})", reply)


def limits() -> Iterator[Case]:
    slow_down = error("", "slow down")
    for name, value in {
        "in seconds": "7",
        "as a date": "Tue, 24 Nov 2026 12:00:07 GMT",
        "as a date gone by": "Tue, 24 Nov 2026 11:00:00 GMT",
        "that makes no sense": "soon",
    }.items():
        yield fine(f"26 Retry-After {name}", fails(429, slow_down, retry_after=value), whole(HELLO))
    told = "try again after 2h46m39s, as it asks"
    yield failed("26 Retry-After of 9999", Outcome.RATE_LIMITED, told, fails(429, retry_after="9999"))
    told = "try again in a minute (3 tries) (Tested said: slow down)"
    yield failed("26 without Retry-After", Outcome.RATE_LIMITED, told, fails(429, slow_down), requests=3)
    a_minute = error("insufficient_quota", "Allocated quota exceeded, please increase your quota limit.")
    yield fine("26 insufficient_quota, tokens a minute", fails(429, a_minute), whole(HELLO))
    for words in (
        "The free quota of the model has been exhausted.",
        "You exceeded your current quota, please check your plan and billing details.",
    ):
        reply = fails(429, error("insufficient_quota", words))
        yield failed(f"27 insufficient_quota: {words[:21]}", Outcome.OUT_OF_CREDIT, "quota is used up", reply)


def servers() -> Iterator[Case]:
    for status in (500, 502, 503, 504):
        for kind, body in {
            "text/html": HTML,
            "application/octet-stream": b"\0\xff",
            "text/plain": b"",
        }.items():
            reply = fails(status, body, kind)
            told = "try again in a minute (3 tries)"
            yield failed(f"28 {status} {kind}", Outcome.OVERLOADED, told, reply, requests=3)
    yield fine("28 503, then an answer", fails(503, HTML, "text/html"), whole(HELLO))
    torn = Reply((b"{",), status=500, reset=True)
    yield failed("28 500 whose body breaks off", Outcome.OVERLOADED, "server failed", torn, requests=3)
    paid = fails(500, {**error("internal_error", "oh")}, "application/json")
    yield fine("28 500 costs nothing", paid, whole(HELLO), cost=COST)


REFUSED = (*no_streams(), *refusals(), *parameters(), *limits(), *servers())
