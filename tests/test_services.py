"""What sets services apart: thinking, Converse, keys, the hash of the asker; and the price that is kept."""

import json
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

import pytest

from tests.worlds import frames
from tests.worlds.bigger import Bigger
from tests.worlds.provider import DONE, Reply, chunk, fails, says, usage

AT_ONCE = says("Left says blue.", after_s=0, for_s=0)
"""So that the one clock of the story measures the other side alone."""


async def test_a_thinking_contender_has_its_budget_apart_from_the_same_limit_for_what_is_read(
    bigger: Bigger,
) -> None:
    switch = {"on": {"enable_thinking": True}, "budget": "thinking_budget"}
    thinker: dict[str, Any] = {
        "thinking": True,
        "thinking_budget": 900,
        "switch": switch,
        "limits": {"max_tokens": 500},
    }
    async with bigger.app(**thinker) as world:
        await bigger.revealed("with:left-id,third-id why?")
        plain, thinking = world.left.requests[0].body, bigger.third.requests[0].body
        assert plain["max_tokens"] == thinking["max_tokens"] == 500
        assert thinking["enable_thinking"] is True
        assert thinking["thinking_budget"] == 900
        assert "thinking_budget" not in plain


async def test_reasoning_is_timed_counted_and_paid_and_never_shown(bigger: Bigger) -> None:
    price = {"since": "2026-01-01", "rates": {"input": "2", "output": "6"}}
    bigger.world.left.will(AT_ONCE)
    bigger.third.will(
        Reply(
            (
                2.0,
                chunk(reasoning_content="Secretly I ponder."),
                3.0,
                chunk(content="Third says scattering."),
                chunk(finish="stop"),
                usage(10, 120, completion_tokens_details={"reasoning_tokens": 100}),
                DONE,
            )
        )
    )
    async with bigger.app(thinking=True, prices=[price]) as world:
        duel = await bigger.revealed("with:left-id,third-id why?")
        assert "Secretly" not in str(world.sent)
        text = world.text(duel)
        assert "first words 5.00 s" in text
        assert "120 tokens" in text
        assert "$0.000740" in text  # 10 at $2 and 120 at $6 a million
        assert await bigger.stored("ttft_s, reasoning_tokens, reasoning", "third-id") == [
            (2.0, 100, "Secretly I ponder.")
        ]


async def test_r1_answers_over_bedrocks_converse_stream(bigger: Bigger) -> None:
    bigger.world.left.will(AT_ONCE)
    bigger.third.will(
        frames.converses(
            frames.event("messageStart", {"role": "assistant"}),
            1.0,
            frames.thought("Secretly I ponder."),
            1.0,
            frames.text("Third says "),
            frames.text("scattering. \u2028 é"),
            frames.stop(),
            frames.usage(10, 120),
        )
    )
    r1: dict[str, Any] = {
        "base_url": bigger.third.base_url,
        "path": "/model/{model}/converse-stream",
        "model": "us.deepseek.r1-v1:0",
        "dialect": "converse",
        "thinking": True,
        "thinking_budget": 6144,
    }
    async with bigger.app(**r1) as world:
        duel = await bigger.revealed("with:left-id,third-id why?")
        assert "Third says scattering." in world.text(duel)
        assert "Secretly" not in str(world.sent)
        assert "first words 2.00 s" in world.text(duel)
        (request,) = bigger.third.requests
        assert unquote(request.path) == "/v1/model/us.deepseek.r1-v1:0/converse-stream"
        assert request.headers["accept"] == "application/vnd.amazon.eventstream"
        assert request.body == {
            "messages": [{"role": "user", "content": [{"text": "why?"}]}],
            "inferenceConfig": {"maxTokens": 8192},
        }


async def test_the_provider_learns_a_hash_of_the_asker_and_never_the_id(bigger: Bigger) -> None:
    async with bigger.app(asker="user_id") as world:
        for asker in ("ana", "ana", "ben"):
            await world.duel(asker, "with:left-id,third-id why?")
        first, again, other = (request.body["user_id"] for request in bigger.third.requests)
        assert first == again != other
        assert len(first) == 32
        for request in (*bigger.third.requests, *world.left.requests):
            told = json.dumps([request.path, dict(request.headers), request.body])
            assert world.slack.person("ana") not in told
            assert world.slack.person("ben") not in told
        assert "user_id" not in world.left.requests[0].body


async def test_azures_key_goes_in_its_own_header_and_its_version_in_the_query(
    bigger: Bigger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THIRD_API_KEY", "canary-key-1234567890")
    azure: dict[str, Any] = {
        "auth": "api-key",
        "key": "THIRD_API_KEY",
        "path": "/chat/completions?api-version=2024-05-01-preview",
    }
    async with bigger.app(**azure):
        await bigger.revealed("with:left-id,third-id why?")
    (request,) = bigger.third.requests
    assert request.path == "/v1/chat/completions?api-version=2024-05-01-preview"
    assert request.headers["api-key"] == "canary-key-1234567890"
    assert "authorization" not in request.headers


async def test_a_switch_that_azure_refuses_is_dropped_and_the_call_made_again(bigger: Bigger) -> None:
    bigger.third.will(
        fails(400, {"error": {"message": "Extra parameters ['thinking'] are not allowed"}}),
        says("Third says scattering."),
    )
    switch = {"off": {"thinking": {"type": "disabled"}}}
    async with bigger.app(thinking=False, switch=switch) as world:
        duel = await bigger.revealed("with:left-id,third-id why?")
        assert "Third says scattering." in world.text(duel)
    refused, taken = (request.body for request in bigger.third.requests)
    assert refused["thinking"] == {"type": "disabled"}
    assert "thinking" not in taken


async def test_each_answer_keeps_the_unit_prices_it_was_billed_with(bigger: Bigger) -> None:
    async with bigger.app() as world:
        duel = await bigger.revealed("why?")
        stored = await bigger.stored(
            "cost_usd, price_id, input_price, cache_hit_price, output_price", "left-id"
        )
        assert stored == [("0.00014", "left-id@2026-01-01", "2", "2", "6")]
        cost, _, input_, _, output = stored[0]
        assert Decimal(cost) == (10 * Decimal(input_) + 20 * Decimal(output)) / 1_000_000
        shown = world.text(duel)
    dearer = bigger.contenders()
    dearer["left-id"]["prices"] = [{"since": "2026-01-01", "rates": {"input": "200", "output": "600"}}]
    async with world.app(contenders=dearer):
        assert await bigger.stored("cost_usd, price_id, input_price", "left-id") == [
            ("0.00014", "left-id@2026-01-01", "2")
        ]
        assert world.text(duel) == shown
