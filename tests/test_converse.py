"""Bedrock's Converse stream: binary frames into the events that every other stream brings."""

import json
from random import Random
from re import escape
from typing import Any

import pytest
from pydantic import SecretStr

from bot.clock import SystemClock
from bot.contenders import Client, Contender, Lineup
from bot.contenders.converse import Decoder, body
from bot.contenders.said import Exchange, Said
from bot.contenders.sse import MAX_EVENT, Event, EventTooLarge
from bot.duel import ContenderId, Outcome, Usage
from bot.errors import UsageError
from bot.extras import install
from bot.settings import load
from tests.worlds import frames
from tests.worlds.clock import ManualClock
from tests.worlds.provider import Provider, Reply

WHOLE = b"".join(
    [
        frames.event("messageStart", {"role": "assistant"}),
        frames.thought("Let me think… 🤔"),
        frames.event(
            "contentBlockDelta", {"contentBlockIndex": 0, "delta": {"reasoningContent": {"signature": "x"}}}
        ),
        frames.event("contentBlockStop", {"contentBlockIndex": 0}),
        frames.text("Rayleigh \u2028 scattering\u0085"),
        frames.text("."),
        frames.stop(),
        frames.usage(10, 20),
    ]
)


def _read(*chunks: bytes) -> list[Event]:
    decoder = Decoder()
    return [event for chunk in chunks for event in decoder.feed(chunk)] + list(decoder.close())


def _said(events: list[Event]) -> list[Any]:
    return [event.data.decode() if event.data == b"[DONE]" else json.loads(event.data) for event in events]


def _delta(finish: str | None = None, **delta: str) -> dict[str, Any]:
    return {"choices": [{"delta": delta, "finish_reason": finish}]}


def test_frames_become_reasoning_content_the_end_and_usage() -> None:
    counted = {"prompt_tokens": 10, "completion_tokens": 20, "prompt_tokens_details": {"cached_tokens": 0}}
    assert _said(_read(WHOLE)) == [
        _delta(reasoning_content="Let me think… 🤔"),
        _delta(content="Rayleigh \u2028 scattering\u0085"),
        _delta(content="."),
        _delta("stop"),
        {"choices": [], "usage": counted},
        "[DONE]",
    ]


def test_it_matters_nowhere_where_the_bytes_are_cut() -> None:
    whole = _read(WHOLE)
    assert _read(*(bytes([byte]) for byte in WHOLE)) == whole
    for cut in range(len(WHOLE)):
        assert _read(WHOLE[:cut], WHOLE[cut:]) == whole


def test_tokens_read_from_the_cache_are_a_part_of_the_input_as_elsewhere() -> None:
    counted = frames.usage(10, 20, cacheReadInputTokens=100, cacheWriteInputTokens=5)
    usage = _said(_read(counted))[0]["usage"]
    assert usage["prompt_tokens"] == 115
    assert usage["prompt_tokens_details"] == {"cached_tokens": 100}


async def test_usage_that_makes_no_sense_is_unknown() -> None:
    odd = frames.event("metadata", {"usage": {"inputTokens": "10", "cacheReadInputTokens": [1]}})
    answer = await _answer(frames.converses(frames.text("Hello"), frames.stop(), odd))
    assert answer.outcome is Outcome.OK
    assert answer.usage.input_tokens is None
    assert answer.usage.output_tokens is None


HALF, NO = frames.text("half"), frames.text("no")
TEXT = {HALF: "half", NO: "no"}
"""What is kept of an answer that begins with this frame; of any other, nothing."""


@pytest.mark.parametrize(
    ("reply", "outcome", "words"),
    [
        ([HALF, frames.stop("max_tokens")], Outcome.CUT_OFF, ""),
        ([NO, frames.stop("guardrail_intervened")], Outcome.REFUSED, "content filter"),
        ([NO, frames.stop("content_filtered")], Outcome.REFUSED, "content filter"),
        ([frames.thought("hm"), frames.stop()], Outcome.EMPTY, "answered nothing"),
        ([HALF], Outcome.TRUNCATED, ""),
        ([HALF, frames.text("lost")[:-3]], Outcome.TRUNCATED, ""),
        (
            [HALF, frames.exception("throttlingException", "Too many requests")],
            Outcome.RATE_LIMITED,
            "Too many requests",
        ),
        (
            [HALF, frames.exception("modelStreamErrorException", "It fell over")],
            Outcome.OVERLOADED,
            "It fell over",
        ),
        (
            [HALF, frames.exception("serviceUnavailableException", "Busy")],
            Outcome.OVERLOADED,
            "Busy",
        ),
        (
            [frames.frame(b"", message_type="error", error_code="X", error_message="Unmodelled")],
            Outcome.OVERLOADED,
            "Unmodelled",
        ),
        ([HALF, b"\x00" * 40], Outcome.BAD_RESPONSE, ""),
        ([HALF, frames.event("contentBlockDelta", b"{no json")], Outcome.BAD_RESPONSE, ""),
        ([HALF, frames.event("contentBlockDelta", b"[" * 200_000)], Outcome.BAD_RESPONSE, ""),
        (
            [HALF, frames.frame(b"[" * 200_000, message_type="exception", exception_type="X")],
            Outcome.OVERLOADED,
            "",
        ),
        ([HALF, frames.packed(b"\x01a\x2a", b"")], Outcome.BAD_RESPONSE, ""),
        ([HALF, frames.packed(b"\x01a\x07\x00", b"")], Outcome.BAD_RESPONSE, ""),
        ([HALF, frames.packed(b"\x01\xff\x00", b"")], Outcome.BAD_RESPONSE, ""),
    ],
)
async def test_what_goes_wrong_comes_to_the_same_as_elsewhere(
    reply: list[bytes], outcome: Outcome, words: str
) -> None:
    answer = await _answer(frames.converses(*reply))
    assert answer.outcome is outcome
    assert words in answer.detail
    assert answer.text == TEXT.get(reply[0], "")


async def test_an_answer_is_read_counted_and_whole() -> None:
    answer = await _answer(frames.converses(WHOLE))
    assert answer.outcome is Outcome.OK
    assert answer.text == "Rayleigh \u2028 scattering\u0085."
    assert answer.reasoning == "Let me think… 🤔"
    assert answer.usage == Usage(10, 0, 20, None)


async def test_a_key_that_bedrock_refuses_is_said_so() -> None:
    refusal = json.dumps(
        {"message": "Authentication failed: Please make sure your API Key is valid."}
    ).encode()
    answer = await _answer(Reply((refusal,), 403, "application/json"))
    assert answer.outcome is Outcome.AUTHENTICATION
    assert "API Key is valid" in answer.detail


def test_a_conversation_is_put_in_its_form() -> None:
    contender = Contender(label="R1", base_url="http://x", model="r1", dialect="converse")
    said = Said("and now?", "Be brief.", [Exchange("why?", "Because.")])
    sent = body(contender, said, None)
    assert [(turn["role"], turn["content"][0]["text"]) for turn in sent["messages"]] == [
        ("user", "why?"),
        ("assistant", "Because."),
        ("user", "and now?"),
    ]
    assert sent["system"] == [{"text": "Be brief."}]


def test_a_frame_that_grows_past_all_bounds_is_given_up() -> None:
    huge = frames.text("x" * 2 * MAX_EVENT)
    chunks = [huge[start : start + 65_536] for start in range(0, len(huge), 65_536)]
    with pytest.raises(EventTooLarge):
        _read(*chunks)


async def test_without_the_extra_it_says_which_one_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.contenders.endpoint.find_spec", lambda name: None)
    keys = {"AWS_BEARER_TOKEN_BEDROCK": SecretStr("key-0123456789")}
    settings = load(keys=keys, variables={"AWS_REGION": "us-east-1"})
    async with Lineup(settings.roster, settings.equip, clock=SystemClock(), rng=Random(1)) as lineup:
        assert lineup.names == ("deepseek-v3.1", "deepseek-v3.2")
        with pytest.raises(UsageError, match=escape(install("bedrock"))):
            lineup.check(("deepseek-r1", "deepseek-v3.2"))


async def _answer(reply: Reply) -> Any:
    clock = ManualClock()
    async with Provider(clock, reply) as provider:
        contender = Contender(
            label="R1",
            base_url=provider.base_url,
            path="/model/{model}/converse-stream",
            model="us.deepseek.r1-v1:0",
            dialect="converse",
        )
        key = SecretStr("key-0123456789")
        async with Client(ContenderId("deepseek-r1"), contender, key, clock=clock, rng=Random(1)) as client:
            return await client.answer("why?")
