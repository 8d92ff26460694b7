"""The real program killed around what only rounds do: a card that waits, names that come out together."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Literal

import pytest

from tests.worlds.program import Programs, end, kill, programs
from tests.worlds.provider import says

pytestmark = pytest.mark.slow


@pytest.fixture
async def world(tmp_path: Path, loaded: str) -> AsyncIterator[Programs]:
    async with programs(tmp_path, loaded) as made:
        made.left.will(says("Left."))
        made.right.will(says("Right."))
        yield made


async def _card(world: Programs, *words: str) -> dict[str, Any]:
    (found,) = await world.slack.until(lambda: world.showing(*words), timeout=60)
    return dict(found)


async def _click(world: Programs, person: str, card: dict[str, Any]) -> None:
    """Whether it was acknowledged in time says nothing here: what comes of it is waited for."""
    await world.slack.click(world.slack.person(person), world.general, card["ts"], "reveal_duel")


async def _two_rounds(world: Programs) -> None:
    """Ana asks, Ben asks on, each ends their own vote; whatever is held on the way, it is asked for once."""
    await world.ask("why?")
    first = await _card(world, "*Duel*", "Which one is better?")
    mention = f"<@{world.slack.bot_user_id}> and now?"
    await world.slack.say(world.slack.person("ben"), world.general, mention, first["ts"])
    second = await _card(world, "*Round 2*", "Which one is better?")
    await _click(world, "ana", first)
    await world.slack.until(lambda: world.showing("*Duel*", "This vote is closed"), timeout=60)
    await _click(world, "ben", second)
    await world.slack.until(lambda: len(world.showing("Nobody voted")) == 2, timeout=60)


@pytest.mark.parametrize(
    ("method", "when", "saying"),
    [
        ("chat.postMessage", "after", "Round 2"),
        ("chat.update", "before", "This vote is closed"),
        ("chat.update", "before", "Nobody voted"),
    ],
)
async def test_killed_at_this_very_point_both_rounds_end_once(
    world: Programs, method: str, when: Literal["before", "after"], saying: str
) -> None:
    program = await world.start()
    stop = await world.slack.levers.stop_at(method, when, saying=saying)
    told = asyncio.create_task(_two_rounds(world))
    reached = asyncio.create_task(stop.reached.wait())
    await asyncio.wait({told, reached}, timeout=45, return_when=asyncio.FIRST_COMPLETED)
    if told.done():
        await told  # it came to grief on the way there
    assert reached.done()
    await kill(program)
    stop.release(take=False)
    program = await world.start()
    await told
    assert await end(program) == 0
    assert len(world.showing("asked by")) == 2
    assert len(world.left.requests) == len(world.right.requests) == 2
