"""The real program, killed or frozen at the worst of moments, and started again."""

import asyncio
import signal
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Literal

import pytest

from tests.worlds.program import LEASE_S, Programs, end, kill, programs
from tests.worlds.provider import DONE, Reply, chunk, says, usage

pytestmark = pytest.mark.slow

LONG = "\n\n".join(f"Paragraph {number}. " + "word " * 60 for number in range(12))

POINTS = [
    # what Slack receives, whether it has taken it, and words in it
    ("chat.postMessage", "before", "Two models are answering"),
    ("chat.postMessage", "after", "Two models are answering"),
    ("chat.postMessage", "before", "Paragraph 1"),
    ("chat.postMessage", "after", "Paragraph 1"),
    ("chat.postMessage", "before", "Short."),
    ("chat.postMessage", "after", "Short."),
    ("chat.update", "before", "Which one is better?"),
    ("chat.update", "after", "Which one is better?"),
    ("reactions.add", "before", "handshake"),
    ("reactions.add", "after", "handshake"),
    ("reactions.add", "after", "thumbsdown"),
    ("reactions.get", "before", ""),
    ("reactions.get", "after", ""),
    ("chat.update", "before", "Nobody voted"),
    ("chat.update", "after", "Nobody voted"),
]
"""Each point around a call to Slack in the life of a duel whose answers are long and whose vote is empty."""
LONG_ASKED = "word " * 600
RARER = [
    # what Slack receives, whether it has taken it, words in it, and what was asked
    ("chat.postMessage", "before", "The prompt (2/2)", LONG_ASKED),
    ("chat.postMessage", "after", "The prompt (2/2)", LONG_ASKED),
    ("chat.update", "before", "One answer is in", "why?"),
    ("chat.update", "after", "One answer is in", "why?"),
    ("users.info", "before", "", "why?"),
    ("users.info", "after", "", "why?"),
]
"""Points that only some duels come by: a long question, one answer before the other, a vote to look at."""


@pytest.fixture
async def world(tmp_path: Path, loaded: str) -> AsyncIterator[Programs]:
    async with programs(tmp_path, loaded) as made:
        made.left.will(says(LONG))
        made.right.will(says("Short."))
        yield made


def _whole(world: Programs) -> bool:
    """Whether the one duel stands in the channel, revealed, with all its parts, each once."""
    messages = world.slack.messages(world.general)
    roots = [message for message in messages if message.get("thread_ts", message["ts"]) == message["ts"]]
    replies = [message for message in messages if message not in roots]
    parts = [str(message["blocks"]) for message in replies]
    return (
        len(roots) == 1
        and len(parts) == len(set(parts)) == 2
        and "Nobody voted" in str(roots[0]["blocks"])
        and len(roots[0].get("reactions", [])) == 4
    )


@pytest.mark.parametrize(("method", "when", "saying"), POINTS)
async def test_killed_at_this_very_point_a_duel_is_finished_by_the_next_program(
    world: Programs, method: str, when: Literal["before", "after"], saying: str
) -> None:
    program = await world.start()
    stop = await world.slack.levers.stop_at(method, when, saying=saying)
    await world.ask("for:3s why?")
    await asyncio.wait_for(stop.reached.wait(), 30)
    await kill(program)
    stop.release(take=False)
    program = await world.start()
    await world.slack.until(lambda: _whole(world), timeout=60)
    assert await end(program) == 0
    assert _whole(world)
    assert len(world.left.requests) == len(world.right.requests) == 1


@pytest.mark.parametrize(("method", "when", "saying"), POINTS)
async def test_frozen_at_this_very_point_past_its_lease_a_program_does_nothing_twice(
    world: Programs, method: str, when: Literal["before", "after"], saying: str
) -> None:
    frozen = await world.start()
    stop = await world.slack.levers.stop_at(method, when, saying=saying)
    await world.ask("for:3s why?")
    await asyncio.wait_for(stop.reached.wait(), 30)
    await world.freeze(frozen)
    stop.release(take=when == "after")
    awake = await world.start()
    await world.slack.until(lambda: _whole(world), timeout=60)
    frozen.send_signal(signal.SIGCONT)
    assert await end(frozen) == 0
    assert await end(awake) == 0
    assert _whole(world)


def _complete(world: Programs, asked: str) -> bool:
    """Whether it stands there, revealed, with every part of question and answers, each once, and one vote."""
    messages = world.slack.messages(world.general)
    parts = [str(message["blocks"]) for message in messages[1:]]
    return len(parts) == len(set(parts)) == (4 if asked == LONG_ASKED else 2) and any(
        "1 to 0" in str(message["blocks"]) for message in messages[:1]
    )


async def _lead_there(world: Programs, saying: str, asked: str, reached: asyncio.Event) -> asyncio.Task[None]:
    """Ask, vote, and come to where Slack holds the call; a model that was waited for answers after that."""
    gate = asyncio.Event()
    if saying.startswith("One"):
        world.right.will(says("Short.", wait_for=gate))
    await world.ask(f"for:3s {asked}")
    voting = asyncio.create_task(_vote(world))
    await asyncio.wait_for(reached.wait(), 30)
    world.right.will(says("Short."))
    gate.set()
    return voting


async def _vote(world: Programs) -> None:
    (shown,) = await world.slack.until(lambda: world.showing("Which one is better?"), timeout=90)
    await world.slack.react(world.slack.person("ben"), world.general, shown["ts"], "a")


@pytest.mark.parametrize(("method", "when", "saying", "asked"), RARER)
async def test_killed_at_a_rarer_point_a_duel_is_finished_too(
    world: Programs, method: str, when: Literal["before", "after"], saying: str, asked: str
) -> None:
    program = await world.start()
    stop = await world.slack.levers.stop_at(method, when, saying=saying)
    voting = await _lead_there(world, saying, asked, stop.reached)
    await kill(program)
    stop.release(take=False)
    program = await world.start()
    await world.slack.until(lambda: _complete(world, asked), timeout=60)
    await voting
    assert await end(program) == 0
    assert _complete(world, asked)


@pytest.mark.parametrize(("method", "when", "saying", "asked"), RARER)
async def test_frozen_at_a_rarer_point_a_program_does_nothing_twice_either(
    world: Programs, method: str, when: Literal["before", "after"], saying: str, asked: str
) -> None:
    frozen = await world.start()
    stop = await world.slack.levers.stop_at(method, when, saying=saying)
    voting = await _lead_there(world, saying, asked, stop.reached)
    await world.freeze(frozen)
    stop.release(take=when == "after")
    awake = await world.start()
    await world.slack.until(lambda: _complete(world, asked), timeout=60)
    frozen.send_signal(signal.SIGCONT)
    await voting
    assert await end(frozen) == 0
    assert await end(awake) == 0
    assert _complete(world, asked)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
async def test_dead_or_frozen_while_it_looks_for_an_earlier_post_the_next_program_finds_it(
    world: Programs, when: Literal["before", "after"], how: signal.Signals
) -> None:
    first = await world.start()
    posting = await world.slack.levers.stop_at("chat.postMessage", "after")
    looking = await world.slack.levers.stop_at("conversations.history", when)
    await world.ask("for:3s why?")
    await asyncio.wait_for(posting.reached.wait(), 30)
    await kill(first)
    posting.release()
    second = await world.start()
    await asyncio.wait_for(looking.reached.wait(), 30)
    if how is signal.SIGSTOP:
        await world.freeze(second)
    else:
        await kill(second)
    looking.release(take=when == "after")
    third = await world.start()
    await world.slack.until(lambda: _whole(world), timeout=60)
    if how is signal.SIGSTOP:
        second.send_signal(signal.SIGCONT)
    assert await end(second) == (0 if how is signal.SIGSTOP else -signal.SIGKILL)
    assert await end(third) == 0
    assert _whole(world)


async def test_killed_while_a_model_answers_only_the_unfinished_answer_is_asked_for_again(
    world: Programs,
) -> None:
    gate = asyncio.Event()
    world.right.will(Reply((gate, chunk(content="Short."), chunk(finish="stop"), usage(), DONE)))
    program = await world.start()
    await world.ask("for:3s why?")
    await world.slack.until(lambda: world.showing("One answer is in"), timeout=30)
    await kill(program)
    gate.set()
    program = await world.start()
    await world.slack.until(lambda: _whole(world), timeout=60)
    assert await end(program) == 0
    assert len(world.left.requests) == 1
    assert len(world.right.requests) == 2


async def test_frozen_while_a_model_answers_a_program_that_wakes_shows_and_stores_nothing(
    world: Programs,
) -> None:
    gate = asyncio.Event()
    late = Reply((gate, chunk(content="From the sleeper."), chunk(finish="stop"), usage(), DONE))
    world.right.will(late, says("Short."))
    frozen = await world.start()
    await world.ask("for:3s why?")
    await world.slack.until(lambda: world.showing("One answer is in"), timeout=30)
    await world.freeze(frozen)
    awake = await world.start()
    await world.slack.until(lambda: _whole(world), timeout=60)
    gate.set()
    shown = [call for call in world.slack.calls if call.method.startswith("chat.")]
    frozen.send_signal(signal.SIGCONT)
    assert await end(frozen) == 0
    assert await end(awake) == 0
    assert [call for call in world.slack.calls if call.method.startswith("chat.")] == shown
    assert _whole(world)
    assert len(world.left.requests) == 1
    assert len(world.right.requests) == 2
    with closing(sqlite3.connect(world.folder / "duel.db")) as stored:
        texts = {text for (text,) in stored.execute("SELECT text FROM answer")}
    assert texts == {LONG, "Short."}


async def test_votes_cast_while_no_program_ran_count(world: Programs) -> None:
    program = await world.start()
    await world.ask("for:3s why?")
    (shown,) = await world.slack.until(lambda: world.showing("Which one is better?"), timeout=30)
    await kill(program)
    for name in ("ben", "chloe"):
        await world.slack.react(world.slack.person(name), world.general, shown["ts"], "b")
    program = await world.start()
    await world.slack.until(lambda: world.showing("wins this one", "2 to 0"), timeout=60)
    assert await end(program) == 0


async def test_sigterm_hands_a_running_duel_over_and_a_second_signal_ends_it_at_once(world: Programs) -> None:
    gate = asyncio.Event()
    world.right.will(Reply((gate, chunk(content="Short."), chunk(finish="stop"), usage(), DONE)))
    program = await world.start()
    await world.ask("for:3s why?")
    await world.slack.until(lambda: world.showing("One answer is in"), timeout=30)
    program.send_signal(signal.SIGTERM)
    await world.slack.until(lambda: not world.slack.is_connected)
    program.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(program.wait(), LEASE_S) != 0
    gate.set()
    program = await world.start()
    await world.slack.until(lambda: _whole(world), timeout=60)
    assert await end(program) == 0
