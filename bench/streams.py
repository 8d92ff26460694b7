"""Streams: what reading them costs and how late it is, beside the barest readers that work and OpenAI's own.

The service is another process, on a core of its own where there are two. It writes into each piece of text
when it sent it, and into the first also when the request came; both sides read the machine's one clock.
"""

import asyncio
import gc
import os
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from math import ceil
from statistics import median
from typing import NamedTuple

from rich.table import Table

from bench.provider import CHUNKS, PACE_S
from bench.readers import READERS, Ask, Read, Reader

TURNS = 3
OF = "bare aiohttp"
"""The reader that the others are compared with."""


class Case(NamedTuple):
    """So many streams at once, which begin evenly spread over so many seconds."""

    at_once: int
    ramp_s: float = 1.0

    def __str__(self) -> str:
        return f"{self.at_once}" if self.ramp_s else f"{self.at_once}, begun in one instant"


CASES = (Case(1), Case(50), Case(200), Case(200, ramp_s=0.0))


@dataclass
class Turn:
    """What one reader took for one case. All of it in seconds."""

    cpu: float
    """Of the reader's process, for each stream."""
    delays: list[float] = field(default_factory=list)
    """For each piece: from its being sent to its being there as text."""
    errors: list[float] = field(default_factory=list)
    """For each stream: the TTFT that the reader has, less the one that the service knows."""

    def add(self, read: Read, seen: Sequence[float]) -> None:
        received, *sent = map(float, read.text.split())
        self.delays += [there - left for there, left in zip(seen, sent, strict=True)]
        self.errors.append(read.ttft_s - (sent[0] - received))


async def turn(reader: Reader, url: str, case: Case) -> Turn:
    """One turn, with a client and connections of its own; opening the client is not counted."""
    async with reader(url, case.at_once) as ask:
        gc.collect()
        before = time.process_time()
        streams = [_stream(ask, case.ramp_s * number / case.at_once) for number in range(case.at_once)]
        answers = await asyncio.gather(*streams)
        found = Turn((time.process_time() - before) / case.at_once)
    for answer in answers:
        found.add(*answer)
    assert len(found.delays) == case.at_once * CHUNKS
    return found


async def _stream(ask: Ask, after_s: float) -> tuple[Read, list[float]]:
    await asyncio.sleep(after_s)
    seen: list[float] = []
    return await ask(seen), seen


async def turns(case: Case, url: str) -> dict[str, list[Turn]]:
    """Each reader in turns with the others, so that what else the machine does strikes all alike."""
    found: dict[str, list[Turn]] = {name: [] for name in READERS}
    for _ in range(TURNS):
        for name, reader in READERS.items():
            found[name].append(await turn(reader, url, case))
    return found


@contextmanager
def on_core(number: int) -> Iterator[None]:
    """Stay on that one of our cores, and so do the processes begun here; where the system can do that."""
    if sys.platform != "linux":
        yield
        return
    ours = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {sorted(ours)[number]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, ours)


@asynccontextmanager
async def service(*arguments: str) -> AsyncIterator[str]:
    """The address of `bench.provider`, which runs for as long as the block lasts."""
    pipe = asyncio.subprocess.PIPE
    with on_core(-1):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bench.provider", *arguments, stdin=pipe, stdout=pipe
        )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield (await process.stdout.readline()).decode().strip()
    finally:
        process.stdin.close()
        await process.wait()


async def table() -> Table:
    """The whole table: about ten minutes."""
    columns = ("at once", "reader", "CPU a stream", "of bare", "delay p50", "p99", "TTFT error p50", "p99")
    found = Table(
        *columns,
        title=f"Streams of {CHUNKS} chunks, one each {PACE_S * 1e3:.0f} ms",
        caption=f"milliseconds; median of {TURNS} turns",
    )
    async with service() as url:
        with on_core(0):
            await asyncio.gather(*(turn(reader, url, Case(1)) for reader in READERS.values()))  # to warm up
            for case in CASES:
                taken = await turns(case, url)
                for name in READERS:
                    found.add_row(str(case), name, *_figures(taken[name], taken[OF]))
                found.add_section()
    return found


def _figures(taken: Sequence[Turn], beside: Sequence[Turn]) -> Iterator[str]:
    yield f"{median(one.cpu for one in taken) * 1e3:.1f}"
    yield f"{median(one.cpu / other.cpu for one, other in zip(taken, beside, strict=True)):.2f}"
    for share in (50, 99):
        yield f"{median(percentile(share, one.delays) for one in taken) * 1e3:.1f}"
    for share in (50, 99):
        yield f"{median(percentile(share, one.errors) for one in taken) * 1e3:.1f}"


def percentile(share: int, values: Sequence[float]) -> float:
    """The least value that so many in a hundred do not exceed."""
    return sorted(values)[ceil(len(values) * share / 100) - 1]
