"""`/duel with:A,B`: whoever is on the roster and ready duels."""

import json
from random import Random
from typing import Any

import pytest

from bot.clock import SystemClock
from bot.commands import duel_here
from bot.errors import UsageError
from bot.settings import load
from tests.worlds.bigger import THIRD, Bigger
from tests.worlds.provider import fails
from tests.worlds.story import LEFT, RIGHT


@pytest.mark.parametrize(
    "text",
    [
        "with:left-id,third-id why is the sky blue?",
        "with:third-id, left-id why is the sky blue?",
        "with:left-id,third-id for:10m why is the sky blue?",
        "for:10m with:left-id,third-id why is the sky blue?",
    ],
)
async def test_a_pair_is_picked_by_name(bigger: Bigger, text: str) -> None:
    async with bigger.app() as world:
        duel = await bigger.revealed(text)
        assert LEFT in world.text(duel)
        assert THIRD in world.text(duel)
        assert not world.right.requests
        (request,) = bigger.third.requests
        assert request.body["messages"] == [{"role": "user", "content": "why is the sky blue?"}]


async def test_without_names_the_usual_two_duel(bigger: Bigger) -> None:
    async with bigger.app() as world:
        duel = await bigger.revealed("why?")
        assert LEFT in world.text(duel)
        assert RIGHT in world.text(duel)
        assert not bigger.third.requests


async def test_naming_a_pair_betrays_nothing_to_the_channel(bigger: Bigger) -> None:
    async with bigger.app() as world:
        await world.duel("ana", "with:left-id,third-id why?")
        hints = (LEFT, THIRD, "left-id", "third-id", "model-of", "test-model")
        assert not [payload for payload in world.sent if any(hint in payload for hint in hints)]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ("left-id,gpt-9", "no contender “gpt-9”"),
        ("left-id,left-id", "two different contenders"),
        ("left-id", "two different contenders"),
        ("left-id,right-id,third-id", "two different contenders"),
        ("", "two different contenders"),
        ("left-id,deepseek-r1", "“deepseek-r1” cannot be called here: AWS_REGION is missing"),
        ("qwen-max,left-id", "DASHSCOPE_API_KEY is missing: it is the API key of Qwen3.8 Max. Get it at"),
    ],
)
async def test_a_pair_that_cannot_duel_is_refused_with_the_names_that_can(
    bigger: Bigger, names: str, said: str
) -> None:
    async with bigger.app() as world:
        ack = await world.ask("ana", f"with:{names} why?")
        assert said in ack.text
        assert "Ready here: left-id, right-id, third-id." in ack.text
        await world.settled()
        assert not world.messages
        assert not world.left.requests


async def test_help_lists_the_contenders_that_are_ready(bigger: Bigger) -> None:
    async with bigger.app() as world:
        await world.ask("ana", "help ask")
        assert "/duel with:left-id,right-id" in world.told("ana")
        assert "`third-id`" in world.told("ana")
        assert "qwen-max" not in world.told("ana")


async def test_a_retired_model_fails_with_the_providers_own_words_and_the_names_that_work(
    bigger: Bigger,
) -> None:
    refusal = {"error": {"message": "The supported API model names are deepseek-flash or deepseek-v4-pro"}}
    bigger.third.will(fails(400, refusal))
    retired = {
        "label": "DeepSeek V3",
        "base_url": bigger.third.base_url,
        "model": "deepseek-chat",
        "retired": "since 2026-07-24; today's model is deepseek-flash",
    }
    async with bigger.app({"deepseek-chat": retired}) as world:
        duel = await world.duel("ana", "with:left-id,deepseek-chat why?")
        text = world.text(duel)
        assert "The supported API model names are deepseek-flash or deepseek-v4-pro" in text
        assert "retired since 2026-07-24; today's model is deepseek-flash." in text
        assert "Ready here: left-id, right-id, third-id." in text
        assert "Only one of the two answered" in text


async def test_in_the_terminal_a_pair_is_picked_by_name_as_well(
    bigger: Bigger, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = load(**bigger.world.settings(contenders=bigger.contenders()))
    both: dict[str, Any] = {"json": True, "clock": SystemClock(), "rng": Random(1)}
    assert await duel_here(settings, ["why?"], ("left-id", "third-id"), **both)
    answers = json.loads(capsys.readouterr().out)["answers"]
    assert sorted(answer["contender"] for answer in answers) == ["left-id", "third-id"]
    with pytest.raises(UsageError, match="Ready here: left-id, right-id, third-id"):
        await duel_here(settings, ["why?"], ("left-id", "gpt-9"), **both)
