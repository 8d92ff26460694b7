"""A question to `/ask`, and the real program killed over it at the worst of moments."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

import pytest

from tests.worlds.program import Programs, end, kill, programs
from tests.worlds.provider import says

pytestmark = pytest.mark.slow

LONG = "\n\n".join(f"Paragraph {number}. " + "word " * 60 for number in range(40))


@pytest.fixture
async def world(tmp_path: Path, loaded: str) -> AsyncIterator[Programs]:
    async with programs(tmp_path, loaded) as made:
        made.left.will(says(LONG))
        yield made


POINTS = [
    ("chat.postMessage", "before", "is answering"),
    ("chat.postMessage", "after", "is answering"),
    ("chat.postMessage", "after", "Paragraph 1"),
    ("chat.update", "after", "goes on in the thread"),
]
"""Each kind of call to Slack in the life of a question with a long answer."""


@pytest.mark.parametrize(("method", "when", "saying"), POINTS)
async def test_killed_at_this_very_point_a_question_is_answered_by_the_next_program(
    world: Programs, method: str, when: Literal["before", "after"], saying: str
) -> None:
    def whole() -> bool:
        messages = [str(message["blocks"]) for message in world.slack.messages(world.general)]
        return len(messages) == len(set(messages)) == 3 and "is not known yet" in messages[0]

    program = await world.start(ASK_DUEL_SHARE="0")
    stop = await world.slack.levers.stop_at(method, when, saying=saying)
    await world.slack.command(world.slack.person("ana"), world.general, "/ask", "why?")
    await asyncio.wait_for(stop.reached.wait(), 30)
    await kill(program)
    stop.release(take=False)
    program = await world.start(ASK_DUEL_SHARE="0")
    await world.slack.until(whole, timeout=60)
    assert await end(program) == 0
    assert whole()
    assert len(world.left.requests) == 1
    assert len(world.right.requests) == 0
