"""Several processes on one database: work is shared, taken over from the dead, and done once."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta

from bot.jobs import Kind, Lease, Worker
from storage import schema
from storage.database import Database
from storage.jobs import JobTable
from tests.worlds.books import LEASE, Books
from tests.worlds.provider import DONE, Reply, chunk, usage
from tests.worlds.story import LEFT, Shown, Story


async def test_a_duel_asked_through_one_is_closed_by_the_other_when_the_first_has_gone(world: Story) -> None:
    async with AsyncExitStack() as first, world.app():
        await first.enter_async_context(world.app())
        duel = await world.duel("ana", "why?")
        await world.react("ben", duel, "a")
        await first.aclose()
        await world.react("chloe", duel, "a")
        await world.later(hours=24)
    assert "2 to 0" in world.text(duel)
    assert len(world.messages) == 1
    assert len(world.left.requests) == len(world.right.requests) == 1


async def test_what_a_stopping_process_gives_up_the_other_finishes_and_posts_nothing_twice(
    world: Story,
) -> None:
    gate = asyncio.Event()
    world.left.will(Reply((gate, chunk(content="Late."), chunk(finish="stop"), usage(), DONE)))
    async with world.app() as first:
        ack = await world.ask("ana", "why?")
        assert ack.ok
        await world.left.until(lambda: world.left.open == 1)
        async with world.app() as second:
            await first.stop(0)
            gate.set()
            await second.look()
            await second.idle()
            (message,) = world.messages
            duel = Shown(world.general, message["ts"])
            assert "Late." in world.text(duel)
            await world.later(hours=24)
    assert LEFT in world.text(duel)
    assert len(world.messages) == 1
    assert len(world.right.requests) == 1


async def test_a_process_that_hangs_past_its_lease_writes_nothing_over_the_one_that_took_over(
    world: Story,
) -> None:
    gate = asyncio.Event()
    late = Reply((gate, chunk(content="From the sleeper."), chunk(finish="stop"), usage(), DONE))
    prompt = Reply((chunk(content="From the one awake."), chunk(finish="stop"), usage(), DONE))
    world.left.will(late, prompt)
    async with world.app(job_lease="30s"):
        await world.ask("ana", "why?")
        await world.left.until(lambda: world.left.open == 1)
        async with world.app(job_lease="30s") as awake:
            world.clock.advance(31)
            await awake.look()
            await world.slack.until(lambda: "From the one awake." in str(world.messages))
            gate.set()
            await world.settled()
    (message,) = world.messages
    assert "From the sleeper." not in str(message)
    assert len(world.right.requests) == 1


async def test_votes_through_both_add_up(world: Story) -> None:
    async with world.app(), world.app():
        duel = await world.duel("ana", "why?")
        for person in ("ben", "chloe", "dev"):
            await world.react(person, duel, "a")
            await world.react(person, duel, "b")
            await world.unreact(person, duel, "b")
        await world.later(hours=24)
    assert "3 to 0" in world.text(duel)


async def test_a_quorum_made_through_both_closes_the_vote(world: Story) -> None:
    async with world.app(vote_quorum=4), world.app(vote_quorum=4):
        duel = await world.duel("ana", "why?")
        people = [world.slack.person(name) for name in ("ana", "ben", "chloe", "dev")]
        for person in people:
            await world.slack.react(person, duel.channel, duel.ts, "b")
        await world.settled()
        assert "4 to 0" in world.text(duel)


async def test_many_duels_are_shared_and_each_is_asked_once(world: Story) -> None:
    async with world.app(), world.app():
        for number in range(6):
            await world.ask("ana", f"question {number}?")
        await world.later(seconds=2)
        assert len(world.messages) == 6
        assert len(world.left.requests) == len(world.right.requests) == 6


async def test_no_job_runs_twice_at_once(books: Books, database_url: str) -> None:
    running: set[str] = set()
    finished: list[str] = []

    async def run(lease: Lease) -> None:
        assert lease.job.id not in running
        running.add(lease.job.id)
        for step in range(3):
            await lease.once(f"step {step}", _nothing)
        running.discard(lease.job.id)
        finished.append(lease.job.id)

    async def give_up(lease: Lease, why: str) -> None:
        raise AssertionError(why)

    for number in range(20):
        await books.ledger.ask(books.duel(f"T1:{number}"))
    async with AsyncExitStack() as stack:
        workers = []
        for _ in range(3):
            database = Database(database_url, now=books.clock.now)
            stack.push_async_callback(database.close)
            worker = Worker(
                JobTable(database, LEASE), lease=LEASE, keep=timedelta(days=30), clock=books.clock, at_once=4
            )
            worker.serve("duel", Kind(run, give_up))
            workers.append(worker)
        while len(finished) < 20:
            await asyncio.gather(*(worker.look() for worker in workers))
            for worker in workers:
                await worker.idle()
    assert len(set(finished)) == len(finished) == 20


async def _nothing() -> str:
    return ""


async def test_processes_that_start_at_once_on_an_empty_database_make_its_tables_once(empty_url: str) -> None:
    databases = [Database(empty_url) for _ in range(4)]
    await asyncio.gather(*(database.check() for database in databases))
    async with databases[0].read() as connection:
        assert await connection.run_sync(schema.revision) == schema.head()
    for database in databases:
        await database.close()
