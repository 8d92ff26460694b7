"""Work that survives a crash: jobs under a lease, the steps they remember, and the worker that runs them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from contextvars import Context
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol
from uuid import uuid4

from bot.clock import Clock
from bot.errors import Away, DuelError, FateUnknown, LeaseLost
from bot.words import Language, kept, speak

log = logging.getLogger(__name__)

AT_ONCE = 50
"""Jobs that one process runs at the same time."""
SPARE = 0.2
"""The part of them that must be free for more to be fetched out of turn; a tick fetches for any that is."""
MAX_ATTEMPTS = 5
MAX_WAITS = 300
"""While the stage or the database is away: with pauses of up to `MAX_PAUSE`, about a day."""
MAX_PAUSE = timedelta(minutes=5)
BROKE = kept("Something broke inside Duel. Tell your operator: error {name}.")


@dataclass(frozen=True)
class Job:
    """A job as one process holds it. Whoever takes it over raises `fence`, and this holding is void."""

    id: str
    kind: str
    fence: int
    attempts: int
    """Failed attempts in a row; being put off or taken over is no failure."""
    waits: int = 0
    """Attempts in a row that met a stage or a database which was away: no failures of the job's own."""


@dataclass(frozen=True)
class Backlog:
    """How much work there is."""

    open: int
    """Jobs that are not done, a duel that waits for its end included."""
    due: int
    """Those of them that could be taken now."""
    late_s: float
    """Seconds since the first of these was due."""


class Queue(Protocol):
    """The job table. Methods that take a `Job` raise `LeaseLost` once its fence is outdated."""

    async def claim(self, owner: str, most: int) -> list[Job]:
        """Take what is due, for one lease."""

    async def renew(self, owner: str, ids: Collection[str]) -> set[str]:
        """Keep these for another lease, where they are still this owner's; gives the ids of those."""

    async def check(self, job: Job) -> None:
        """Do nothing, unless the lease is lost."""

    async def recall(self, job: Job, step: str) -> str | None:
        """What this step came to, if it was done; a check as well."""

    async def remember(self, job: Job, step: str, result: str) -> None:
        """Write down what this step came to."""

    async def forget(self, job: Job, step: str) -> None:
        """That step was not done after all."""

    async def put_off(self, job: Job, until: datetime) -> bool:
        """Give it back until then; `True` where somebody has called it meanwhile, so that it is due now."""

    async def fail(self, job: Job, wait: timedelta, *, away: bool = False) -> None:
        """Give it back after a failure, of its own or of something that was away, for that long."""

    async def finish(self, job: Job) -> None:
        """It is done."""

    async def release(self, owner: str) -> None:
        """Give back everything that this owner holds, due at once: it is stopping."""

    async def purge(self, older_than: timedelta) -> int:
        """Forget what was done that long ago; gives back how many jobs that were."""


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
        result = await do()
        await self._queue.remember(self.job, step, result)
        return result

    async def at_most_once(self, step: str, do: Callable[[], Awaitable[str]]) -> str | None:
        """Do a step that had better be left out than done twice. `None`: it was begun before, by us or by
        another process, and nobody knows whether it came to its end.

        Whatever else `do` raises than that its fate is unknown says that it was not done.
        """
        begun = f"{step}: begun"
        if (known := await self._queue.recall(self.job, step)) is not None:
            return known
        if await self._queue.recall(self.job, begun) is not None:
            return None
        await self._queue.remember(self.job, begun, "")
        try:
            result = await do()
        except FateUnknown:
            return None
        except Exception:
            await self._queue.forget(self.job, begun)
            raise
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

    def __init__(
        self,
        queue: Queue,
        *,
        lease: timedelta,
        keep: timedelta,
        clock: Clock,
        at_once: int = AT_ONCE,
        language: Language = Language.ENGLISH,
    ) -> None:
        """`lease` is how long a job belongs to its process without a heartbeat, `keep` how long one that is
        done is remembered, `language` what it speaks until it says otherwise.
        """
        self._queue = queue
        self._at_once = at_once
        self._keep = keep
        self._language = language
        self._kinds: dict[str, Kind] = {}
        self._lease = lease.total_seconds()
        self._clock = clock
        self._renewed = clock.monotonic()
        self._owner = uuid4().hex
        self._tasks: set[asyncio.Task[None]] = set()
        self._jobs: dict[str, asyncio.Task[None]] = {}
        self._looking = asyncio.Lock()
        self._more = False
        self._stopping = False

    def serve(self, name: str, kind: Kind) -> None:
        """Run jobs of that kind, from now on."""
        self._kinds[name] = kind

    def wake(self) -> None:
        """Look for due jobs at once, in the background."""
        if not self._stopping:
            self._spawn(self.look())

    def soon(self, work: Awaitable[None]) -> None:
        """Do something small that no job is worth, in the background; `stop` waits for it too."""
        self._spawn(work)

    async def look(self) -> None:
        """Take what is due, as much as there is room for."""
        async with self._looking:
            room = self._at_once - len(self._jobs)
            if room <= 0 or self._stopping:
                return
            taken = await self._queue.claim(self._owner, room)
            self._more = len(taken) == room  # then there may be others, for whoever ends first
            for job in taken:
                task = self._jobs[job.id] = self._spawn(self._run(job))
                task.add_done_callback(partial(self._over, job.id))

    async def renew(self) -> None:
        """The heartbeat, due three times a lease. What is no longer ours is dropped there and then.

        Only what really runs is kept: a job that we gave up as lost must run out, or nobody would take it up.
        A process that was frozen, or cannot reach the database for a whole lease, has lost everything.
        """
        began, ours = self._clock.monotonic(), dict(self._jobs)
        try:
            held = await self._queue.renew(self._owner, list(ours))
            self._renewed = began
        except Exception as error:
            log.error("the heartbeat failed: %s", error, exc_info=not isinstance(error, Away))
            if self._clock.monotonic() - self._renewed < self._lease:
                return
            held = set()
        for id_, task in ours.items():  # not what was taken since: that is ours, and not among what was held
            if id_ not in held and not task.done():
                log.warning("job %s is somebody else's by now: dropped", id_)
                task.cancel()

    async def purge(self) -> None:
        """Forget the jobs that were done long ago."""
        if count := await self._queue.purge(self._keep):
            log.info("forgot %d jobs that were done", count)

    async def idle(self) -> None:
        """Wait until nothing is running."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def stop(self, patience_s: float) -> None:
        """Take nothing new, let what runs finish within that many seconds, hand the rest over."""
        self._stopping = True
        async with self._looking:
            pass  # a look that has begun may still bring work
        loop = asyncio.get_running_loop()
        until = loop.time() + patience_s
        while self._tasks and loop.time() < until:
            await asyncio.wait(self._tasks, timeout=min(self._lease / 3, until - loop.time()))
            await self.renew()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._queue.release(self._owner)

    def _over(self, id_: str, task: asyncio.Task[None]) -> None:
        if self._jobs.get(id_) is task:
            del self._jobs[id_]
        free = self._at_once - len(self._jobs)
        if self._more and free >= self._at_once * SPARE and not self._looking.locked():
            self.wake()

    def _spawn(self, work: Awaitable[None]) -> asyncio.Task[None]:
        async def guarded() -> None:
            try:
                await work
            except Away as error:
                log.error("%s What is ours until then runs out, and is taken up again.", error)
            except Exception:
                log.exception("could not look for work; the next tick tries again")

        # in a context of its own: work that a request wakes does not go on in the language of that request
        task = asyncio.create_task(guarded(), context=Context())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _run(self, job: Job) -> None:
        speak(self._language)  # not that of whoever woke us
        lease, kind = Lease(self._queue, job), self._kinds[job.kind]
        try:
            until = await kind.run(lease)
            if until is None:
                await self._queue.finish(job)
            elif await self._queue.put_off(job, until):
                self.wake()
        except LeaseLost:
            log.warning("job %s was taken over by another process", job.id)
        except Exception as error:
            if isinstance(error, Away) and error.retry_after is not None:
                await self._queue.put_off(job, self._clock.now() + timedelta(seconds=error.retry_after))
            else:
                await self._failed(lease, kind, error)

    async def _failed(self, lease: Lease, kind: Kind, error: Exception) -> None:
        job = lease.job
        name = uuid4().hex[:8]
        ours = isinstance(error, DuelError)
        log.error(
            "job %s failed, attempt %d, error %s: %s",
            job.id,
            job.attempts + job.waits + 1,
            name,
            error,
            exc_info=not ours,
        )
        away = isinstance(error, Away)
        before, most = (job.waits, MAX_WAITS) if away else (job.attempts, MAX_ATTEMPTS)
        if before + 1 < most:
            pause = min(timedelta(seconds=2 ** min(before, 10)), MAX_PAUSE)
            await self._queue.fail(job, pause, away=away)
            return
        await kind.give_up(lease, str(error) if ours else BROKE.format(name=name))
        await self._queue.finish(job)
