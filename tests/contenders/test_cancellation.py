"""Answers that are given up, at every stage of a call: afterwards nothing is held, and all still works."""

import asyncio
import gc
import socket
import tracemalloc
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.contenders.client import Client
from bot.duel import Outcome
from tests.contenders.asking import Asking, asking, client_of, contender
from tests.contenders.cases import END, HELLO, THOUGHT, part, whole
from tests.worlds.clock import ManualClock
from tests.worlds.provider import KEEP_ALIVE, Provider, Reply, fails

SLOTS = 4
EACH = 40
"""Cancellations at each of the stages: 320 in all."""
STAGES = {
    "waiting for the status line": Reply(head=False, hang=True),
    "waiting for the first byte": part(hang=True),
    "waiting for the first token": part(KEEP_ALIVE, hang=True),
    "streaming": part(THOUGHT, HELLO, HELLO[:40], hang=True),
    "reading an error's body": Reply((b'{"error":',), status=500, hang=True),
    "waiting for the end of the body": part(HELLO, *END, hang=True),
}


class PatientClock(ManualClock):
    """A clock on which a pause does not end."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.Event().wait()


@asynccontextmanager
async def given_up(clock: ManualClock | None = None) -> AsyncIterator[Asking]:
    """A client with few slots; at the end nothing of it is left, and before that all of it works."""
    clock = clock or ManualClock()
    async with asking(clock=clock, limits={"concurrency": SLOTS}) as ask:
        before = asyncio.all_tasks()
        yield ask
        await all_slots_work(ask)
        assert held(ask.client) == 0
        await ask.provider.until(lambda: ask.provider.connections <= SLOTS)
        assert len(asyncio.all_tasks() - before) == ask.provider.connections
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert not clock.alarms


async def all_slots_work(ask: Asking) -> None:
    """As many answers at once as there are slots, and no more, wait for the provider; then all are given."""
    gate = asyncio.Event()
    ask.provider.will(whole(gate, HELLO))
    asked = [asyncio.create_task(ask.client.answer("why?")) for _ in range(2 * SLOTS)]
    await ask.provider.until(lambda: ask.provider.open == SLOTS)
    await turns(50)
    assert ask.provider.open == SLOTS
    gate.set()
    assert {answer.outcome for answer in await asyncio.gather(*asked)} == {Outcome.OK}


def held(client: Client) -> int:
    """Connections that the pool believes to be in use."""
    transport: Any = client._wire._http._transport
    return len(transport.client.connector._acquired)


async def turns(number: int) -> None:
    """Let the loop turn that often."""
    for _ in range(number):
        await asyncio.sleep(0)


async def give_up(ask: Asking, number: int, reached: Callable[[], bool]) -> None:
    """Ask that often at once, wait until the stage is reached, and cancel them all."""
    asked = [asyncio.create_task(ask.client.answer("why?")) for _ in range(number)]
    await ask.provider.until(reached)
    await turns(20)
    for task in asked:
        task.cancel()
    ended = await asyncio.gather(*asked, return_exceptions=True)
    assert all(isinstance(end, asyncio.CancelledError) for end in ended), ended


@pytest.mark.parametrize("stage", STAGES)
async def test_cancelled_while(stage: str) -> None:
    async with given_up() as ask:
        ask.provider.will(STAGES[stage])
        for _ in range(EACH // SLOTS):
            await give_up(ask, SLOTS, lambda: ask.provider.open == SLOTS)
            await ask.provider.until(lambda: ask.provider.open == 0)


async def test_cancelled_while_queueing_for_a_slot() -> None:
    async with given_up() as ask:
        ask.provider.will(STAGES["streaming"])
        await give_up(ask, EACH + SLOTS, lambda: ask.provider.open == SLOTS)
        await ask.provider.until(lambda: ask.provider.open == 0)


async def test_cancelled_between_two_tries() -> None:
    async with given_up(PatientClock()) as ask:
        ask.provider.will(fails(503))
        for _ in range(EACH // SLOTS):
            ask.provider.requests.clear()
            await give_up(ask, SLOTS, lambda: len(ask.provider.requests) == SLOTS and ask.provider.open == 0)


async def test_cancelled_while_connecting() -> None:
    """A listener whose queue is full lets nobody in, and turns nobody away."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        address = full.getsockname()
        with socket.create_connection(address), socket.socket() as second:
            second.setblocking(False)
            second.connect_ex(address)
            asked = contender(f"http://127.0.0.1:{address[1]}/v1", limits={"concurrency": SLOTS})
            async with client_of(asked, ManualClock()) as client:
                for _ in range(EACH // SLOTS):
                    tasks = [asyncio.create_task(client.answer("why?")) for _ in range(SLOTS)]
                    await turns(50)
                    assert not any(task.done() for task in tasks)
                    for task in tasks:
                        task.cancel()
                    await asyncio.gather(*tasks, return_exceptions=True)
                assert held(client) == 0
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_cancelled_after_any_number_of_turns_of_the_loop() -> None:
    """Not only where it waits for the provider, but at each `await` on the way: 300 of them."""
    reply = part(KEEP_ALIVE, THOUGHT, *[HELLO] * 50, hang=True)
    async with given_up() as ask:
        for number in range(300):
            ask.provider.will(fails(503), reply)
            task = asyncio.create_task(ask.client.answer("why?"))
            await turns(number % 100)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            assert task.cancelled()


@pytest.mark.slow
async def test_a_thousand_cancellations_leave_no_memory_behind() -> None:
    async def round_of(provider: Provider, client: Client) -> int:
        for _ in range(50):
            tasks = [asyncio.create_task(client.answer("why?")) for _ in range(SLOTS + 1)]
            await provider.until(lambda: provider.open == SLOTS)
            await turns(10)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await provider.until(lambda: provider.open == 0)
        provider.requests.clear()
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    async with asking(limits={"concurrency": SLOTS}) as ask:
        ask.provider.will(STAGES["streaming"])
        tracemalloc.start()
        try:
            await round_of(ask.provider, ask.client)
            before = await round_of(ask.provider, ask.client)
            for _ in range(3):
                after = await round_of(ask.provider, ask.client)
        finally:
            tracemalloc.stop()
    assert after - before < 50_000, "750 cancellations more hold 50 kB more"
