"""The real program, killed for good in the middle of its work, and started again."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import time
from typing import Any

import pytest

from playground import Playground
from tests.worlds.clock import ManualClock
from tests.worlds.provider import DONE, Provider, Reply, chunk, says, usage
from tests.worlds.story import LEFT, MANIFEST, RIGHT

CONTENDERS = """
[contenders.left-id]
label = "{left}"
base_url = "{left_url}"
model = "m"
[contenders.right-id]
label = "{right}"
base_url = "{right_url}"
model = "m"
"""


@asynccontextmanager
async def program(folder: Path, slack: Playground) -> AsyncIterator[asyncio.subprocess.Process]:
    """`python -m bot run` in that folder, connected; it is ended with the block if it still lives."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(__file__).parents[1]),
        "SLACK_API_URL": slack.api_url,
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "DATABASE_URL": f"sqlite:///{folder / 'duel.db'}",
        "DUEL_PAIR": "left-id,right-id",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", cwd=folder, env=environment
    )
    try:
        await slack.connected(timeout=30)
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.wait(), 40)


def _texts(slack: Playground) -> list[str]:
    return [str(message.get("blocks")) for message in slack.messages(slack.channel("general"))]


def _with(slack: Playground, *words: str) -> list[dict[str, Any]]:
    messages = slack.messages(slack.channel("general"))
    return [message for message in messages if all(word in str(message.get("blocks")) for word in words)]


@pytest.mark.slow
async def test_a_killed_program_finishes_every_duel_after_its_next_start_and_pays_no_answer_twice(
    tmp_path: Path,
) -> None:
    gate = asyncio.Event()
    clock = ManualClock()
    at_once = says("At once.")
    gated = Reply((gate, chunk(content="Later."), chunk(finish="stop"), usage(), DONE))
    async with (
        Playground(MANIFEST, now=time) as slack,
        Provider(clock, at_once) as left,
        Provider(clock, at_once, gated) as right,
    ):
        (tmp_path / "contenders.toml").write_text(
            CONTENDERS.format(left=LEFT, left_url=left.base_url, right=RIGHT, right_url=right.base_url)
        )
        ana, ben, room = slack.person("ana"), slack.person("ben"), slack.channel("general")
        async with program(tmp_path, slack) as process:
            await slack.command(ana, room, "/duel", "for:10s the first, open when the program dies")
            (first,) = await slack.until(lambda: _with(slack, "the first", "Which one is better?"))
            await slack.command(ana, room, "/duel", "the second, half answered")
            await slack.until(lambda: _with(slack, "the second", "One answer is in"))
            left.will(gated)
            await slack.command(ana, room, "/duel", "the third, with nothing answered yet")
            await slack.until(lambda: _with(slack, "the third"))
            await left.until(lambda: left.open == 1)
            process.send_signal(signal.SIGKILL)
            await process.wait()
        await slack.react(ben, room, first["ts"], "a")
        gate.set()
        left.will(at_once)
        asked_before = len(left.requests)

        async with program(tmp_path, slack):
            await slack.until(lambda: _with(slack, "the first", "1 to 0"), timeout=60)
            await slack.until(lambda: _with(slack, "the second", "Which one is better?"), timeout=60)
            await slack.until(lambda: _with(slack, "the third", "Which one is better?"), timeout=60)
        assert len(_texts(slack)) == 3
        prompts = [request.body["messages"][0]["content"] for request in left.requests[asked_before:]]
        assert prompts == ["the third, with nothing answered yet"]


@pytest.mark.slow
async def test_sigterm_ends_the_program_in_good_order(tmp_path: Path) -> None:
    clock = ManualClock()
    async with Playground(MANIFEST, now=time) as slack, Provider(clock) as left, Provider(clock) as right:
        (tmp_path / "contenders.toml").write_text(
            CONTENDERS.format(left=LEFT, left_url=left.base_url, right=RIGHT, right_url=right.base_url)
        )
        async with program(tmp_path, slack) as process:
            process.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(process.wait(), 30) == 0
