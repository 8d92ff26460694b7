"""The readers of a streamed answer that are compared: our own, the barest that work, and OpenAI's.

The two bare ones do no more than this: split what comes in at line feeds, `json.loads` what follows `data: `,
keep the text of each choice, and join it. They look for no error and no finish reason, and set no time limit.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from random import Random
from time import perf_counter
from typing import NamedTuple

import aiohttp
import httpx
import openai

from bot.clock import SystemClock
from bot.contenders.client import Client
from bot.contenders.reading import Delta
from bot.contenders.roster import Contender
from bot.duel import ContenderId, Outcome

MODEL = "bench"
PROMPT = "why is the sky blue?"
BODY = {
    "model": MODEL,
    "messages": [{"role": "user", "content": PROMPT}],
    "stream": True,
    "stream_options": {"include_usage": True},
    "max_tokens": 2048,
}
PATH = "/chat/completions"


class Read(NamedTuple):
    """An answer that has been read. `ttft_s` is what the reader itself would report."""

    text: str
    ttft_s: float


Ask = Callable[[list[float]], Awaitable[Read]]
"""Ask, read the whole answer, and add the time at which each piece of text was there."""
Reader = Callable[[str, int], AbstractAsyncContextManager[Ask]]
"""A long-lived client of the service at that address, good for so many answers at once."""


@asynccontextmanager
async def duel(url: str, at_once: int) -> AsyncIterator[Ask]:
    limits = {"concurrency": at_once}
    contender = Contender.model_validate(
        {"label": "Bench", "base_url": url, "model": MODEL, "limits": limits}
    )
    async with Client(ContenderId("bench"), contender, None, clock=SystemClock(), rng=Random(1)) as client:

        async def ask(seen: list[float]) -> Read:
            def note(_: Delta) -> None:
                seen.append(perf_counter())

            answer = await client.answer(PROMPT, note)
            assert answer.outcome is Outcome.OK, answer
            assert answer.timing.ttft_s is not None
            return Read(answer.text, answer.timing.ttft_s)

        yield ask


async def _read_bare(chunks: AsyncIterator[bytes], begun: float, seen: list[float]) -> Read:
    rest = b""
    texts: list[str] = []
    async for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            if line.startswith(b"data: ") and line != b"data: [DONE]":
                for choice in json.loads(line[6:])["choices"]:
                    if text := choice["delta"].get("content"):
                        seen.append(perf_counter())
                        texts.append(text)
    return Read("".join(texts), seen[0] - begun)


@asynccontextmanager
async def bare_aiohttp(url: str, at_once: int) -> AsyncIterator[Ask]:
    connector = aiohttp.TCPConnector(limit=at_once)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout()) as session:

        async def ask(seen: list[float]) -> Read:
            begun = perf_counter()
            async with session.post(url + PATH, json=BODY) as response:
                return await _read_bare(response.content.iter_any(), begun, seen)

        yield ask


@asynccontextmanager
async def bare_httpx(url: str, at_once: int) -> AsyncIterator[Ask]:
    limits = httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once)
    async with httpx.AsyncClient(limits=limits, timeout=None, trust_env=False) as client:

        async def ask(seen: list[float]) -> Read:
            begun = perf_counter()
            async with client.stream("POST", url + PATH, json=BODY) as response:
                return await _read_bare(response.aiter_raw(), begun, seen)

        yield ask


@asynccontextmanager
async def openai_sdk(url: str, at_once: int) -> AsyncIterator[Ask]:
    async with openai.AsyncOpenAI(base_url=url, api_key="any", max_retries=0) as client:

        async def ask(seen: list[float]) -> Read:
            texts: list[str] = []
            begun = perf_counter()
            stream = await client.chat.completions.create(
                model=MODEL,
                messages=[{"role": "user", "content": PROMPT}],
                stream=True,
                stream_options={"include_usage": True},
                max_tokens=2048,
            )
            async for chunk in stream:
                for choice in chunk.choices:
                    if text := choice.delta.content:
                        seen.append(perf_counter())
                        texts.append(text)
            return Read("".join(texts), seen[0] - begun)

        yield ask


READERS: dict[str, Reader] = {
    "Duel": duel,
    "bare aiohttp": bare_aiohttp,
    "bare httpx": bare_httpx,
    "openai SDK": openai_sdk,
}
