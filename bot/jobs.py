"""Work that survives a crash: jobs under a lease, the steps they remember, and the worker that runs them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import uuid4

from bot.errors import DuelError, LeaseLost

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
"""How long a job belongs to its process without a heartbeat."""
HEARTBEAT = timedelta(seconds=10)
AT_ONCE = 50
"""Jobs that one process runs at the same time."""
MAX_ATTEMPTS = 5


@dataclass(frozen=True)
class Job:
    """A job as one process holds it. Whoever takes it over raises `fence`, and this holding is void."""

    id: str
    kind: str
    fence: int
    attempts: int
    """Failed attempts; being put off or taken over is no failure."""


class Queue(Protocol):
    """The job table. Methods that take a `Job` raise `LeaseLost` once its fence is outdated."""

    async def claim(self, owner: str, most: int) -> list[Job]:
        """Take what is due, for `LEASE`."""

    async def renew(self, owner: str) -> None:
        """Keep everything that this owner holds for another `LEASE`."""

    async def check(self, job: Job) -> None:
        """Do nothing, unless the lease is lost."""

    async def recall(self, job: Job, step: str) -> str | None:
        """What this step came to, if it was done."""

    async def remember(self, job: Job, step: str, result: str) -> None:
        """Write down what this step came to."""

    async def put_off(self, job: Job, until: datetime) -> None:
        """Give it back until then, or until something earlier that was asked for meanwhile."""

    async def fail(self, job: Job, again_at: datetime) -> None:
        """Give it back after a failure."""

    async def finish(self, job: Job) -> None:
        """It is done."""

    async def release(self, owner: str) -> None:
        """Give back everything that this owner holds, due at once: it is stopping."""


class Lease:
    """A job in hand, with what its steps need: the fence to check and the results to remember."""

    def __init__(self, queue: Queue, job: Job) -> None:
        self._queue = queue
        self.job = job

    @property
    def taken_over(self) -> bool:
        """Whether somebody may have worked on it before: what they sent may have arrived."""
        return self.job.fence > 1

    async def check(self) -> None:
        """Raise `LeaseLost` if the job is somebody else's by now; call it right before a send."""
        await self._queue.check(self.job)

    async def once(self, step: str, do: Callable[[], Awaitable[str]]) -> str:
        """Do a step, or give back what it came to when it was done before."""
        if (known := await self._queue.recall(self.job, step)) is not None:
            return known
        await self.check()
        result = await do()
        await self._queue.remember(self.job, step, result)
        return result


Run = Callable[[Lease], Awaitable[datetime | None]]
"""What a kind of job does: returns when to go on with it, or `None` when it is done."""
GiveUp = Callable[[Lease, str], Awaitable[None]]
"""What to do when it has failed too often; the text says why, and is fit for people."""


@dataclass(frozen=True)
class Kind:
    """How one kind of job is run, and ended when it cannot be."""

    run: Run
    give_up: GiveUp


class Worker:
    """Takes due jobs and runs them. It owns its tasks: `stop` waits for them and hands the rest over."""

    def __init__(self, queue: Queue, *, now: Callable[[], datetime]) -> None:
        self._queue = queue
        self._kinds: dict[str, Kind] = {}
        self._now = now
        self._owner = uuid4().hex
        self._running: set[asyncio.Task[None]] = set()
        self._looking = asyncio.Lock()
        self._stopping = False

    def serve(self, name: str, kind: Kind) -> None:
        """Run jobs of that kind, from now on."""
        self._kinds[name] = kind

    def wake(self) -> None:
        """Look for due jobs at once, in the background."""
        if not self._stopping:
            self._spawn(self.look())

    async def look(self) -> None:
        """Take what is due, as much as there is room for."""
        async with self._looking:
            room = AT_ONCE - sum(task.get_name() == "job" for task in self._running)
            if room <= 0 or self._stopping:
                return
            for job in await self._queue.claim(self._owner, room):
                self._spawn(self._run(job), name="job")

    async def renew(self) -> None:
        """The heartbeat."""
        await self._queue.renew(self._owner)

    async def idle(self) -> None:
        """Wait until nothing is running."""
        while self._running:
            await asyncio.wait(self._running)

    async def stop(self, patience_s: float) -> None:
        """Take nothing new, let what runs finish within that many seconds, hand the rest over."""
        self._stopping = True
        if self._running:
            await asyncio.wait(self._running, timeout=patience_s)
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self._queue.release(self._owner)

    def _spawn(self, work: Awaitable[None], name: str = "look") -> None:
        async def guarded() -> None:
            try:
                await work
            except Exception:
                log.exception("could not look for work; the next tick tries again")

        task = asyncio.create_task(guarded(), name=name)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _run(self, job: Job) -> None:
        lease, kind = Lease(self._queue, job), self._kinds[job.kind]
        try:
            until = await kind.run(lease)
            if until is None:
                await self._queue.finish(job)
            else:
                await self._queue.put_off(job, until)
        except LeaseLost:
            log.warning("job %s was taken over by another process", job.id)
        except Exception as error:
            await self._failed(lease, kind, error)

    async def _failed(self, lease: Lease, kind: Kind, error: Exception) -> None:
        job = lease.job
        name = uuid4().hex[:8]
        ours = isinstance(error, DuelError)
        log.error(
            "job %s failed, attempt %d, error %s: %s",
            job.id,
            job.attempts + 1,
            name,
            error,
            exc_info=not ours,
        )
        if job.attempts + 1 < MAX_ATTEMPTS:
            await self._queue.fail(job, self._now() + timedelta(seconds=2**job.attempts))
            return
        await kind.give_up(
            lease, str(error) if ours else f"Something broke inside Duel. Tell your operator: error {name}."
        )
        await self._queue.finish(job)
