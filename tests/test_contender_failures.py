"""A contender fails: what people see of it, what is stored, and that the other one is none the worse."""

import asyncio
import logging
from pathlib import Path
from typing import Any

import pytest

from storage.tables import metadata
from tests.worlds.provider import DONE, Reply, chunk, fails, says, sse, usage
from tests.worlds.story import LEFT, Story

HALF = chunk(content="Half of an ans")
CANARY = "canary-4f9c2b7e1d8a6053"


async def stored(story: Story, columns: str) -> list[tuple[Any, ...]]:
    """What the database holds of the left one's answers."""
    return await story.stored(f"SELECT {columns} FROM answer WHERE contender = 'left-id'")


@pytest.mark.parametrize(
    ("reply", "outcome", "told"),
    [
        pytest.param(Reply((HALF,)), "truncated", "no finish reason, so it is not whole", id="truncated"),
        pytest.param(Reply((HALF,), reset=True), "truncated", "connection broke in the middle", id="reset"),
        pytest.param(
            Reply((HALF, chunk(finish="content_filter"), usage(), DONE)),
            "refused",
            "content filter",
            id="filter",
        ),
        pytest.param(
            Reply((HALF, sse({"error": {"code": "server_overloaded", "message": "too many"}}))),
            "overloaded",
            "Hidden Left 7B said: too many",
            id="error in the stream",
        ),
        pytest.param(
            Reply((HALF, b"data: {\n\n")), "bad_response", "not what the protocol allows", id="garbled"
        ),
    ],
)
async def test_half_an_answer_is_kept_and_shown_beside_the_others_whole_one(
    slack: Story, reply: Reply, outcome: str, told: str
) -> None:
    slack.left.will(reply)
    duel = await slack.duel("ana", "why is the sky blue?")
    text = slack.text(duel)
    assert "Only one of the two answered" in text
    assert "Half of an ans" in text
    assert "Right says Rayleigh." in text
    assert told in text
    assert "Reveal now" not in text
    assert await stored(slack, "outcome, text") == [(outcome, "Half of an ans")]
    assert len(slack.right.requests) == 1


async def test_an_answer_that_stands_still_is_given_up_and_the_other_one_is_delivered(slack: Story) -> None:
    other_is_done = asyncio.Event()
    slack.left.will(Reply((HALF, other_is_done, 61.0), hang=True))
    asked = asyncio.create_task(slack.duel("ana", "why?"))
    await slack.right.until(lambda: bool(slack.right.requests) and not slack.right.open)
    other_is_done.set()
    text = slack.text(await asked)
    assert "the answer stood still for 60 s" in text
    assert "Half of an ans" in text
    assert "Right says Rayleigh." in text


async def test_what_a_failed_answer_cost_is_counted(slack: Story) -> None:
    slack.left.will(Reply((HALF, chunk(finish="content_filter"), usage(10, 20), DONE)))
    await slack.duel("ana", "why?")
    assert await stored(slack, "outcome, CAST(cost_usd AS TEXT)") == [("refused", "0.00014")]


async def test_an_answer_that_took_two_tries_is_voted_on_and_says_so(slack: Story) -> None:
    slack.left.will(fails(503, b"<html>", "text/html"), says("Left says blue."))
    duel = await slack.duel("ana", "why?")
    assert "Left says blue." in slack.text(duel)
    await slack.reveal("ana", duel)
    assert "2 tries" in slack.text(duel)
    assert await stored(slack, "outcome, attempts") == [("ok", 2)]


async def test_a_model_that_is_gone_is_told_in_the_providers_words_with_the_names_that_work(
    slack: Story,
) -> None:
    names = "The supported API model names are deepseek-flash or deepseek-v4-pro"
    slack.left.will(fails(400, {"error": {"message": names, "code": "invalid_request_error"}}))
    duel = await slack.duel("ana", "why?")
    assert names in slack.text(duel)
    assert "right-id" in slack.text(duel)
    assert len(slack.left.requests) == 1


async def test_both_failing_is_one_message_and_nothing_is_asked_twice(slack: Story) -> None:
    slack.left.will(Reply((HALF, usage(10, 20), chunk(finish="content_filter"), DONE)))
    slack.right.will(fails(401, {"error": {"message": "no such key"}}))
    duel = await slack.duel("ana", "why?")
    await slack.later(hours=25)
    text = slack.text(duel)
    assert "Neither of the two answered" in text
    assert "content filter" in text
    assert "API key was refused" in text
    assert "Reveal now" not in text
    assert len(slack.messages) == 1
    assert len(slack.left.asked("why?")) == len(slack.right.asked("why?")) == 1
    assert await stored(slack, "CAST(cost_usd AS TEXT)") == [("0.00014",)]
    assert await slack.stored("SELECT state FROM duel") == [("void",)]


async def test_a_key_that_providers_quote_is_nowhere_but_in_what_they_were_sent(
    world: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("LEFT_API_KEY", CANARY)
    caplog.set_level(logging.DEBUG)
    contenders = world.settings()["contenders"]
    contenders["left-id"]["key"] = "LEFT_API_KEY"
    quoting = {"error": {"message": f"Incorrect API key provided: {CANARY}.", "code": "invalid_api_key"}}
    async with world.app(contenders=contenders, log_level="DEBUG"):
        for reply in (fails(401, quoting), Reply((HALF, sse(quoting))), fails(400, quoting), says("Blue.")):
            world.left.will(reply)
            await world.duel("ana", f"why {reply.status}?")
            await world.later(minutes=1)  # a probe meets the same
            world.left.will(says("ready"))
            await world.later(minutes=2)
    assert {request.headers["authorization"] for request in world.left.requests} == {f"Bearer {CANARY}"}
    assert len(await stored(world, "detail")) == 4
    for sent in world.sent:
        assert CANARY not in sent
    assert CANARY not in caplog.text
    for table in metadata.tables:
        assert CANARY not in str(await world.stored(f"SELECT * FROM {table}"))
    for file in tmp_path.iterdir():  # noqa: ASYNC240 # nothing else is going on any more
        assert CANARY.encode() not in file.read_bytes(), file
    assert LEFT in str(world.sent)
