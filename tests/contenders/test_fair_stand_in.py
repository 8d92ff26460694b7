"""The loopback provider is a fair one, and an independent one is understood as well.

OpenAI's own client reads what `tests.worlds.provider` sends. LLMock, a mock of such services with faults of
its own making, is asked by our client, and afterwards gives its verdict on how that behaved. It runs on
the machine's time, so nothing here is measured.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import openai
import pytest
from llmock.pytest_plugin import LLMock

from bot.clock import SystemClock
from bot.contenders.client import Client
from bot.duel import Outcome
from tests.contenders.asking import MODEL, client_of, contender
from tests.contenders.cases import THOUGHT, error, part, whole
from tests.worlds.clock import ManualClock
from tests.worlds.provider import KEEP_ALIVE, Provider, Reply, chunk, fails, says

pytestmark = pytest.mark.slow


async def read_by_openai(*replies: Reply) -> tuple[str, Any, str | None]:
    """Text, usage and finish reason as OpenAI's client reads them."""
    text, used, finish = "", None, None
    async with (
        Provider(ManualClock(), *replies) as provider,
        openai.AsyncOpenAI(base_url=provider.base_url, api_key="any", max_retries=0) as client,
    ):
        stream = await client.chat.completions.create(
            model=MODEL,
            messages=[{"role": "user", "content": "why is the sky blue?"}],
            stream=True,
            stream_options={"include_usage": True},
        )
        async for piece in stream:
            used = piece.usage or used
            for choice in piece.choices:
                text += choice.delta.content or ""
                finish = choice.finish_reason or finish
    return text, used, finish


@pytest.mark.parametrize(
    ("reply", "text", "finish"),
    [
        pytest.param(says("Blue, of course."), "Blue, of course.", "stop", id="an answer"),
        pytest.param(says("Blue, of", finish="length"), "Blue, of", "length", id="an answer cut off"),
        pytest.param(whole(THOUGHT, chunk(content="天空 🌌")), "天空 🌌", "stop", id="thinking"),
        pytest.param(whole(*[KEEP_ALIVE] * 3, chunk(content="Blue.")), "Blue.", "stop", id="keep-alives"),
    ],
)
async def test_openais_client_reads_a_reply_without_complaint(reply: Reply, text: str, finish: str) -> None:
    read, used, finished = await read_by_openai(reply)
    assert (read, finished) == (text, finish)
    assert (used.prompt_tokens, used.completion_tokens) == (10, 20)


@pytest.mark.parametrize(
    ("status", "raised"),
    [
        (400, openai.BadRequestError),
        (401, openai.AuthenticationError),
        (403, openai.PermissionDeniedError),
        (404, openai.NotFoundError),
        (422, openai.UnprocessableEntityError),
        (429, openai.RateLimitError),
        (500, openai.InternalServerError),
    ],
)
async def test_openais_client_takes_an_error_for_what_it_is(
    status: int, raised: type[openai.APIStatusError]
) -> None:
    with pytest.raises(raised) as caught:
        await read_by_openai(fails(status, error("some_code", "what happened")))
    assert caught.value.code == "some_code"
    assert "what happened" in str(caught.value)


async def test_openais_client_sees_a_reset_as_one() -> None:
    with pytest.raises(openai.APIConnectionError):
        await read_by_openai(part(reset=True))


@asynccontextmanager
async def asking(llmock: LLMock, **limits: float) -> AsyncIterator[Client]:
    asked = contender(llmock.base_url("openai"), extra_body={}, limits=limits)
    async with client_of(asked, SystemClock()) as client:
        yield client


async def test_llmock_is_understood(llmock: LLMock) -> None:
    llmock.reply("Blue, of course.")
    async with asking(llmock) as client:
        answer = await client.answer("why is the sky blue?")
    assert (answer.outcome, answer.text) == (Outcome.OK, "Blue, of course.")
    assert answer.usage.output_tokens is not None
    assert answer.bill.usd is not None
    assert answer.other_model is None
    llmock.assert_resilient(strict=True)


def faulty(llmock: LLMock, fault: str) -> None:
    """Let the next answer be faulty."""
    match fault:
        case "rate limit":
            llmock.rate_limit(times=2, retry_after=0.1)
        case "overload":
            llmock.fail(503, times=2)
        case "outage":
            llmock.outage()
        case "refused key":
            llmock.fail(401)
        case "context overflow":
            llmock.context_overflow()
        case "disconnect":
            llmock.disconnect(after_chunks=3)
        case "truncate at once":
            llmock.truncate(after_chunks=0)
        case "truncate":
            llmock.truncate(after_chunks=3)
        case "corrupt":
            llmock.corrupt(after_chunks=3)
        case "stall":
            llmock.stall(after_chunks=3, seconds=5)
        case "slow first token":
            llmock.slow_first_token(0.3)


@pytest.mark.parametrize(
    ("fault", "outcome", "attempts"),
    [
        ("rate limit", Outcome.OK, 3),
        ("overload", Outcome.OK, 3),
        ("outage", Outcome.OVERLOADED, 3),
        ("refused key", Outcome.AUTHENTICATION, 1),
        ("context overflow", Outcome.CONFIGURATION, 1),
        ("disconnect", Outcome.TRUNCATED, 1),
        ("truncate at once", Outcome.OK, 2),
        ("truncate", Outcome.TRUNCATED, 1),
        ("corrupt", Outcome.BAD_RESPONSE, 1),
        ("stall", Outcome.TIMEOUT, 1),
        ("slow first token", Outcome.OK, 1),
    ],
)
async def test_llmock_breaks_and_finds_nothing_to_blame(
    llmock: LLMock, fault: str, outcome: Outcome, attempts: int
) -> None:
    faulty(llmock, fault)
    async with asking(llmock, idle_s=1.0) as client:
        answer = await client.answer("why is the sky blue?")
    assert answer.outcome is outcome, answer
    assert answer.attempts == attempts
    assert bool(answer.text) == (
        outcome in (Outcome.OK, Outcome.TRUNCATED, Outcome.BAD_RESPONSE, Outcome.TIMEOUT)
    )
    assert bool(answer.detail) == (outcome is not Outcome.OK)
    if fault != "truncate":  # it sees no second try and no outcome, and takes the worst to be true
        llmock.assert_resilient()
